/* The communication manager: what `syscall`, `break` and traps do.
 *
 * Ordinary MIPS code, part of every program's image. It is the only code that talks to the host, by
 * three instructions (zkm/isa/families/system.py):
 *
 *   lwc2 $0, off(b)   in:   word at b + off = next word of private input, the prover's free choice
 *   swc2 $i, off(b)   out:  output word number $i = word at b + off
 *   ctc2 $e, $n       halt: exit code $e, output length $n bytes
 *
 * Output word 0 is the exit code and word 1 the length (both sent by halt); byte n of the output is in
 * word 2 + n / 4, big-endian, the last word padded with zeros.
 *
 * Calling convention of o32 Linux: number in v0, arguments in a0-a3; v0 = result and a3 = 0, or
 * v0 = errno and a3 = 1. All registers but v0, a3, k0, k1 keep their values. `syscall` leaves the address
 * of the next instruction in EPC; `eret` goes there and drops the link of `ll`.
 *
 * Pointers are not checked: memory is flat and zero-filled, there is no EFAULT.
 */

#define SYS_EXIT		4001
#define SYS_READ		4003
#define SYS_WRITE		4004
#define SYS_CLOSE		4006
#define SYS_BRK			4045
#define SYS_MUNMAP		4091
#define SYS_MPROTECT		4125
#define SYS_READV		4145
#define SYS_WRITEV		4146
#define SYS_MMAP2		4210
#define SYS_EXIT_GROUP		4246
#define SYS_SET_TID_ADDRESS	4252
#define SYS_SET_THREAD_AREA	4283

#define EBADF	9
#define ENOMEM	12
#define EINVAL	22
#define ENOSYS	89
#define IOV_MAX	1024
#define MAP_FIXED	0x10
#define MAP_ANONYMOUS	0x800
#define PAGE_BITS	12

#define SIGILL	4
#define SIGTRAP	5
#define SIGFPE	8

/* Registers of coprocessor 0. */
#define TLS	$2	/* thread pointer, read by rdhwr */
#define BREAK	$5	/* current end of the heap; the loader sets its start */
#define MAPPED	$6	/* lowest address given out by mmap2; the loader sets its start */
#define LENGTH	$7	/* bytes of output so far */
#define SAVE_T0	$8	/* the caller's registers during a call */
#define SAVE_T1	$9
#define SAVE_T2	$10
#define SAVE_T3	$11
#define SAVE_T4	$12
#define SAVE_A2	$13
#define SAVE_RA	$14

#define IN(offset, base)		lwc2 $0, offset(base)
#define OUT(number, offset, base)	swc2 number, offset(base)
#define HALT(code, length)		ctc2 code, length

#define zero	$0
#define v0	$2
#define a0	$4
#define a1	$5
#define a2	$6
#define a3	$7
#define t0	$8
#define t1	$9
#define t2	$10
#define t3	$11
#define t4	$12
#define k0	$26
#define k1	$27
#define ra	$31

	.set	noreorder
	.set	noat
	.set	nomacro

	.section .text.entry, "ax"

/* Entry points. ------------------------------------------------------------------------------ */

	.globl	vector_syscall
vector_syscall:
	addiu	k0, zero, SYS_WRITE
	beq	v0, k0, sys_write
	addiu	k0, zero, SYS_READ
	beq	v0, k0, sys_read
	addiu	k0, zero, SYS_WRITEV
	beq	v0, k0, sys_writev
	addiu	k0, zero, SYS_READV
	beq	v0, k0, sys_readv
	addiu	k0, zero, SYS_BRK
	beq	v0, k0, sys_brk
	addiu	k0, zero, SYS_MMAP2
	beq	v0, k0, sys_mmap2
	addiu	k0, zero, SYS_MUNMAP
	beq	v0, k0, sys_munmap
	addiu	k0, zero, SYS_MPROTECT
	beq	v0, k0, sys_mprotect
	addiu	k0, zero, SYS_EXIT_GROUP
	beq	v0, k0, sys_exit
	addiu	k0, zero, SYS_EXIT
	beq	v0, k0, sys_exit
	addiu	k0, zero, SYS_SET_THREAD_AREA
	beq	v0, k0, sys_set_thread_area
	addiu	k0, zero, SYS_SET_TID_ADDRESS
	beq	v0, k0, sys_set_tid_address
	addiu	k0, zero, SYS_CLOSE
	beq	v0, k0, sys_close
	addiu	v0, zero, ENOSYS
