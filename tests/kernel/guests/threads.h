/* Threads, mutexes and condition variables on clone and futex. */

#include "linux.h"

#define FUTEX_WAIT		0
#define FUTEX_WAKE		1
#define FUTEX_REQUEUE		3
#define FUTEX_CMP_REQUEUE	4
#define FUTEX_WAKE_OP		5
#define FUTEX_WAIT_BITSET	9
#define FUTEX_WAKE_BITSET	10
#define THREAD_FLAGS		0x3d0f00	/* as glibc's pthread_create */
#define STACK_SIZE		16384

struct thread {
	int id;			/* cleared at its end */
	void (*work)(struct thread *);
	int argument;
};

static u8 stacks[8][STACK_SIZE] __attribute__((aligned(16)));
static struct thread threads[8];
static u32 thread_local[8][64];

__attribute__((used)) static void begin(struct thread *thread)
{
	thread->work(thread);
	for (;;)
		CALL(exit, 0);
}

/* clone() whose child runs begin(thread) on its own stack. */
long clone_into(u32 flags, void *stack, int *parent_id, void *tls, int *child_id, struct thread *thread);
__asm__(".ent clone_into\nclone_into:\n\t.set noreorder\n\tlw $8, 20($sp)\n\tsw $8, 0($5)\n\tli $2, 4120\n\tsyscall\n"
	"\tbnez $7, 1f\n\tnop\n\tbeqz $2, 2f\n\tnop\n\tjr $31\n\tnop\n1:\tjr $31\n\tnegu $2, $2\n"
	"2:\tlw $4, 0($sp)\n\tjal begin\n\taddiu $sp, $sp, -16\n\t.set reorder\n.end clone_into\n");

static long spawn(int slot, void (*work)(struct thread *), int argument)
{
	struct thread *thread = &threads[slot];

	thread->work = work;
	thread->argument = argument;
	return clone_into(THREAD_FLAGS, stacks[slot] + STACK_SIZE - 64, &thread->id, thread_local[slot], &thread->id, thread);
}

static void join(int slot)
{
	int id;

	while ((id = *(volatile int *)&threads[slot].id))
		CALL(futex, &threads[slot].id, FUTEX_WAIT, id, NULL);
}

/* 0 free, 1 taken, 2 taken and somebody waits */
static void lock(int *mutex)
{
	if (__sync_val_compare_and_swap(mutex, 0, 1) == 0)
		return;
	while (__atomic_exchange_n(mutex, 2, __ATOMIC_SEQ_CST))
		CALL(futex, mutex, FUTEX_WAIT, 2, NULL);
}

static void unlock(int *mutex)
{
	if (__atomic_exchange_n(mutex, 0, __ATOMIC_SEQ_CST) == 2)
		CALL(futex, mutex, FUTEX_WAKE, 1);
}

static void wait_for(int *condition, int *mutex)
{
	int seen = *(volatile int *)condition;

	unlock(mutex);
	CALL(futex, condition, FUTEX_WAIT, seen, NULL);
	lock(mutex);
}

static void broadcast(int *condition)
{
	__sync_fetch_and_add(condition, 1);
	CALL(futex, condition, FUTEX_WAKE, 0x7fffffff);
}
