/* Signals that a program sends to itself, to its threads, blocks, waits for, and handles. With an
 * argument, one without a handler. */

#include "threads.h"

#define SIGABRT		6
#define SIGUSR1		16
#define SIGUSR2		17
#define SIGURG		21
#define SA_ONSTACK	0x08000000
#define SA_SIGINFO	8
#define SA_NODEFER	0x40000000
#define SA_RESETHAND	0x80000000

struct action {
	u32 flags;
	void (*handler)(int, u32 *, u32 *);
	u32 mask[4], more;
};

static int depth, count;
static u8 alternate[16384] __attribute__((aligned(16)));

static void report(int signal, u32 *information, u32 *context)
{
	show("  signal", signal);
	show("  same", information[0] == signal);
	show("  alternate", (u32)&information - (u32)alternate < sizeof alternate);
	count++;
	if (depth) {
		depth--;
		CALL(tkill, CALL(gettid, 0), signal);
		text("  up\n");
	}
}

static void install(int signal, u32 flags, u32 mask)
{
	struct action action = { flags | SA_SIGINFO, report, { mask }, 0 }, old;

	show("install", CALL(rt_sigaction, signal, &action, &old, 16));
	show("was", old.handler == report);
}

static u32 bit(int signal)
{
	return 1u << (signal - 1);
}

static void mask(int how, u32 signals)
{
	u32 set[4] = { signals }, old[4];

	show("mask", CALL(rt_sigprocmask, how, set, old, 16));
	show("old", old[0]);
}

static int main_thread, other;

static void send(struct thread *self)
{
	u32 span[2] = { 0, 30000000 };

	CALL(nanosleep, span, NULL);
	CALL(tgkill, CALL(getpid, 0), main_thread, SIGUSR1);
}

static void sleep_long(struct thread *self)
{
	u32 span[2] = { 1000, 0 }, left[2];

	other = CALL(gettid, 0);
	count = 0;
	long result = CALL(nanosleep, span, left);
	show("slept", result);
	show("left", left[0]);
}

/* A call in the middle of a computation in saved registers and floating-point free code. */
static u32 compute(void)
{
	u32 a = 1, b = 2, c = 3, d = 4, e = 5;

	for (int i = 0; i < 10; i++) {
		a = a * 3 + e;
		b ^= a;
		c += b >> 3;
		d -= c;
		e = e << 1 | d >> 31;
		if (i == 5)
			CALL(tkill, main_thread, SIGUSR1);
	}
	return a ^ b ^ c ^ d ^ e;
}

int main(u32 argc, char **argv, char **environment)
{
	u32 span[2] = { 0, 10000000 }, none[4] = { 0 }, pending[4];
	struct { void *start; u32 size, flags; } stack = { alternate, sizeof alternate, 0 }, old;
	struct action standard = { 0 };
	long woken;

	main_thread = CALL(gettid, 0);
	show("ignored", CALL(tkill, main_thread, SIGURG));
	show("nothing", CALL(kill, CALL(getpid, 0), 0));
	install(SIGUSR1, 0, 0);
	install(SIGUSR1, 0, 0);
	install(SIGUSR2, SA_ONSTACK, bit(SIGUSR1));
	show("kill", CALL(kill, CALL(getpid, 0), SIGUSR1));
	show("stack", CALL(sigaltstack, &stack, &old));
	show("disabled", old.flags);
	show("tkill", CALL(tkill, main_thread, SIGUSR2));
	show("computed", compute());

	mask(1, bit(SIGUSR1) | bit(SIGUSR2));
	show("later", CALL(tkill, main_thread, SIGUSR1));
	show("later", CALL(tkill, main_thread, SIGUSR2));
	show("twice", CALL(tkill, main_thread, SIGUSR2));
	show("count", count);
	mask(2, bit(SIGUSR2));
	show("count", count);
	mask(2, bit(SIGUSR1));
	show("count", count);

	mask(1, bit(SIGUSR1));
	spawn(0, send, 0);
	show("suspend", CALL(rt_sigsuspend, none, 16));
	mask(2, 0);
	join(0);
	mask(2, bit(SIGUSR1));

	spawn(1, sleep_long, 0);
	CALL(nanosleep, span, NULL);
	woken = CALL(tkill, other, SIGUSR1);
	join(1);
	show("wake", woken);

	install(SIGUSR1, SA_NODEFER, 0);
	depth = 2;
	show("nested", CALL(tkill, main_thread, SIGUSR1));
	install(SIGUSR1, 0, 0);
	depth = 2;
	show("in turn", CALL(tkill, main_thread, SIGUSR1));
	show("count", count);

	install(SIGUSR2, SA_RESETHAND, 0);
	show("once", CALL(tkill, main_thread, SIGUSR2));
	show("no signal", CALL(tkill, main_thread, 129));
	show("no thread", CALL(tgkill, CALL(getpid, 0), 0x7ffffff, 1));
	show("kill only", CALL(rt_sigaction, 9, &standard, NULL, 16));
	if (argc > 1) {
		mask(1, bit(SIGABRT));
		show("blocked", CALL(tkill, main_thread, SIGABRT));
		mask(2, bit(SIGABRT));
		text("not reached\n");
	}
	CALL(tkill, main_thread, SIGUSR2);
	text("not reached\n");
	return 0;
}
