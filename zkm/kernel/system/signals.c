/* Signals that a program sends to itself. A handler is entered when its thread leaves the kernel; it gets
 * the frame that Linux gives (struct rt_sigframe of o32), on the thread's stack or the alternate one. */

#include "kernel.h"

#define SET_SIZE	16
#define SIG_DFL		0
#define SIG_IGN		1
#define SIG_BLOCK	1
#define SIG_UNBLOCK	2
#define SIGCHLD		18
#define SIGWINCH	20
#define SIGURG		21
#define SIGCONT		25
#define SA_ONSTACK	0x08000000
#define SA_NODEFER	0x40000000
#define SA_RESETHAND	0x80000000
#define SI_TKILL	-6
#define SS_ONSTACK	1
#define SS_DISABLE	2
#define MINSIGSTKSZ	2048
#define STACK_GAP	32	/* below the interrupted code's stack pointer */

/* struct sigaction of the kernel; quick.S has rt_sigaction(). */
struct action {
	u32 flags, handler, mask[4], unused[2];
} actions[SIGNALS + 1];

_Static_assert(sizeof(struct action) == 32, "quick.S");

struct context {
	u32 unused[2], pc[2], gpr[32][2], fpr[32][2], acx, fcsr, eir, used_math, dsp, pad, hi[2], lo[2], more[6];
};

struct frame {
	u32 arguments[6];
	u32 information[32];	/* siginfo_t: signal, code, errno, process, user */
	u32 flags, link, stack[3], pad;
	struct context context;
	u32 mask[4];
};

_Static_assert(__builtin_offsetof(struct context, pc) == CONTEXT_PC, "entry.S");
_Static_assert(__builtin_offsetof(struct context, gpr) == CONTEXT_GPR, "entry.S");
_Static_assert(__builtin_offsetof(struct context, fpr) == CONTEXT_FPR, "entry.S");
_Static_assert(__builtin_offsetof(struct context, fcsr) == CONTEXT_FCSR, "entry.S");
_Static_assert(__builtin_offsetof(struct context, hi) == CONTEXT_HI, "entry.S");
_Static_assert(__builtin_offsetof(struct context, lo) == CONTEXT_LO, "entry.S");

static int is_fatal_by_default(u32 signal)
{
	return signal != SIGCHLD && signal != SIGWINCH && signal != SIGURG && signal != SIGCONT;
}

/* Notes whether a pending signal is not blocked. */
static void look_again(struct thread *thread)
{
	const u32 *pending = thread->pending, *blocked = thread->blocked;

	thread->deliverable = ((pending[0] & ~blocked[0]) | (pending[1] & ~blocked[1]) |
			       (pending[2] & ~blocked[2]) | (pending[3] & ~blocked[3])) != 0;
}

static void set_mask(struct thread *thread, const u32 *mask)
{
	u32 *blocked = thread->blocked;

	blocked[0] = mask[0] & ~(1u << (SIGKILL - 1) | 1u << (SIGSTOP - 1));
	blocked[1] = mask[1];
	blocked[2] = mask[2];
	blocked[3] = mask[3];
	look_again(thread);
}

long sys_rt_sigprocmask(u32 how, const u32 *set, u32 *old, u32 size)
{
	struct thread *thread = current();
	const u32 *blocked = thread->blocked;
	u32 new[4];

	if (size != SET_SIZE || (set && how - 1 > 2))
		return -EINVAL;
	if ((set && bad_words(set)) || (old && bad_words(old)))
		return -EFAULT;
	if (set)	/* it may lie where `old` does */
#pragma GCC unroll 4
		for (int i = 0; i < 4; i++)
			new[i] = how == SIG_BLOCK ? blocked[i] | set[i] :
				 how == SIG_UNBLOCK ? blocked[i] & ~set[i] : set[i];
	if (old) {
		old[0] = blocked[0];
		old[1] = blocked[1];
		old[2] = blocked[2];
		old[3] = blocked[3];
	}
	if (set)
		set_mask(thread, new);
	return 0;
}

