/* Threads take turns, sum under a mutex, keep their thread pointers, wait with time-outs, and are joined. */

#include "threads.h"

#define WORKERS 4
#define ROUNDS 6

static int mutex, condition, turn, sum, ready;
static char order[WORKERS * ROUNDS + 1];
static int position;

static u32 thread_pointer(void)
{
	u32 value;

	__asm__ volatile("rdhwr $3, $29\n\tmove %0, $3" : "=r"(value) : : "$3");
	return value;
}

static void take_turns(struct thread *self)
{
	register int kept __asm__("$16") = self->argument;	/* a saved register across switches */

	for (int round = 0; round < ROUNDS; round++) {
		lock(&mutex);
		while (turn != kept)
			wait_for(&condition, &mutex);
		order[position++] = 'a' + kept;
		turn = (turn + 1) % WORKERS;
		broadcast(&condition);
		unlock(&mutex);
		__asm__ volatile("" : "+r"(kept));
	}
	lock(&mutex);
	sum += thread_pointer() == (u32)thread_local[kept];
	unlock(&mutex);
}

static void yielding(struct thread *self)
{
	for (int i = 0; i < 100; i++) {
		lock(&mutex);
		sum += self->argument;
		unlock(&mutex);
		if (i % 10 == 0)
			CALL(sched_yield, 0);
	}
}

static void sleeper(struct thread *self)
{
	u32 span[2] = { 0, 20000000 * (WORKERS - self->argument) };

	CALL(nanosleep, span, NULL);
	lock(&mutex);
	order[position++] = '0' + self->argument;
	unlock(&mutex);
}

static void parked(struct thread *self)
{
	u32 bits = 1u << self->argument;

	__sync_fetch_and_add(&ready, 1);
	CALL(futex, &turn, FUTEX_WAIT_BITSET, turn, NULL, NULL, bits);
	__sync_fetch_and_add(&sum, 1 << 4 * self->argument);
}

static void requeued(struct thread *self)
{
	__sync_fetch_and_add(&ready, 1);
	CALL(futex, &condition, FUTEX_WAIT, 7, NULL);
	__sync_fetch_and_add(&sum, self->argument);
}

static void all(void (*work)(struct thread *))
{
	for (int i = 0; i < WORKERS; i++)
		if (spawn(i, work, i) < 0)
			leave(1);
}

static void settle(int count)
{
	u32 span[2] = { 0, 50000000 };

	while (*(volatile int *)&ready != count)
		CALL(sched_yield, 0);
	CALL(nanosleep, span, NULL);	/* they have announced it, now they wait */
	ready = 0;
}

int main(u32 argc, char **argv, char **environment)
{
	u32 span[2] = { 0, 30000000 };

	all(take_turns);
	for (int i = 0; i < WORKERS; i++)
		join(i);
	text(order);
	show("\nthread pointers", sum);

	sum = 0;
	all(yielding);
	for (int i = WORKERS; i-- > 0;)
		join(i);
	show("sum", sum);

	position = 0;
	all(sleeper);
	for (int i = 0; i < WORKERS; i++)
		join(i);
	order[position] = 0;
	text(order);

	show("\ntimed out", CALL(futex, &turn, FUTEX_WAIT, turn, span));
	show("changed", CALL(futex, &turn, FUTEX_WAIT, turn + 1, NULL));
	show("nobody", CALL(futex, &turn, FUTEX_WAKE, 1));
	span[1] = 1000000000;
	show("bad time", CALL(futex, &turn, FUTEX_WAIT, turn, span));

	sum = 0;
	all(parked);
	settle(WORKERS);
	show("woken", CALL(futex, &turn, FUTEX_WAKE_BITSET, 100, NULL, NULL, 5));
	join(0);
	join(2);
	show("by bit", sum);
	show("woken", CALL(futex, &turn, FUTEX_WAKE, 100));
	join(1);
	join(3);
	show("all", sum);

	sum = 0;
	condition = 7;
	turn = 9;
	all(requeued);
	settle(WORKERS);
	show("not now", CALL(futex, &condition, FUTEX_CMP_REQUEUE, 1, 100, &turn, 8));
	show("moved", CALL(futex, &condition, FUTEX_CMP_REQUEUE, 1, 2, &turn, 7));
	show("left", CALL(futex, &condition, FUTEX_WAKE, 100));
	show("there", CALL(futex, &turn, FUTEX_WAKE, 100));
	for (int i = 0; i < WORKERS; i++)
		join(i);
	show("sum", sum);

	show("no such", CALL(futex, &condition, 99, 0));
	return 3;
}
