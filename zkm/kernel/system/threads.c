/* Threads: one runs at a time, until it waits, sleeps, yields or ends. Then the one that has been ready
 * for longest goes on. When none is ready, the clock moves on to the first time-out. */

#include "kernel.h"

#define CLONE_VM		0x00000100
#define CLONE_SIGHAND		0x00000800
#define CLONE_THREAD		0x00010000
#define CLONE_SETTLS		0x00080000
#define CLONE_PARENT_SETTID	0x00100000
#define CLONE_CHILD_CLEARTID	0x00200000
#define CLONE_CHILD_SETTID	0x01000000
#define YIELD			100000	/* nanoseconds that a yield to nobody takes */

struct queue {
	struct thread *first, *last;
};

static struct queue ready, waiting;
static struct thread *unused;	/* pages of ended threads */
static u32 page_count;		/* beside the first thread's */
static u32 last_id;
static u32 others;		/* living threads but one */
static u32 leader_code;		/* the first thread's exit code, once it has ended */

static void append(struct queue *queue, struct thread *thread)
{
	thread->next = NULL;
	if (queue->first)
		queue->last->next = thread;
	else
		queue->first = thread;
	queue->last = thread;
}

/* Takes the thread after `previous` (NULL: the first) out of the waiting ones and makes it ready. */
static void release(struct thread *previous, struct thread *thread, long result)
{
	if (previous)
		previous->next = thread->next;
	else
		waiting.first = thread->next;
	if (waiting.last == thread)
		waiting.last = previous;
	thread->result = result;
	append(&ready, thread);
}

/* Makes all threads ready whose time has come; the clock moves on if nobody else can run. */
static void expire(void)
{
	for (;;) {
		struct thread *first = NULL, *before_first = NULL, *previous = NULL;

		for (struct thread *thread = waiting.first; thread; previous = thread, thread = thread->next)
			if (thread->timed && (!first || is_before(&thread->deadline, &first->deadline))) {
				first = thread;
				before_first = previous;
			}
		if (!first)
			return;
		if (is_before(&now, &first->deadline)) {
			if (ready.first)
				return;
			now = first->deadline;
		}
		release(before_first, first, -ETIMEDOUT);
	}
}

/* Lets another thread run; the caller has put the current one into a queue, or it has ended. */
static void run_next(void)
{
	struct thread *thread;

	if (waiting.first)
		expire();
	thread = ready.first;
	if (!thread)
		finish(EXIT_DEADLOCK);
	ready.first = thread->next;
	if (thread != current())
		switch_to(thread);
}

/* Waits until wake() with the same key (an address) and a common bit, or for an instant (NULL: for ever).
 * 0, -ETIMEDOUT, or -EINTR. */
long wait(u32 key, u32 bits, const struct instant *deadline)
{
	struct thread *thread = current();

	if (thread->deliverable)
		return -EINTR;
	thread->key = key;
	thread->bits = bits;
	thread->timed = deadline != NULL;
	if (deadline)
		thread->deadline = *deadline;
	append(&waiting, thread);
	run_next();
	return thread->result;
}

/* Wakes the first `limit` threads that wait for the key and one of the bits; returns how many. */
u32 wake(u32 key, u32 bits, u32 limit)
{
	struct thread *previous = NULL, *thread = waiting.first;
	u32 count = 0;

	while (thread && count < limit) {
		struct thread *next = thread->next;

		if (thread->key == key && thread->bits & bits) {
			release(previous, thread, 0);
			count++;
		} else {
			previous = thread;
		}
		thread = next;
	}
	return count;
}

/* Lets up to `limit` threads that wait for one key wait for another. */
u32 requeue(u32 key, u32 other, u32 limit)
{
	u32 count = 0;

	for (struct thread *thread = waiting.first; thread && count < limit; thread = thread->next)
		if (thread->key == key && thread->bits) {
			thread->key = other;
			count++;
		}
	return count;
}

