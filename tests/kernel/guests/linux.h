/* System calls, output and threads for guests without a C library. */

typedef unsigned u32;
typedef unsigned char u8;

#define NULL ((void *)0)

enum {
	SYS_exit = 4001, SYS_read = 4003, SYS_write = 4004, SYS_kill = 4037, SYS_brk = 4045, SYS_munmap = 4091,
	SYS_clone = 4120, SYS_mprotect = 4125, SYS_sched_yield = 4162, SYS_nanosleep = 4166, SYS_mremap = 4167,
	SYS_poll = 4188, SYS_rt_sigreturn = 4193, SYS_rt_sigaction = 4194, SYS_rt_sigprocmask = 4195,
	SYS_rt_sigsuspend = 4199, SYS_sigaltstack = 4206, SYS_mmap2 = 4210, SYS_madvise = 4218, SYS_gettid = 4222,
	SYS_tkill = 4236, SYS_futex = 4238, SYS_exit_group = 4246, SYS_epoll_ctl = 4249, SYS_epoll_wait = 4250,
	SYS_clock_gettime = 4263, SYS_tgkill = 4266, SYS_getpid = 4020, SYS_close = 4006, SYS_fcntl = 4055,
	SYS_eventfd2 = 4325, SYS_epoll_create1 = 4326, SYS_pipe2 = 4328, SYS_set_tid_address = 4252,
};

/* A result, or an errno's negative. */
static long call(long number, long a, long b, long c, long d, long e, long f)
{
	register long v0 __asm__("$2") = number;
	register long a0 __asm__("$4") = a;
	register long a1 __asm__("$5") = b;
	register long a2 __asm__("$6") = c;
	register long a3 __asm__("$7") = d;

	__asm__ volatile(
		"addiu $sp, $sp, -32\n\tsw %6, 16($sp)\n\tsw %7, 20($sp)\n\tsyscall\n\taddiu $sp, $sp, 32"
		: "+r"(v0), "+r"(a3) : "r"(a0), "r"(a1), "r"(a2), "0"(v0), "r"(e), "r"(f)
		: "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25", "hi", "lo", "memory");
	return a3 ? -v0 : v0;
}

#define CALL(name, ...) CALL_(name, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(name, a, b, c, d, e, f, ...) \
	call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static void text(const char *string)
{
	u32 length = 0;

	while (string[length])
		length++;
	CALL(write, 1, string, length);
}

static void number(long value)
{
	char digits[12], *digit = digits + 11;
	u32 rest = value < 0 ? -(u32)value : (u32)value;

	*digit = 0;
	do {
		*--digit = '0' + rest % 10;
		rest /= 10;
	} while (rest);
	if (value < 0)
		*--digit = '-';
	text(digit);
}

/* A line "name value". */
static void show(const char *name, long value)
{
	text(name);
	text(" ");
	number(value);
	text("\n");
}

_Noreturn static void leave(int code)
{
	for (;;)
		CALL(exit_group, code);
}

int main(u32 argc, char **argv, char **environment);

__asm__(".globl __start\n.ent __start\n__start:\n\t.set noreorder\n\tlw $4, 0($sp)\n\taddiu $5, $sp, 4\n"
	"\tsll $6, $4, 2\n\taddu $6, $6, $5\n\taddiu $6, $6, 4\n\tjal start\n\taddiu $sp, $sp, -16\n"
	"\t.set reorder\n.end __start\n");

__attribute__((used)) _Noreturn static void start(u32 argc, char **argv, char **environment)
{
	leave(main(argc, argv, environment));
}
