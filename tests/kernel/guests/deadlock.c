/* Two threads wait for each other. With an argument, one of them has a time-out, and all goes on. */

#include "threads.h"

static int first = 1, second = 1;

static void wait_first(struct thread *self)
{
	u32 span[2] = { 0, 200000000 };

	CALL(futex, &first, FUTEX_WAIT, 1, self->argument ? span : NULL);
	second = 0;
	CALL(futex, &second, FUTEX_WAKE, 1);
}

int main(u32 argc, char **argv, char **environment)
{
	spawn(0, wait_first, argc > 1);
	text("waiting\n");
	CALL(futex, &second, FUTEX_WAIT, 1, NULL);
	text("went on\n");
	return 4;
}
