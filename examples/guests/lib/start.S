/* Start-up code of a freestanding program: calls int main(int argc, char **argv), then exits. */

	.set	noreorder
	.text
	.globl	__start
__start:
	lw	$4, 0($sp)		/* argc */
	addiu	$5, $sp, 4		/* argv */
	jal	main
	addiu	$sp, $sp, -16		/* o32: room for the callee to keep its arguments */
	move	$4, $2
	li	$2, 4001		/* exit */
	syscall
