/* The system calls of a freestanding program (o32 Linux numbers). */
#ifndef SYSTEM_H
#define SYSTEM_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

static inline int system_call(int number, int a, const void *b, u32 c)
{
	register int v0 __asm__("$2") = number;
	register int a0 __asm__("$4") = a;
	register const void *a1 __asm__("$5") = b;
	register u32 a2 __asm__("$6") = c;
	register int a3 __asm__("$7");
	__asm__ volatile("syscall"
			 : "+r"(v0), "=r"(a3)
			 : "r"(a0), "r"(a1), "r"(a2)
			 : "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25",
			   "hi", "lo", "memory");
	return a3 ? -v0 : v0;
}

static inline int read(int fd, void *buffer, u32 count)
{
	return system_call(4003, fd, buffer, count);
}

static inline int write(int fd, const void *buffer, u32 count)
{
	return system_call(4004, fd, buffer, count);
}

#endif
