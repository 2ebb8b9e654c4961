/* What surrounds the float routines (float.h). An FPU instruction puts the address of the next
 * instruction into k0 (comparisons: into ra), its operands into a0-a3, where a routine's result goes
 * into ra, and jumps to the routine. All of these are shadow registers. */

#define zero	$0
#define v0	$2
#define v1	$3
#define a0	$4
#define a1	$5
#define a2	$6
#define a3	$7
#define t0	$8
#define s0	$16	/* result address of a routine that consists of two */
#define s1	$17	/* its third operand */
#define s2	$18
#define k0	$26
#define ra	$31

	.set	noreorder
	.set	noat
	.set	hardfloat

	.section .text.entry, "ax"

/* Entry number n stores the result into $f<n> (of doubles: into $f<2n>) and continues the program. */

	.globl	float_store_single
float_store_single:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	jr	k0
	mtc1	v0, $f\n
	.endr

	.globl	float_store_double
float_store_double:
	.irp	n, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30
	mtc1	v1, $f\n
	jr	k0
	mthc1	v0, $f\n
	nop
	.endr

/* Two routines after each other, with a rounding after each. */

	.macro	fused name, last
	.globl	float_\name\()_single
float_\name\()_single:
	move	s0, ra
	jal	float_multiply_single
	nop
	move	a0, v0
	move	a1, s1
	j	float_\last\()_single
	move	ra, s0

	.globl	float_\name\()_double
float_\name\()_double:
	move	s0, ra
	jal	float_multiply_double
	nop
	move	a0, v0
	move	a1, v1
	move	a2, s1
	move	a3, s2
	j	float_\last\()_double
	move	ra, s0

	.globl	float_negated_\name\()_single
float_negated_\name\()_single:
	move	s0, ra
	jal	float_multiply_single
	nop
	move	a0, v0
	jal	float_\last\()_single
	move	a1, s1
	lui	t0, 0x8000
	jr	s0
	xor	v0, v0, t0

	.globl	float_negated_\name\()_double
float_negated_\name\()_double:
	move	s0, ra
	jal	float_multiply_double
	nop
	move	a0, v0
	move	a1, v1
	move	a2, s1
	jal	float_\last\()_double
	move	a3, s2
	lui	t0, 0x8000
	jr	s0
	xor	v0, v0, t0
	.endm

	fused	multiply_add, add
	fused	multiply_subtract, subtract

	.globl	float_inverse_root_single
float_inverse_root_single:
	move	s0, ra
	jal	float_root_single
	nop
	move	a1, v0
	lui	a0, 0x3f80
	j	float_divide_single
	move	ra, s0

	.globl	float_inverse_root_double
float_inverse_root_double:
	move	s0, ra
	jal	float_root_double
	nop
	move	a2, v0
	move	a3, v1
	lui	a0, 0x3ff0
	move	a1, zero
	j	float_divide_double
	move	ra, s0