static int on_alternate(const struct thread *thread)
{
	return (u32)thread->sp - thread->alternate[0] < thread->alternate[1];
}

/* stack_t: address, size, flags */
long sys_sigaltstack(const u32 *new, u32 *old)
{
	u32 *alternate = current()->alternate;
	u32 kept[3] = { alternate[0], alternate[1], !alternate[1] ? SS_DISABLE : on_alternate(current()) };

	if ((new && bad_words(new)) || (old && bad_words(old)))
		return -EFAULT;
	if (new && kept[2] == SS_ONSTACK)
		return -EPERM;
	if (new) {
		u32 disabled = new[2] & SS_DISABLE;

		if (!disabled && new[1] < MINSIGSTKSZ)
			return -ENOMEM;
		alternate[0] = disabled ? 0 : new[0];
		alternate[1] = disabled ? 0 : new[1];
	}
	if (old) {
		old[0] = kept[0];
		old[1] = kept[1];
		old[2] = kept[2];
	}
	return 0;
}

long sys_rt_sigpending(u32 *set, u32 size)
{
	if (size > SET_SIZE || size % 4)
		return -EINVAL;
	if (bad_words(set))
		return -EFAULT;
	for (u32 i = 0; i < size / 4; i++)
		set[i] = current()->pending[i];
	return 0;
}

/* Waits for a signal with another mask. */
long sys_rt_sigsuspend(const u32 *set, u32 size)
{
	struct thread *thread = current();

	if (size != SET_SIZE)
		return -EINVAL;
	if (bad_words(set))
		return -EFAULT;
	for (int i = 0; i < 4; i++)
		thread->kept[i] = thread->blocked[i];
	thread->suspended = 1;
	set_mask(thread, set);
	return wait(0, 0, NULL);
}

long sys_pause(void)
{
	return wait(0, 0, NULL);
}

/* The next signal to be handled, with the handler's frame but registers: 0 if there is none. */
static u32 next_signal(struct thread *thread)
{
	for (u32 signal = 1; signal <= SIGNALS; signal++) {
		u32 word = (signal - 1) / 32, bit = 1u << (signal - 1) % 32, handler = actions[signal].handler;

		if (!(thread->pending[word] & ~thread->blocked[word] & bit))
			continue;
		thread->pending[word] &= ~bit;
		if (handler == SIG_DFL && is_fatal_by_default(signal))
			finish(EXIT_SIGNAL + signal);
		if (handler != SIG_DFL && handler != SIG_IGN)
			return signal;
	}
	look_again(thread);
	return 0;
}

/* Makes the thread go on with the handler, on a frame that holds the rest. */
static void enter(struct thread *thread, u32 signal, struct frame *frame)
{
	struct action *action = actions + signal;
	u32 mask[4];

	for (u32 *word = frame->information; word < frame->information + 32; word++)
		*word = 0;
	frame->information[0] = signal;
	frame->information[1] = SI_TKILL;
	frame->information[3] = PROCESS_ID;
	frame->information[4] = USER_ID;
	for (int i = 0; i < 4; i++) {
		frame->mask[i] = thread->suspended ? thread->kept[i] : thread->blocked[i];
		mask[i] = thread->blocked[i] | action->mask[i];
	}
	thread->suspended = 0;
	if (!(action->flags & SA_NODEFER))
		mask[(signal - 1) / 32] |= 1u << (signal - 1) % 32;
	thread->saved_epc = action->handler;
	thread->sp = (u32 *)frame;
	thread->ra = (u32)signal_return;
	thread->a0 = signal;
	thread->a1 = (u32)frame->information;
	thread->a2 = (u32)&frame->flags;
	if (action->flags & SA_RESETHAND)
		action->handler = SIG_DFL;
	set_mask(thread, mask);
}

