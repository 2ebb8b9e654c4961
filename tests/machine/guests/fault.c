/* Ends in the way that its argument says. */
#include "system.h"

static int word = 5;

int main(int argc, char **argv)
{
	volatile int zero = argc - 2;
	void (*nowhere)(void) = (void (*)(void))0x20000000;
	void (*misaligned)(void) = (void (*)(void))((__UINTPTR_TYPE__)nowhere + 2 + zero);
	switch (argc > 1 ? argv[1][0] : 0) {
	case 'n': return *(volatile int *)(zero + 16);                   /* null pointer */
	case 'm': return *(volatile int *)((char *)&word + 1 + zero);    /* misaligned word */
	case 's': *(volatile short *)((char *)&word + 1 + zero) = 3; break; /* misaligned half */
	case 'j': nowhere(); break;
	case 'a': misaligned(); break;
	case 'd': return 7 / zero;
	case 'i': __asm__ volatile(".word 0xffffffff"); break;
	case 'b': __asm__ volatile("break"); break;
	case 'o': __asm__ volatile("add $2, %0, %0" : : "r"(0x7fffffff + zero) : "$2"); break;
	case 'k': __asm__ volatile("mfc0 $2, $6" : : : "$2"); break;   /* the kernel's */
	case 'e': return 300;
	}
	return 0;
}