fail:					/* v0 = errno */
	addiu	a3, zero, 1
	eret

	.globl	vector_breakpoint
vector_breakpoint:
	b	finish
	addiu	a0, zero, 128 + SIGTRAP

	.globl	vector_arithmetic
vector_arithmetic:
	b	finish
	addiu	a0, zero, 128 + SIGFPE

	.globl	vector_reserved
vector_reserved:
	b	finish
	addiu	a0, zero, 128 + SIGILL

/* exit(status), exit_group(status) ------------------------------------------------------------ */

sys_exit:
	andi	a0, a0, 0xff
finish:					/* a0 = exit code */
	mfc0	k0, LENGTH
	andi	v0, k0, 3
	beq	v0, zero, 1f		/* no incomplete output word */
	srl	v0, k0, 2
	addiu	v0, v0, 2
	lui	k1, %hi(pending)
	OUT(v0, %lo(pending), k1)
1:	HALT(a0, k0)

/* The small ones. ----------------------------------------------------------------------------- */

sys_brk:
	/* Growing only: the heap's memory is then always fresh, that is, zero. A call that cannot be
	 * served returns the current break, as in Linux. */
	mfc0	v0, BREAK
	sltu	k0, a0, v0
	bne	k0, zero, succeed
	mfc0	k1, MAPPED
	sltu	k0, k1, a0
	bne	k0, zero, succeed
	nop
	mtc0	a0, BREAK
	b	succeed
	addu	v0, a0, zero

	/* mmap2(address, length, protection, flags, file, offset): memory only, and where we like, each
	 * time below what was given out before, so that it is zero. Nothing is ever taken back. */
sys_mmap2:
	andi	k0, a3, MAP_ANONYMOUS | MAP_FIXED
	addiu	k1, zero, MAP_ANONYMOUS
	bne	k0, k1, bad_argument
	nop
	beq	a1, zero, bad_argument
	addiu	k0, a1, (1 << PAGE_BITS) - 1
	sltu	k1, k0, a1
	bne	k1, zero, no_memory	/* the length in pages exceeds the address space */
	srl	k0, k0, PAGE_BITS
	sll	k0, k0, PAGE_BITS
	mfc0	v0, MAPPED
	sltu	k1, v0, k0
	bne	k1, zero, no_memory
	subu	v0, v0, k0
	mfc0	k1, BREAK
	sltu	k1, v0, k1
	bne	k1, zero, no_memory
	nop
	b	succeed
	mtc0	v0, MAPPED

sys_set_thread_area:
	mtc0	a0, TLS
sys_munmap:
sys_mprotect:
sys_close:
	b	succeed
	addiu	v0, zero, 0

sys_set_tid_address:
	addiu	v0, zero, 1		/* the only thread */
succeed:				/* v0 = result */
	addiu	a3, zero, 0
	eret

bad_file:
	b	fail
	addiu	v0, zero, EBADF

bad_argument:
	b	fail
	addiu	v0, zero, EINVAL

no_memory:
	b	fail
	addiu	v0, zero, ENOMEM

/* write(fd, buffer, count): 1 is the public output, 2 is dropped. ------------------------------- */

sys_write:
	addiu	k0, zero, 1
	bne	a0, k0, write_other
	addiu	k0, zero, 2
	mtc0	t0, SAVE_T0
	mtc0	t1, SAVE_T1
	mtc0	ra, SAVE_RA
	addu	v0, a1, zero
	jal	put
	addu	a3, a2, zero
	mfc0	t0, SAVE_T0
	mfc0	t1, SAVE_T1
	mfc0	ra, SAVE_RA
	b	succeed
	addu	v0, a2, zero