/* Puts what the thread would go on with on its stack, and makes it go on with the handler. */
static void interrupt_with(struct thread *thread, u32 signal)
{
	u32 top = (u32)thread->sp;
	struct frame *frame;
	struct context *context;

	if (actions[signal].flags & SA_ONSTACK && thread->alternate[1] && !on_alternate(thread))
		top = thread->alternate[0] + thread->alternate[1];
	frame = (struct frame *)((top - STACK_GAP - sizeof *frame) & -8);
	if (bad_buffer(frame, sizeof *frame))
		finish(EXIT_SIGNAL + SIGSEGV);
	for (u32 *word = (u32 *)frame; word < (u32 *)(frame + 1); word++)
		*word = 0;
	context = &frame->context;
	context->pc[1] = thread->saved_epc;
	context->gpr[2][1] = thread->call_result < 0 ? -thread->call_result : thread->call_result;
	context->gpr[7][1] = thread->call_result < 0;
	context->gpr[4][1] = thread->a0;
	context->gpr[5][1] = thread->a1;
	context->gpr[6][1] = thread->a2;
	for (int i = 0; i < 8; i++)
		context->gpr[16 + i][1] = thread->saved_s[i];
	context->gpr[25][1] = thread->saved_epc;	/* counts if this is a handler's first instruction */
	context->gpr[28][1] = thread->saved_s[9];
	context->gpr[29][1] = (u32)thread->sp;
	context->gpr[30][1] = thread->saved_s[8];
	context->gpr[31][1] = thread->ra;
	if (uses_fpu()) {
		for (int i = 0; i < 32; i++)
			context->fpr[i][1] = thread->saved_fpr[i];
		context->fcsr = thread->saved_fpr[32];
		context->used_math = 1;
	}
	frame->stack[0] = thread->alternate[0];
	frame->stack[1] = thread->alternate[1];
	frame->stack[2] = !thread->alternate[1] ? SS_DISABLE : on_alternate(thread);
	enter(thread, signal, frame);
}

/* At the end of a call whose result is in the struct thread, as are the registers: 1 if a handler is next.
 * With several signals, the last one's handler runs first, as on Linux. */
int deliver(void)
{
	struct thread *thread = current();
	u32 signal;
	int entered = 0;

	while ((signal = next_signal(thread))) {
		interrupt_with(thread, signal);
		entered = 1;
	}
	if (thread->suspended) {
		thread->suspended = 0;
		set_mask(thread, thread->kept);
	}
	return entered;
}

/* rt_sigreturn(): the registers to go on with, or NULL if another handler is next. */
struct context *resume(void)
{
	struct thread *thread = current();
	struct frame *frame = (struct frame *)thread->sp;
	u32 signal;

	if (bad_words(frame) || bad_buffer(frame, sizeof *frame))
		finish(EXIT_SIGNAL + SIGSEGV);
	set_mask(thread, frame->mask);
	signal = thread->deliverable ? next_signal(thread) : 0;
	if (!signal)
		return &frame->context;
	enter(thread, signal, frame);
	return NULL;
}

/* A signal for a thread: 0 or an error. */
static long post(struct thread *thread, u32 signal)
{
	u32 word = (signal - 1) / 32, bit = 1u << (signal - 1) % 32, handler;

	if (signal > SIGNALS)
		return -EINVAL;
	if (!thread)
		return -ESRCH;
	if (!signal)
		return 0;
	handler = actions[signal].handler;
	if (!(thread->blocked[word] & bit)) {
		if (handler == SIG_IGN || (handler == SIG_DFL && !is_fatal_by_default(signal)))
			return 0;
		if (handler == SIG_DFL)
			finish(EXIT_SIGNAL + signal);
	}
	thread->pending[word] |= bit;
	look_again(thread);
	if (thread->deliverable && thread != current())
		interrupt(thread);
	return 0;
}

long sys_kill(u32 process, u32 signal)
{
	return post(process == PROCESS_ID || process == 0 ? current() : NULL, signal);
}

long sys_tkill(u32 thread, u32 signal)
{
	return post(find_thread(thread), signal);
}

long sys_tgkill(u32 process, u32 thread, u32 signal)
{
	return post(process == PROCESS_ID ? find_thread(thread) : NULL, signal);
}
