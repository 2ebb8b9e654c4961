/* The virtual clock. It stands still while the program computes; every look at it takes LOOK, and sleeping
 * takes as long as was asked for. All programs start at the same instant. */

#include "kernel.h"

#define SECOND		1000000000u
#define LOOK		1000u		/* nanoseconds */
#define START		1767225600u	/* 2026-01-01 00:00:00 UTC */
#define TICK		10000000u	/* nanoseconds; AT_CLKTCK is 100 */
#define TIMER_ABSTIME	1
#define CLOCK_SGI_CYCLE	10
#define CLOCKS		12

struct instant now;	/* since the start of the program */

/* What each clock shows at the start: the time of day, one second since boot, or no processor time. */
static const u32 clock_start[CLOCKS] = {
	START, 1, 0, 0, 1, START, 1, 1, START, 1, 0, START,
};

void pass(const struct instant *span)
{
	u32 ns = now.ns + span->ns;

	now.s += span->s;
	if (ns >= SECOND) {
		ns -= SECOND;
		now.s++;
	}
	now.ns = ns;
}

static inline void look(void)
{
	u32 ns = now.ns + LOOK;

	if (UNLIKELY(ns >= SECOND)) {
		ns -= SECOND;
		now.s++;
	}
	now.ns = ns;
}

int is_before(const struct instant *a, const struct instant *b)
{
	return a->s < b->s || (a->s == b->s && a->ns < b->ns);
}

/* The span in a struct timespec of user code: two words, or two 64-bit numbers. 0 or an error. */
int span_of(const u32 *words, int wide, struct instant *span)
{
	u32 s, ns;

	if (bad_words(words))
		return -EFAULT;
	s = wide ? words[1] : words[0];
	ns = wide ? words[3] : words[1];
	if (ns >= SECOND || (int)words[0] < 0)
		return -EINVAL;
	if ((int)s < 0 || (wide && words[0]))
		s = 0x7fffffff;
	span->s = s;
	span->ns = ns;
	return 0;
}

void deadline_after(const struct instant *span, struct instant *deadline)
{
	struct instant kept = now;

	pass(span);
	*deadline = now;
	now = kept;
}

/* The instant at which `clock` shows `*shown`, in place. */
void instant_of(u32 clock, struct instant *shown)
{
	u32 start = clock_start[clock];

	if (shown->s < start) {
		shown->s = 0;
		shown->ns = 0;
	} else {
		shown->s -= start;
	}
}

static inline int bad_clock(u32 clock)
{
	return UNLIKELY(clock >= CLOCKS || clock == CLOCK_SGI_CYCLE);
}

long sys_clock_gettime(u32 clock, u32 *time)
{
	if (bad_clock(clock))
		return -EINVAL;
	if (bad_words(time))
		return -EFAULT;
	look();
	time[0] = now.s + clock_start[clock];
	time[1] = now.ns;
	return 0;
}

long sys_clock_gettime64(u32 clock, u32 *time)
{
	if (bad_clock(clock))
		return -EINVAL;
	if (bad_words(time))
		return -EFAULT;
	look();
	time[0] = 0;
	time[1] = now.s + clock_start[clock];
	time[2] = 0;
	time[3] = now.ns;
	return 0;
}

long sys_clock_getres(u32 clock, u32 *time)
{
	if (bad_clock(clock))
		return -EINVAL;
	if (!time)
		return 0;
	if (bad_words(time))
		return -EFAULT;
	time[0] = 0;
	time[1] = LOOK;
	return 0;
}

long sys_clock_getres64(u32 clock, u32 *time)
{
	if (bad_clock(clock))
		return -EINVAL;
	if (!time)
		return 0;
	if (bad_words(time))
		return -EFAULT;
	time[0] = time[1] = time[2] = 0;
	time[3] = LOOK;
	return 0;
}

long sys_gettimeofday(u32 *time, u32 *zone)
{
	if ((time && bad_words(time)) || (zone && bad_words(zone)))
		return -EFAULT;
	look();
	if (time) {
		time[0] = now.s + START;
		time[1] = now.ns / 1000;
	}
	if (zone)
		zone[0] = zone[1] = 0;
	return 0;
}

long sys_time(u32 *time)
{
	if (time && bad_words(time))
		return -EFAULT;
	look();
	if (time)
		*time = now.s + START;
	return now.s + START;
}

long sys_times(u32 *buffer)
{
	u32 ticks;

	if (buffer && bad_words(buffer))
		return -EFAULT;
	look();
	ticks = now.s * (SECOND / TICK) + now.ns / TICK;
	if (buffer) {
		buffer[0] = ticks;
		buffer[1] = buffer[2] = buffer[3] = 0;
	}
	return ticks;
}

long sys_getrusage(u32 who, u32 *usage)
{
	if (who + 2 > 3)	/* -2 to 1 */
		return -EINVAL;
	if (bad_words(usage))
		return -EFAULT;
	look();
	usage[0] = now.s;
	usage[1] = now.ns / 1000;
	for (u32 *word = usage + 2; word < usage + 18; word++)
		*word = 0;
	return 0;
}

/* `left`, if given, is told how long was left when a signal came. */
static long sleep_until(const struct instant *deadline, u32 *left, int wide)
{
	struct instant rest = { 0, 0 };
	long result = wait(0, 0, deadline);

	if (result == -ETIMEDOUT)
		return 0;
	if (!left)
		return result;
	if (bad_words(left))
		return -EFAULT;
	if (is_before(&now, deadline)) {
		rest.s = deadline->s - now.s - (deadline->ns < now.ns);
		rest.ns = deadline->ns - now.ns + (deadline->ns < now.ns ? SECOND : 0);
	}
	if (wide) {
		left[0] = left[2] = 0;
		left[1] = rest.s;
		left[3] = rest.ns;
	} else {
		left[0] = rest.s;
		left[1] = rest.ns;
	}
	return result;
}

static long sleep_on(u32 clock, u32 flags, const u32 *time, u32 *left, int wide)
{
	struct instant until, span;
	int error;

	if (bad_clock(clock))
		return -EINVAL;
	error = span_of(time, wide, &span);
	if (error)
		return error;
	if (flags & TIMER_ABSTIME) {
		until = span;
		instant_of(clock, &until);
	} else {
		deadline_after(&span, &until);
	}
	return sleep_until(&until, flags & TIMER_ABSTIME ? NULL : left, wide);
}

long sys_nanosleep(const u32 *time, u32 *left)
{
	return sleep_on(1, 0, time, left, 0);
}

long sys_clock_nanosleep(u32 clock, u32 flags, const u32 *time, u32 *left)
{
	return sleep_on(clock, flags, time, left, 0);
}

long sys_clock_nanosleep64(u32 clock, u32 flags, const u32 *time, u32 *left)
{
	return sleep_on(clock, flags, time, left, 1);
}