/* A waiting thread goes on with -EINTR. */
void interrupt(struct thread *thread)
{
	struct thread *previous = NULL;

	for (struct thread *other = waiting.first; other; previous = other, other = other->next)
		if (other == thread) {
			release(previous, thread, -EINTR);
			return;
		}
}

/* The living thread with this id, or NULL. */
struct thread *find_thread(u32 id)
{
	id -= PROCESS_ID;
	if (current()->id == id)
		return current();
	for (struct thread *thread = ready.first; thread; thread = thread->next)
		if (thread->id == id)
			return thread;
	for (struct thread *thread = waiting.first; thread; thread = thread->next)
		if (thread->id == id)
			return thread;
	return NULL;
}

static struct thread *new_page(void)
{
	struct thread *thread = unused;

	if (thread) {
		unused = thread->next;
		return thread;
	}
	if (page_count == MAX_THREADS - 1)
		return NULL;
	page_count++;
	return (struct thread *)(FIRST_THREAD + page_count * PAGE);
}

/* clone(); entry.S has saved the caller's registers in its struct thread. */
long clone_thread(u32 flags, u32 stack, u32 *parent_id, u32 tls)
{
	const u32 needed = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
	struct thread *parent = current(), *child;
	u32 *child_id = (u32 *)argument(5), id;

	if ((flags & needed) != needed)
		return -ENOSYS;
	if ((flags & CLONE_PARENT_SETTID && bad_words(parent_id)) ||
	    (flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID) && bad_words(child_id)))
		return -EFAULT;
	child = new_page();
	if (!child)
		return -EAGAIN;

	others++;
	id = PROCESS_ID + ++last_id;
#pragma GCC unroll 4
	for (u32 i = 0; i < SAVED_FPR / 4; i++)
		((u32 *)child)[i] = ((u32 *)parent)[i];
	if (uses_fpu())
		for (u32 i = 0; i < 33; i++)
			child->saved_fpr[i] = parent->saved_fpr[i];
	if (stack)
		child->sp = (u32 *)stack;
	child->saved_sp = (u32)child - ARGUMENT_AREA;
	child->saved_ra = (u32)thread_start;
	if (flags & CLONE_SETTLS)
		child->saved_tls = tls;
	child->deliverable = 0;
	child->id = last_id;
	child->clear_tid = flags & CLONE_CHILD_CLEARTID ? (u32)child_id : 0;
	for (int i = 0; i < 4; i++) {
		child->blocked[i] = parent->blocked[i];
		child->pending[i] = 0;
	}
	child->alternate[0] = child->alternate[1] = child->suspended = 0;
	if (flags & CLONE_PARENT_SETTID)
		*parent_id = id;
	if (flags & CLONE_CHILD_SETTID)
		*child_id = id;
	append(&ready, child);
	return id;
}

long sys_set_tid_address(u32 address)
{
	current()->clear_tid = address;
	return PROCESS_ID + current()->id;
}

long sys_gettid(void)
{
	return PROCESS_ID + current()->id;
}

long sys_sched_yield(void)
{
	static const struct instant step = { 0, YIELD };

	if (!ready.first) {
		if (!waiting.first)
			return 0;
		pass(&step);
	}
	append(&ready, current());
	run_next();
	return 0;
}

/* The end of one thread, or of the program if it is the last. */
_Noreturn void sys_exit(u32 code)
{
	struct thread *thread = current();
	u32 *address = (u32 *)thread->clear_tid;

	if (thread->id == 0)
		leader_code = code & 0xff;
	if (!others)
		finish(leader_code);
	others--;
	if (address && !bad_words(address)) {
		*address = 0;
		wake((u32)address, ~0u, 1);
	}
	thread->next = unused;
	unused = thread;
	run_next();
	__builtin_unreachable();
}

_Noreturn void sys_exit_group(u32 code)
{
	finish(code & 0xff);
}