write_other:
	bne	a0, k0, bad_file
	nop
	b	succeed
	addu	v0, a2, zero

/* writev(fd, vector, vector length) */
sys_writev:
	addiu	k0, a0, -1
	sltiu	k0, k0, 2
	beq	k0, zero, bad_file
	sltiu	k0, a2, IOV_MAX + 1
	beq	k0, zero, bad_argument
	nop
	mtc0	t0, SAVE_T0
	mtc0	t1, SAVE_T1
	mtc0	t2, SAVE_T2
	mtc0	t3, SAVE_T3
	mtc0	t4, SAVE_T4
	mtc0	ra, SAVE_RA
	addu	t2, a1, zero		/* entry */
	sll	t3, a2, 3
	addu	t3, t3, a1		/* end of the entries */
	addiu	t4, zero, 0		/* bytes */
	beq	t2, t3, 3f
	nop
1:	lw	v0, 0(t2)
	lw	a3, 4(t2)
	addiu	k0, zero, 2
	beq	a0, k0, 2f		/* dropped */
	addu	t4, t4, a3
	jal	put
	nop
2:	addiu	t2, t2, 8
	bne	t2, t3, 1b
	nop
3:	addu	v0, t4, zero
restore_all:
	mfc0	t0, SAVE_T0
	mfc0	t1, SAVE_T1
	mfc0	t2, SAVE_T2
	mfc0	t3, SAVE_T3
	mfc0	t4, SAVE_T4
	mfc0	ra, SAVE_RA
	b	succeed
	nop

/* Appends a3 bytes at v0 to the output. Changes v0, a3, t0, t1, k0, k1.
 * The bytes of an incomplete last word wait in `pending`, whose other bytes are zero. */
put:
	mfc0	k0, LENGTH
	lui	k1, %hi(pending)
	beq	a3, zero, put_return
	addu	t0, k0, a3
	mtc0	t0, LENGTH
	srl	t1, k0, 2
	addiu	t1, t1, 2		/* number of the current output word */
	andi	k0, k0, 3
	beq	k0, zero, put_words
	addiu	t0, k1, %lo(pending)
	addu	k0, k0, t0		/* where the next byte waits */
1:	lbu	t0, 0(v0)
	addiu	v0, v0, 1
	sb	t0, 0(k0)
	addiu	k0, k0, 1
	andi	t0, k0, 3
	beq	t0, zero, 2f		/* the word is complete */
	addiu	a3, a3, -1
	bne	a3, zero, 1b
	nop
	jr	ra
	nop
2:	OUT(t1, %lo(pending), k1)
	sw	zero, %lo(pending)(k1)
	addiu	t1, t1, 1
put_words:
	srl	t0, a3, 2
	beq	t0, zero, put_tail
	sll	t0, t0, 2
	addu	t0, t0, v0		/* end of the whole words */
	andi	k0, v0, 3
	bne	k0, zero, 2f
	nop
1:	OUT(t1, 0, v0)
	addiu	v0, v0, 4
	bne	v0, t0, 1b
	addiu	t1, t1, 1
	b	put_tail
	nop
2:	lwl	k0, 0(v0)
	lwr	k0, 3(v0)
	sw	k0, %lo(scratch)(k1)
	OUT(t1, %lo(scratch), k1)
	addiu	v0, v0, 4
	bne	v0, t0, 2b
	addiu	t1, t1, 1
put_tail:
	andi	a3, a3, 3
	beq	a3, zero, put_return
	addiu	k0, k1, %lo(pending)
1:	lbu	t0, 0(v0)
	addiu	v0, v0, 1
	sb	t0, 0(k0)
	addiu	a3, a3, -1
	bne	a3, zero, 1b
	addiu	k0, k0, 1
