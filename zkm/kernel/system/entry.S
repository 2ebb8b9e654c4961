/* Where the kernel is entered and left, and how it switches between threads.
 *
 * Calling convention of o32 Linux: number in v0, arguments in a0-a3, the 5th and 6th on the stack; v0 =
 * result and a3 = 0, or v0 = errno and a3 = 1. Registers s0-s7, gp, sp, fp, ra and a0-a2 keep their values,
 * those that a C function may change do not; k0 and k1 are the kernel's. `syscall` leaves the address of
 * the next instruction in EPC; `eret` goes there and drops the link of `ll`. */

#include "kernel.h"
#include "registers.h"

#define FIRST_CALL	4000

	.set	noreorder
	.set	noat
	.set	nomacro

/* A call: its handler is a C function on the thread's kernel stack, which ends at its struct thread. ---- */

	.section .text.entry, "ax"
	.globl	vector_syscall
vector_syscall:
	addiu	k0, v0, -FIRST_CALL
	sltiu	k1, k0, (calls_end - calls) / 4
	beq	k1, zero, no_call
	sll	k0, k0, 2
	lui	k1, %hi(calls)
	addu	k1, k1, k0
	lw	k1, %lo(calls)(k1)
	andi	k0, k1, 1
	bne	k0, zero, quick_call
	addu	k0, sp, zero
	beq	k1, zero, no_call
	nop
	mfc0	sp, CURRENT
	sw	a0, USER_A0(sp)
	sw	a1, USER_A1(sp)
	sw	a2, USER_A2(sp)
	sw	k0, USER_SP(sp)
	sw	ra, USER_RA(sp)
	jalr	k1
	addiu	sp, sp, -ARGUMENT_AREA
	/* A handler returns a result, or an errno's negative. */
thread_return:
	lw	k0, ARGUMENT_AREA + DELIVERABLE(sp)
	bne	k0, zero, look_at_signals
call_return:
	srl	a3, v0, 31
	beq	a3, zero, 1f
	lw	ra, ARGUMENT_AREA + USER_RA(sp)
	subu	v0, zero, v0
1:
leave:
	lw	a0, ARGUMENT_AREA + USER_A0(sp)
	lw	a1, ARGUMENT_AREA + USER_A1(sp)
	lw	a2, ARGUMENT_AREA + USER_A2(sp)
	lw	sp, ARGUMENT_AREA + USER_SP(sp)
	eret

	/* Bit 0 of an address: a handler of quick.S. */
quick_call:
	addiu	k1, k1, -1
	jr	k1
	nop

	/* A number that is not in the table. */
no_call:
	addiu	v0, zero, ENOSYS
	addiu	a3, zero, 1
	eret

/* Signals: a handler is entered instead of returning from a call. ---------------------------------------- */

look_at_signals:
	mfc0	t0, CURRENT
	sw	v0, CALL_RESULT(t0)
	lui	t1, %hi(1f)
	b	save
	addiu	t1, t1, %lo(1f)
1:	jal	deliver
	nop
	bne	v0, zero, enter_handler
	nop
	b	call_return
	lw	v0, ARGUMENT_AREA + CALL_RESULT(sp)

	/* deliver() and resume() have put the handler, its stack and arguments into struct thread. */
enter_handler:
	lw	t9, ARGUMENT_AREA + SAVED_EPC(sp)
	mtc0	t9, EPC
	b	leave
	lw	ra, ARGUMENT_AREA + USER_RA(sp)

	/* Handlers return to here, in the kernel's image, and come back by the call. */
	.globl	signal_return
signal_return:
	addiu	v0, zero, SYS_RT_SIGRETURN
	syscall

	/* rt_sigreturn(): all registers as they were, or another handler. */
	.globl	sys_rt_sigreturn
sys_rt_sigreturn:
	jal	resume
	nop
	beq	v0, zero, enter_handler
	addu	k0, v0, zero
	mfc0	k1, FPU
	beq	k1, zero, 1f
	nop
	.set	hardfloat
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	lwc1	$f\n, CONTEXT_FPR + 8 * \n + 4(k0)
	.endr
	lw	k1, CONTEXT_FCSR(k0)
	ctc1	k1, $31
	.set	softfloat
1:	lw	k1, CONTEXT_HI + 4(k0)
	mthi	k1
	lw	k1, CONTEXT_LO + 4(k0)
	mtlo	k1
	lw	k1, CONTEXT_PC + 4(k0)
	mtc0	k1, EPC
	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,28,29,30,31
	lw	$\n, CONTEXT_GPR + 8 * \n + 4(k0)
	.endr
	eret

/* Faults that the machine defines. ------------------------------------------------------------------- */

	.globl	vector_breakpoint
