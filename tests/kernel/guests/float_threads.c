/* Four threads with four rounding modes take turns: registers and FCSR belong to each. */
#define _GNU_SOURCE
#include <fenv.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

static const int modes[4] = { FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD };
static double results[4];

static void *work(void *argument)
{
	long number = (long)argument;
	double sum = number, product = 1;

	fesetround(modes[number]);
	for (int i = 1; i < 100; i++) {
		sum += sqrt(i + number) / 3;
		product = product * 1.0000001 + sum / 7;
		if (i % 10 == 0)
			sched_yield();
	}
	results[number] = sum + product;
	return (void *)(long)fegetround();
}

int main(void)
{
	pthread_t threads[4];

	for (long i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, work, (void *)i);
	for (int i = 0; i < 4; i++) {
		void *mode;

		pthread_join(threads[i], &mode);
		printf("%.17g %ld\n", results[i], (long)mode);
	}
	return 0;
}