put_return:
	jr	ra
	nop

/* read(fd, buffer, count): 0 is the private input. --------------------------------------------- */

sys_read:
	bne	a0, zero, bad_file
	nop
	mtc0	t0, SAVE_T0
	mtc0	t1, SAVE_T1
	mtc0	ra, SAVE_RA
	jal	get
	addu	a3, a1, zero
	mfc0	t0, SAVE_T0
	mfc0	t1, SAVE_T1
	mfc0	ra, SAVE_RA
	b	succeed
	nop

/* readv(fd, vector, vector length) */
sys_readv:
	bne	a0, zero, bad_file
	sltiu	k0, a2, IOV_MAX + 1
	beq	k0, zero, bad_argument
	nop
	mtc0	t0, SAVE_T0
	mtc0	t1, SAVE_T1
	mtc0	t2, SAVE_T2
	mtc0	t3, SAVE_T3
	mtc0	t4, SAVE_T4
	mtc0	a2, SAVE_A2
	mtc0	ra, SAVE_RA
	addu	t2, a1, zero		/* entry */
	sll	t3, a2, 3
	addu	t3, t3, a1		/* end of the entries */
	addiu	t4, zero, 0		/* bytes */
	beq	t2, t3, 3f
	nop
1:	lw	a3, 0(t2)
	lw	a2, 4(t2)
	beq	a2, zero, 2f
	addiu	t2, t2, 8
	jal	get
	nop
	bne	v0, a2, 3f		/* end of input */
	addu	t4, t4, v0
2:	bne	t2, t3, 1b
	nop
3:	mfc0	a2, SAVE_A2
	b	restore_all
	addu	v0, t4, zero

/* Up to a2 bytes of input to a3; v0 = their number. Changes a3, t0, t1, k0, k1.
 * The host looks at a2 when it executes the first `in`, which gives the number of bytes. */
get:
	lui	k1, %hi(scratch)
	IN(%lo(scratch), k1)
	lw	v0, %lo(scratch)(k1)
	sltu	k0, a2, v0
	bne	k0, zero, refuse
	srl	t0, v0, 2
	beq	t0, zero, get_tail
	sll	t0, t0, 2
	addu	t0, t0, a3		/* end of the whole words */
	andi	k0, a3, 3
	bne	k0, zero, get_unaligned
	andi	k0, v0, 0x1c		/* first the words that do not fill a block of eight */
	beq	k0, zero, 2f
	addu	t1, a3, k0
1:	IN(0, a3)
	addiu	a3, a3, 4
	bne	a3, t1, 1b
	nop
	beq	a3, t0, get_tail
	nop
2:	IN(0, a3)
	IN(4, a3)
	IN(8, a3)
	IN(12, a3)
	IN(16, a3)
	IN(20, a3)
	IN(24, a3)
	IN(28, a3)
	addiu	a3, a3, 32
	bne	a3, t0, 2b
	nop
	b	get_tail
	nop
get_unaligned:
	IN(%lo(scratch), k1)
	lw	k0, %lo(scratch)(k1)
	swl	k0, 0(a3)
	swr	k0, 3(a3)
	addiu	a3, a3, 4
	bne	a3, t0, get_unaligned
	nop
get_tail:
	andi	t1, v0, 3
	beq	t1, zero, get_return
	addiu	k0, k1, %lo(scratch)
	IN(%lo(scratch), k1)
1:	lbu	t0, 0(k0)
	addiu	k0, k0, 1
	sb	t0, 0(a3)
	addiu	t1, t1, -1
	bne	t1, zero, 1b
	addiu	a3, a3, 1
get_return:
	jr	ra
	nop

/* More input than asked for. No word has address 1, so this load has no proof: were it a trap instead,
 * a prover could end the program with that exit code whenever it reads. */
refuse:
	lw	k0, 1(zero)

/* Not part of the image: memory outside it is zero. */
	.bss
	.balign	4
pending:
	.space	4
scratch:
	.space	4
