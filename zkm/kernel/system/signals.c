/* Signals. */

#include "kernel.h"

#define SIGNALS		128
#define SET_SIZE	16
#define SIG_DFL		0
#define SIG_IGN		1
#define SIG_BLOCK	1
#define SIG_UNBLOCK	2
#define SIG_SETMASK	3
#define SIGCHLD		18
#define SIGWINCH	20
#define SIGURG		21
#define SIGSTOP		23
#define SIGCONT		25
#define SS_DISABLE	2
#define MINSIGSTKSZ	2048

/* struct sigaction of the kernel. */
static struct action {
	u32 flags, handler, mask[4];
} actions[SIGNALS + 1];

long sys_rt_sigaction(u32 signal, const u32 *new, u32 *old, u32 size)
{
	struct action *action = actions + signal;

	if (size != SET_SIZE || signal - 1 >= SIGNALS)
		return -EINVAL;
	if (new) {
		if (bad_words(new))
			return -EFAULT;
		if (signal == SIGKILL || signal == SIGSTOP)
			return -EINVAL;
	}
	if (old) {
		if (bad_words(old))
			return -EFAULT;
		old[0] = action->flags;
		old[1] = action->handler;
		old[2] = action->mask[0];
		old[3] = action->mask[1];
		old[4] = action->mask[2];
		old[5] = action->mask[3];
	}
	if (new) {
		action->flags = new[0];
		action->handler = new[1];
		action->mask[0] = new[2];
		action->mask[1] = new[3];
		action->mask[2] = new[4];
		action->mask[3] = new[5];
	}
	return 0;
}

long sys_rt_sigprocmask(u32 how, const u32 *set, u32 *old, u32 size)
{
	u32 *blocked = current()->blocked, new[4];

	if (size != SET_SIZE || (set && how - 1 > 2))
		return -EINVAL;
	if ((set && bad_words(set)) || (old && bad_words(old)))
		return -EFAULT;
	if (set)
		for (int i = 0; i < 4; i++)
			new[i] = how == SIG_BLOCK ? blocked[i] | set[i] :
				 how == SIG_UNBLOCK ? blocked[i] & ~set[i] : set[i];
	if (old)
		for (int i = 0; i < 4; i++)
			old[i] = blocked[i];
	if (set) {
		new[0] &= ~(1u << (SIGKILL - 1) | 1u << (SIGSTOP - 1));
		for (int i = 0; i < 4; i++)
			blocked[i] = new[i];
	}
	return 0;
}

/* stack_t: address, size, flags */
long sys_sigaltstack(const u32 *new, u32 *old)
{
	u32 *alternate = current()->alternate;
	u32 kept[3] = { alternate[0], alternate[1], alternate[1] ? alternate[2] : SS_DISABLE };

	if ((new && bad_words(new)) || (old && bad_words(old)))
		return -EFAULT;
	if (new) {
		u32 disabled = new[2] & SS_DISABLE;

		if (!disabled && new[1] < MINSIGSTKSZ)
			return -ENOMEM;
		alternate[0] = disabled ? 0 : new[0];
		alternate[1] = disabled ? 0 : new[1];
		alternate[2] = new[2];
	}
	if (old) {
		old[0] = kept[0];
		old[1] = kept[1];
		old[2] = kept[2];
	}
	return 0;
}

/* A signal for a thread: 0 or an error. */
int post(struct thread *thread, u32 signal)
{
	u32 handler;

	if (!thread)
		return -ESRCH;
	if (signal > SIGNALS)
		return -EINVAL;
	if (!signal)
		return 0;
	handler = actions[signal].handler;
	if (handler == SIG_DFL && signal != SIGCHLD && signal != SIGWINCH && signal != SIGURG && signal != SIGCONT)
		finish(EXIT_SIGNAL + signal);
	return 0;
}

long sys_kill(u32 process, u32 signal)
{
	return process == PROCESS_ID || process == 0 ? post(current(), signal) : -ESRCH;
}

long sys_tkill(u32 thread, u32 signal)
{
	return post(find_thread(thread), signal);
}

long sys_tgkill(u32 process, u32 thread, u32 signal)
{
	return process == PROCESS_ID ? post(find_thread(thread), signal) : -ESRCH;
}
