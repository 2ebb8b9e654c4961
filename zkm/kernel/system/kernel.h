/* What all parts of the system image share. Constants first: entry.S reads them, too. */

#ifndef KERNEL_H
#define KERNEL_H

/* Where things lie (zkm/program/layout.py has the user's part). */
#define LOWEST_ADDRESS	0x00010000	/* below lies nothing that a program may use */
#define USER_LIMIT	0x7f000000	/* end of heap and mappings; the initial stack lies above */
#define USER_END	0x80000000
#define THREAD_PAGES	0x81000000	/* one page per thread: its kernel stack, then struct thread */
#define PAGE		4096
#define MAX_THREADS	4096

/* Registers of coprocessor 0. The loader sets the initial values of those with a star. */
#define TLS		$2	/* thread pointer, read by rdhwr */
#define EPC		$4	/* where the interrupted code goes on */
#define HEAP		$5	/* start of the heap * */
#define FPU		$6	/* 1 if the program has instructions that touch floating-point registers * */
#define CURRENT		$7	/* the running thread * */

/* struct thread, as far as entry.S knows it: the caller's registers during a call, … */
#define USER_A0		0
#define USER_A1		4
#define USER_A2		8
#define USER_SP		12
#define USER_RA		16
#define DELIVERABLE	20	/* a signal waits and is not blocked */
/* … and what a switch keeps beside them. */
#define SAVED_S		24	/* s0 to s7, fp, gp */
#define SAVED_SP	64	/* of the kernel's stack */
#define SAVED_RA	68
#define SAVED_EPC	72
#define SAVED_TLS	76
#define SAVED_FPR	80	/* 32 registers, FCSR */
#define CALL_RESULT	212	/* while signals are looked at */
#define THREAD_SIZE	512
#define FIRST_THREAD	(THREAD_PAGES + PAGE - THREAD_SIZE)
#define ARGUMENT_AREA	16	/* what o32 callers leave to callees on the stack */

#define PROCESS_ID	2
#define PARENT_ID	1
#define USER_ID		1000	/* all user and group ids, as the auxiliary vector says, too */

#define EPERM		1
#define ENOENT		2
#define ESRCH		3
#define EINTR		4
#define EBADF		9
#define ECHILD		10
#define EAGAIN		11
#define ENOMEM		12
#define EFAULT		14
#define EEXIST		17
#define ENODEV		19
#define EINVAL		22
#define EMFILE		24
#define ENOTTY		25
#define ESPIPE		29
#define EPIPE		32
#define ERANGE		34
#define ENOSYS		89
#define ETIMEDOUT	145

#define SIGILL		4
#define SIGTRAP		5
#define SIGFPE		8
#define SIGKILL		9
#define SIGSEGV		11
#define SIGPIPE		13
#define SIGSTOP		23
#define SIGNALS		128

/* Where entry.S finds registers in the struct sigcontext of a signal's frame: 64 bits for each. */
#define CONTEXT_PC	8
#define CONTEXT_GPR	16
#define CONTEXT_FPR	272
#define CONTEXT_FCSR	532
#define CONTEXT_HI	552
#define CONTEXT_LO	560
#define SYS_RT_SIGRETURN 4193

#define EXIT_SIGNAL	128	/* exit code of an end by a signal: this plus the signal */
#define EXIT_DEADLOCK	(EXIT_SIGNAL + SIGKILL)	/* every thread waits for another */

#ifndef __ASSEMBLER__

typedef unsigned char u8;
typedef unsigned u32;

#define NULL ((void *)0)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* A word at any address; compilers make lwl and lwr, swl and swr of it. */
struct __attribute__((packed)) loose {
	u32 word;
};

/* A point of the virtual clock, or a span: seconds and nanoseconds (below 10^9). */
struct instant {
	u32 s, ns;
};