vector_breakpoint:
	b	fatal
	addiu	a0, zero, EXIT_SIGNAL + SIGTRAP

	.globl	vector_arithmetic
vector_arithmetic:
	b	fatal
	addiu	a0, zero, EXIT_SIGNAL + SIGFPE

	.globl	vector_reserved
vector_reserved:
	addiu	a0, zero, EXIT_SIGNAL + SIGILL
fatal:
	mfc0	sp, CURRENT
	j	finish
	addiu	sp, sp, -ARGUMENT_AREA

/* Threads. ------------------------------------------------------------------------------------------- */

	/* Keeps in t0's struct thread what a switch must keep; returns to t1. */
	.text
save:
	sw	s0, SAVED_S(t0)
	sw	s1, SAVED_S + 4(t0)
	sw	s2, SAVED_S + 8(t0)
	sw	s3, SAVED_S + 12(t0)
	sw	s4, SAVED_S + 16(t0)
	sw	s5, SAVED_S + 20(t0)
	sw	s6, SAVED_S + 24(t0)
	sw	s7, SAVED_S + 28(t0)
	sw	fp, SAVED_S + 32(t0)
	sw	gp, SAVED_S + 36(t0)
	mfc0	k0, EPC
	mfc0	k1, TLS
	sw	k0, SAVED_EPC(t0)
	sw	k1, SAVED_TLS(t0)
	mfc0	k0, FPU
	bne	k0, zero, 1f
	nop
	jr	t1
	nop
1:	.set	hardfloat
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	swc1	$f\n, SAVED_FPR + 4 * \n(t0)
	.endr
	cfc1	k0, $31
	sw	k0, SAVED_FPR + 128(t0)
	.set	softfloat
	jr	t1
	nop

	/* void switch_to(struct thread *): returns when another thread switches back. */
	.globl	switch_to
switch_to:
	mfc0	t0, CURRENT
	sw	sp, SAVED_SP(t0)
	sw	ra, SAVED_RA(t0)
	lui	t1, %hi(1f)
	b	save
	addiu	t1, t1, %lo(1f)
1:	mtc0	a0, CURRENT
	lw	s0, SAVED_S(a0)
	lw	s1, SAVED_S + 4(a0)
	lw	s2, SAVED_S + 8(a0)
	lw	s3, SAVED_S + 12(a0)
	lw	s4, SAVED_S + 16(a0)
	lw	s5, SAVED_S + 20(a0)
	lw	s6, SAVED_S + 24(a0)
	lw	s7, SAVED_S + 28(a0)
	lw	fp, SAVED_S + 32(a0)
	lw	gp, SAVED_S + 36(a0)
	lw	sp, SAVED_SP(a0)
	lw	ra, SAVED_RA(a0)
	lw	k0, SAVED_EPC(a0)
	lw	k1, SAVED_TLS(a0)
	mtc0	k0, EPC
	mtc0	k1, TLS
	mfc0	k0, FPU
	bne	k0, zero, 2f
	nop
	jr	ra
	nop
2:	.set	hardfloat
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	lwc1	$f\n, SAVED_FPR + 4 * \n(a0)
	.endr
	lw	k0, SAVED_FPR + 128(a0)
	ctc1	k0, $31
	.set	softfloat
	jr	ra
	nop

	/* clone(): here the caller's s0-s7, gp and fp are still in place, which the child gets, too. */
	.globl	sys_clone
sys_clone:
	mfc0	t0, CURRENT
	lui	t1, %hi(clone_thread)
	b	save
	addiu	t1, t1, %lo(clone_thread)

	/* Where a new thread leaves the kernel. */
	.globl	thread_start
thread_start:
	j	thread_return
	addiu	v0, zero, 0

	/* set_thread_area(address) */
	.globl	sys_set_thread_area
sys_set_thread_area:
	mtc0	a0, TLS
	jr	ra
	addiu	v0, zero, 0

/* The calls, from calls.def: a handler's address, or that of a function that returns a constant. ---------- */

#define ENTRY(number, address)	.fill (number) - FIRST_CALL - position, 4, 0; .word address; \
				.set position, (number) - FIRST_CALL + 1
#define CONSTANT(value)		.pushsection .text; 1: jr ra; addiu v0, zero, value; .popsection
#define CALL(number, name, handler, text)	ENTRY(number, handler)
#define QUICK(number, name, handler, text)	ENTRY(number, handler + 1)
#define RESULT(number, name, value, text)	CONSTANT(value); ENTRY(number, 1b)
#define ERROR(number, name, value, text)	CONSTANT(-(value)); ENTRY(number, 1b)

	.section .rodata, "a"
	.balign	4
calls:
	.set	position, 0
#include "calls.def"
calls_end:

	.globl	initial_thread
	.set	initial_thread, FIRST_THREAD
