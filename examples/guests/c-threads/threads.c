/* Threads: a producer hands the numbers from standard input to three workers over a bounded queue (mutex and
 * two condition variables); each worker counts the primes below its numbers. The results are printed in
 * the order of the input, whichever worker had them. Also thread-local storage, once, and join. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORKERS = 3, ROOM = 2, MOST = 100 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static int queue[ROOM], used, done;
static unsigned numbers[MOST], primes[MOST];

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int initialized;
static __thread unsigned handled;

static void initialize(void)
{
	initialized++;
}

static unsigned primes_below(unsigned limit)
{
	unsigned count = 0;
	for (unsigned n = 2; n < limit; n++) {
		unsigned factor = 2;
		while (factor * factor <= n && n % factor)
			factor++;
		count += factor * factor > n;
	}
	return count;
}

static void *work(void *argument)
{
	(void)argument;
	pthread_once(&once, initialize);
	for (;;) {
		pthread_mutex_lock(&mutex);
		while (used == 0 && !done)
			pthread_cond_wait(&filled, &mutex);
		if (used == 0) {
			pthread_mutex_unlock(&mutex);
			return (void *)(unsigned long)handled;
		}
		int job = queue[--used];
		pthread_cond_signal(&emptied);
		pthread_mutex_unlock(&mutex);
		primes[job] = primes_below(numbers[job]);
		handled++;
	}
}

int main(void)
{
	pthread_t workers[WORKERS];
	for (int i = 0; i < WORKERS; i++) {
		if (pthread_create(&workers[i], NULL, work, NULL)) {
			perror("pthread_create");
			return 2;
		}
	}
	int count = 0;
	while (count < MOST && scanf("%u", &numbers[count]) == 1) {
		pthread_mutex_lock(&mutex);
		while (used == ROOM)
			pthread_cond_wait(&emptied, &mutex);
		queue[used++] = count++;
		pthread_cond_signal(&filled);
		pthread_mutex_unlock(&mutex);
	}
	pthread_mutex_lock(&mutex);
	done = 1;
	pthread_cond_broadcast(&filled);
	pthread_mutex_unlock(&mutex);

	unsigned long handled_by_all = 0;
	for (int i = 0; i < WORKERS; i++) {
		void *handled_by_one;
		pthread_join(workers[i], &handled_by_one);
		handled_by_all += (unsigned long)handled_by_one;
	}
	for (int i = 0; i < count; i++)
		printf("%u primes below %u\n", primes[i], numbers[i]);
	printf("%lu numbers, %d workers, initialized %d time\n", handled_by_all, WORKERS, initialized);
	return handled_by_all == (unsigned long)count ? 0 : 3;
}