struct thread {
	u32 a0, a1, a2;
	u32 *sp;
	u32 ra;
	u32 deliverable;
	u32 saved_s[10];
	u32 saved_sp, saved_ra, saved_epc, saved_tls;
	u32 saved_fpr[33];
	long call_result;

	u32 id;
	u32 clear_tid;		/* address that its end sets to 0 and wakes; 0 = none */
	struct thread *next;	/* in a queue */
	u32 key;		/* what it waits for, see wait() */
	u32 bits;
	u32 timed;		/* `deadline` is valid */
	struct instant deadline;
	long result;		/* why it goes on */
	u32 blocked[4];		/* signal mask */
	u32 pending[4];
	u32 suspended;		/* `kept` is the mask to return to, after rt_sigsuspend */
	u32 kept[4];
	u32 alternate[2];	/* sigaltstack: address, size */
};

_Static_assert(__builtin_offsetof(struct thread, sp) == USER_SP, "entry.S");
_Static_assert(__builtin_offsetof(struct thread, deliverable) == DELIVERABLE, "entry.S");
_Static_assert(__builtin_offsetof(struct thread, saved_s) == SAVED_S, "entry.S");
_Static_assert(__builtin_offsetof(struct thread, saved_tls) == SAVED_TLS, "entry.S");
_Static_assert(__builtin_offsetof(struct thread, saved_fpr) == SAVED_FPR, "entry.S");
_Static_assert(__builtin_offsetof(struct thread, call_result) == CALL_RESULT, "entry.S");
_Static_assert(sizeof(struct thread) <= THREAD_SIZE, "a thread's page");

static inline struct thread *current(void)
{
	struct thread *thread;
	__asm__("mfc0 %0, $7" : "=r"(thread));
	return thread;
}

/* Arguments 5 and 6 of a call lie on the caller's stack. */
static inline u32 argument(int number)
{
	return current()->sp[number - 1];
}

/* Pointers from user code. A word pointer must be aligned; structures never reach USER_END since no
 * program has anything in the last page before it. */
static inline __attribute__((always_inline)) int bad_words(const void *pointer)
{
	u32 address = (u32)pointer;
	u32 turned = address << 30 | address >> 2;	/* alignment and the highest bit are now bits 31 to 29 */
	return UNLIKELY(turned >> 29 != 0 || address >> 16 == 0);
}

static inline __attribute__((always_inline)) int bad_buffer(const void *pointer, u32 size)
{
	u32 address = (u32)pointer;
	return UNLIKELY((int)address < LOWEST_ADDRESS || size > USER_END - address);
}

/* entry.S */
void switch_to(struct thread *thread);
void thread_start(void);
void signal_return(void);

/* host.c */
void put(const u8 *from, u32 count);
u32 get(u8 *to, u32 count);
_Noreturn void finish(u32 exit_code);

/* threads.c */
#define WAKE_ALL 0x7fffffff
long wait(u32 key, u32 bits, const struct instant *deadline);
u32 wake(u32 key, u32 bits, u32 limit);
u32 requeue(u32 key, u32 other, u32 limit);
struct thread *find_thread(u32 id);
void interrupt(struct thread *thread);

/* time.c */
extern struct instant now;
void pass(const struct instant *span);
int is_before(const struct instant *a, const struct instant *b);
int span_of(const u32 *words, int wide, struct instant *span);
void deadline_after(const struct instant *span, struct instant *deadline);
void instant_of(u32 clock, struct instant *shown);

/* events.c */
int is_open(u32 fd);
long read_event(u32 fd, u8 *to, u32 count);
long write_event(u32 fd, const u8 *from, u32 count);
long close_event(u32 fd);
u32 event_flags(u32 fd);
void set_event_flags(u32 fd, u32 flags);

/* signals.c */
long sys_tkill(u32 thread, u32 signal);

static inline u32 uses_fpu(void)
{
	u32 flag;
	__asm__("mfc0 %0, $6" : "=r"(flag));
	return flag;
}

#endif
#endif
