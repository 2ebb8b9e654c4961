/* Calls that are so frequent that they are served without a stack: only v0, a3, k0 and k1 change. */

#include "kernel.h"
#include "registers.h"

#define SET_SIZE	16	/* of a signal set */
#define ACTION_BITS	5	/* struct action: 2^5 bytes, of which the first 24 are the caller's */

	.set	noreorder
	.set	noat
	.set	nomacro
	.text

	/* Goes to `fault` unless a register holds the address of a structure in user memory (bad_words). */
	.macro	check_words pointer
	rotr	v0, \pointer, 2
	srl	v0, v0, 29
	bne	v0, zero, fault
	srl	v0, \pointer, 16
	beq	v0, zero, fault
	nop
	.endm

	.macro	copy_action from, to
	.irp	n, 0, 4, 8, 12, 16, 20
	lw	v0, \n(\from)
	sw	v0, \n(\to)
	.endr
	.endm

	/* rt_sigaction(signal, new, old, size): Go makes some 240 of these calls when it starts. */
	.globl	quick_rt_sigaction
quick_rt_sigaction:
	addiu	k0, zero, SET_SIZE
	bne	a3, k0, invalid
	addiu	k0, a0, -1
	sltiu	k0, k0, SIGNALS
	beq	k0, zero, invalid
	sll	k1, a0, ACTION_BITS
	lui	k0, %hi(actions)
	addiu	k0, k0, %lo(actions)
	beq	a1, zero, 1f
	addu	k1, k1, k0		/* the signal's action */
	check_words a1
	addiu	k0, zero, SIGKILL
	beq	a0, k0, invalid
	addiu	k0, zero, SIGSTOP
	beq	a0, k0, invalid
	nop
1:	beq	a2, zero, 3f
	nop
	check_words a2
	bne	a1, zero, 2f
	nop
	copy_action k1, a2
	addiu	v0, zero, 0
	addiu	a3, zero, 0
	eret
2:	.irp	n, 0, 4, 8, 12, 16, 20	/* both, which may be one place */
	lw	v0, \n(a1)
	lw	k0, \n(k1)
	sw	v0, \n(k1)
	sw	k0, \n(a2)
	.endr
	b	4f
	nop
3:	beq	a1, zero, 4f
	nop
	copy_action a1, k1
4:	addiu	v0, zero, 0
	addiu	a3, zero, 0
	eret

fault:
	addiu	v0, zero, EFAULT
	addiu	a3, zero, 1
	eret

invalid:
	addiu	v0, zero, EINVAL
	addiu	a3, zero, 1
	eret
