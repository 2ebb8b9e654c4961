/* Descriptors from 3 on: eventfd, pipe and epoll, which threads tell each other by; and poll and select. */

#include "kernel.h"

#define FIRST		3
#define LIMIT		16
#define PIPE_SIZE	4096
#define O_NONBLOCK	0x80
#define O_CLOEXEC	0x80000
#define EFD_SEMAPHORE	1

/* Bits of poll and epoll. */
#define IN	0x001
#define OUT	0x004
#define ERR	0x008
#define HUP	0x010
#define NVAL	0x020
#define ONESHOT	0x40000000
#define EDGE	0x80000000u

#define CTL_ADD	1
#define CTL_DEL	2
#define CTL_MOD	3

enum kind { FREE, EVENT, PIPE_READ, PIPE_WRITE, EPOLL };

/* A descriptor. One epoll object may watch it. */
static struct object {
	enum kind kind;
	u32 flags;		/* O_NONBLOCK, EFD_SEMAPHORE */
	u32 count;		/* of an event; bytes in a pipe, kept at the reading end */
	u32 position;		/* of the first byte, kept at the reading end */
	u32 peer;		/* other end of a pipe; 0 when it is closed */
	u32 watcher;		/* epoll descriptor, or 0 */
	u32 wanted;		/* events that it asked for */
	u32 armed;		/* it has not been told yet (edge-triggered, one-shot) */
	u32 data[2];
} objects[LIMIT];

static u8 pipes[LIMIT][PIPE_SIZE];	/* by reading end */

#define ACTIVITY ((u32)objects)

/* Something may have become ready. */
static void notify(struct object *object)
{
	object->armed = 1;
	wake(ACTIVITY, ~0u, WAKE_ALL);
}

int is_open(u32 fd)
{
	return fd < FIRST || (fd < LIMIT && objects[fd].kind != FREE);
}

/* What a descriptor is ready for; NVAL if there is none. */
static u32 readiness(u32 fd)
{
	const struct object *object = objects + fd;

	if (fd < FIRST)
		return fd ? OUT : IN;
	if (fd >= LIMIT)
		return NVAL;
	switch (object->kind) {
	case EVENT:
		return (object->count ? IN : 0) | (object->count != ~0u - 1 ? OUT : 0);
	case PIPE_READ:
		return (object->count ? IN : 0) | (object->peer ? 0 : HUP);
	case PIPE_WRITE:
		if (!object->peer)
			return OUT | ERR;
		return objects[object->peer].count < PIPE_SIZE ? OUT : 0;
	case EPOLL:
		for (u32 other = 0; other < LIMIT; other++)
			if (objects[other].watcher == fd && objects[other].armed &&
			    readiness(other) & (objects[other].wanted | ERR | HUP))
				return IN;
		return 0;
	default:
		return NVAL;
	}
}

static long open_object(enum kind kind, u32 flags)
{
	for (u32 fd = FIRST; fd < LIMIT; fd++)
		if (objects[fd].kind == FREE) {
			struct object *object = objects + fd;

			object->kind = kind;
			object->flags = flags;
			object->count = object->position = object->peer = object->watcher = 0;
			return fd;
		}
	return -EMFILE;
}

long close_event(u32 fd)
{
	struct object *object = objects + fd;

	if (fd >= LIMIT || object->kind == FREE)
		return -EBADF;
	if (object->kind == EPOLL)
		for (u32 other = 0; other < LIMIT; other++)
			if (objects[other].watcher == fd)
				objects[other].watcher = 0;
	if (object->peer) {
		objects[object->peer].peer = 0;
		notify(objects + object->peer);
	}
	object->kind = FREE;
	object->watcher = 0;
	return 0;
}

u32 event_flags(u32 fd)
{
	enum kind kind = objects[fd].kind;

	return (objects[fd].flags & O_NONBLOCK) | (kind == PIPE_READ ? 0 : kind == PIPE_WRITE ? 1 : 2);
}

void set_event_flags(u32 fd, u32 flags)
{
	objects[fd].flags = (objects[fd].flags & ~O_NONBLOCK) | (flags & O_NONBLOCK);
}

long sys_eventfd2(u32 count, u32 flags)
{
	long fd;

	if (flags & ~(O_NONBLOCK | O_CLOEXEC | EFD_SEMAPHORE))
		return -EINVAL;
	fd = open_object(EVENT, flags);
	if (fd >= 0)
		objects[fd].count = count;
	return fd;
}

long sys_eventfd(u32 count)
{
	return sys_eventfd2(count, 0);
}

long sys_pipe2(u32 *ends, u32 flags)
{
	long reading, writing;

	if (flags & ~(O_NONBLOCK | O_CLOEXEC))
		return -EINVAL;
	if (bad_words(ends))
		return -EFAULT;
	reading = open_object(PIPE_READ, flags);
	if (reading < 0)
		return reading;
	writing = open_object(PIPE_WRITE, flags);
	if (writing < 0) {
		objects[reading].kind = FREE;
		return writing;
	}
	objects[reading].peer = writing;
	objects[writing].peer = reading;
	ends[0] = reading;
	ends[1] = writing;
	return 0;
}

/* Waits for a change; 0 when there was one. */
static long wait_for_activity(const struct object *object)
{
	return object->flags & O_NONBLOCK ? -EAGAIN : wait(ACTIVITY, ~0u, NULL);
}

long read_event(u32 fd, u8 *to, u32 count)
{
	struct object *object = objects + fd;
	u32 left;
	long error;

	if (fd < FIRST || fd >= LIMIT || (object->kind != EVENT && object->kind != PIPE_READ))
		return fd < LIMIT && object->kind == EPOLL ? -EINVAL : -EBADF;
	if (object->kind == EVENT && count < 8)
		return -EINVAL;
	if (!count)
		return 0;
	if (bad_buffer(to, count))
		return -EFAULT;
	while (!object->count) {
		if (object->kind == PIPE_READ && !object->peer)
			return 0;
		error = wait_for_activity(object);
		if (error)
			return error;
		if (object->kind == FREE)
			return -EBADF;
	}
	if (object->kind == EVENT) {
		u32 value = object->flags & EFD_SEMAPHORE ? 1 : object->count;

		object->count -= value;
		for (u32 i = 0; i < 4; i++)
			to[i] = 0;
		for (u32 i = 4; i < 8; i++)
			to[i] = value >> (56 - 8 * i);
		count = 8;
	} else {
		if (count > object->count)
			count = object->count;
		for (left = count; left; left--) {
			*to++ = pipes[fd][object->position];
			object->position = (object->position + 1) % PIPE_SIZE;
		}
		object->count -= count;
		if (object->peer)
			objects[object->peer].armed = 1;
	}
	notify(object);
	return count;
}

static long write_pipe(struct object *object, const u8 *from, u32 count)
{
	u32 done = 0;

	while (done < count) {
		struct object *reader = objects + object->peer;

		if (object->kind != PIPE_WRITE)
			return -EBADF;
		if (!object->peer) {
			sys_tkill(PROCESS_ID + current()->id, SIGPIPE);
			return -EPIPE;
		}
		if (reader->count == PIPE_SIZE) {
			long error = wait_for_activity(object);

			if (error)
				return done ? (long)done : error;
			continue;
		}
		pipes[object->peer][(reader->position + reader->count) % PIPE_SIZE] = from[done++];
		if (!reader->count++)
			notify(reader);
	}
	return done;
}

long write_event(u32 fd, const u8 *from, u32 count)
{
	struct object *object = objects + fd;
	u32 value = 0;

	if (fd < FIRST || fd >= LIMIT || (object->kind != EVENT && object->kind != PIPE_WRITE))
		return fd < LIMIT && object->kind == EPOLL ? -EINVAL : -EBADF;
	if (object->kind == EVENT && count < 8)
		return -EINVAL;
	if (!count)
		return 0;
	if (bad_buffer(from, count))
		return -EFAULT;
	if (object->kind == PIPE_WRITE)
		return write_pipe(object, from, count);
	for (u32 i = 0; i < 8; i++) {
		if (i < 4 && from[i])
			return -EINVAL;	/* counters here have 32 bits */
		value = value << 8 | from[i];
	}
	if (value == ~0u)
		return -EINVAL;
	while (object->count + value < object->count || object->count + value == ~0u) {
		long error = wait_for_activity(object);

		if (error)
			return error;
		if (object->kind != EVENT)
			return -EBADF;
	}
	object->count += value;
	notify(object);
	return 8;
}

/* epoll. --------------------------------------------------------------------------------------------- */

long sys_epoll_create1(u32 flags)
{
	return flags & ~O_CLOEXEC ? -EINVAL : open_object(EPOLL, 0);
}

long sys_epoll_create(u32 size)
{
	return (int)size > 0 ? open_object(EPOLL, 0) : -EINVAL;
}

/* struct epoll_event: events, spare, data (2) */
long sys_epoll_ctl(u32 epoll, u32 operation, u32 fd, const u32 *event)
{
	struct object *object = objects + fd;

	if (!is_open(epoll) || !is_open(fd))
		return -EBADF;
	if (objects[epoll].kind != EPOLL || (fd >= FIRST && object->kind == EPOLL) || operation - 1 > 2)
		return -EINVAL;
	if (operation != CTL_DEL && bad_words(event))
		return -EFAULT;
	if (operation == CTL_ADD ? object->watcher != 0 : object->watcher != epoll)
		return operation == CTL_ADD ? -EEXIST : -ENOENT;
	if (operation == CTL_DEL) {
		object->watcher = 0;
		return 0;
	}
	object->watcher = epoll;
	object->wanted = event[0];
	object->data[0] = event[2];
	object->data[1] = event[3];
	notify(object);
	return 0;
}

static u32 collect(u32 epoll, u32 *events, u32 limit)
{
	u32 count = 0;

	for (u32 fd = 0; fd < LIMIT && count < limit; fd++) {
		struct object *object = objects + fd;
		u32 found;

		if (object->watcher != epoll || !object->armed)
			continue;
		found = readiness(fd) & (object->wanted | ERR | HUP);
		if (!found)
			continue;
		events[0] = found;
		events[2] = object->data[0];
		events[3] = object->data[1];
		events += 4;
		count++;
		if (object->wanted & (EDGE | ONESHOT))
			object->armed = 0;
		if (object->wanted & ONESHOT)
			object->wanted = 0;
	}
	return count;
}

static long wait_for_events(u32 epoll, u32 *events, u32 limit, const struct instant *deadline, int blocking)
{
	if (!is_open(epoll))
		return -EBADF;
	if (epoll < FIRST || objects[epoll].kind != EPOLL || (int)limit <= 0 || limit > LIMIT * 64)
		return -EINVAL;
	if (bad_words(events) || bad_buffer(events, limit * 16))
		return -EFAULT;
	for (;;) {
		u32 count = collect(epoll, events, limit);
		long result;

		if (count || !blocking)
			return count;
		result = wait(ACTIVITY, ~0u, deadline);
		if (result)
			return result == -ETIMEDOUT ? 0 : result;
	}
}

/* The instant in `milliseconds`. */
static void deadline_in(u32 milliseconds, struct instant *deadline)
{
	struct instant span = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	deadline_after(&span, deadline);
}

long sys_epoll_wait(u32 epoll, u32 *events, u32 limit, u32 milliseconds)
{
	struct instant deadline;

	if ((int)milliseconds < 0)
		return wait_for_events(epoll, events, limit, NULL, 1);
	deadline_in(milliseconds, &deadline);
	return wait_for_events(epoll, events, limit, &deadline, milliseconds != 0);
}

long sys_epoll_pwait2(u32 epoll, u32 *events, u32 limit, const u32 *time)
{
	struct instant span, deadline;
	int error;

	if (!time)
		return wait_for_events(epoll, events, limit, NULL, 1);
	error = span_of(time, 1, &span);
	if (error)
		return error;
	deadline_after(&span, &deadline);
	return wait_for_events(epoll, events, limit, &deadline, span.s | span.ns);
}

/* poll and select. ----------------------------------------------------------------------------------- */

struct poll {
	u32 fd;
	unsigned short events, found;
};

static u32 look_at(struct poll *polls, u32 count)
{
	u32 found = 0;

	for (struct poll *end = polls + count; polls != end; polls++) {
		polls->found = 0;
		if ((int)polls->fd >= 0) {
			polls->found = readiness(polls->fd) & (polls->events | ERR | HUP | NVAL);
			found += polls->found != 0;
		}
	}
	return found;
}

static long poll(struct poll *polls, u32 count, const struct instant *deadline, int blocking)
{
	if (count > LIMIT * 64)
		return -EINVAL;
	if (count && (bad_words(polls) || bad_buffer(polls, count * sizeof *polls)))
		return -EFAULT;
	for (;;) {
		u32 found = look_at(polls, count);
		long result;

		if (found || !blocking)
			return found;
		result = wait(ACTIVITY, ~0u, deadline);
		if (result)
			return result == -ETIMEDOUT ? 0 : result;
	}
}

long sys_poll(struct poll *polls, u32 count, u32 milliseconds)
{
	struct instant deadline;

	if ((int)milliseconds < 0)
		return poll(polls, count, NULL, 1);
	deadline_in(milliseconds, &deadline);
	return poll(polls, count, &deadline, milliseconds != 0);
}

static long poll_for(struct poll *polls, u32 count, const u32 *time, int wide)
{
	struct instant span, deadline;
	int error;

	if (!time)
		return poll(polls, count, NULL, 1);
	error = span_of(time, wide, &span);
	if (error)
		return error;
	deadline_after(&span, &deadline);
	return poll(polls, count, &deadline, span.s | span.ns);
}

long sys_ppoll(struct poll *polls, u32 count, const u32 *time)
{
	return poll_for(polls, count, time, 0);
}

long sys_ppoll64(struct poll *polls, u32 count, const u32 *time)
{
	return poll_for(polls, count, time, 1);
}

/* Sets of descriptors: of LIMIT bits only the first word counts, the others must be empty. */
static long select(u32 count, u32 **sets, const struct instant *deadline, int blocking)
{
	static const u32 bits[3] = { IN | HUP, OUT | ERR, 0 };
	u32 wanted[3];

	if (count > 1024)
		return -EINVAL;
	for (u32 i = 0; i < 3; i++) {
		u32 *set = sets[i];

		wanted[i] = 0;
		if (!set || !count)
			continue;
		if (bad_words(set))
			return -EFAULT;
		wanted[i] = count < 32 ? *set & ((1u << count) - 1) : *set;
		for (u32 word = 1; word < (count + 31) / 32; word++)
			if (set[word])
				return -EBADF;
	}
	for (;;) {
		u32 found[3] = { 0, 0, 0 }, total = 0;
		long result;

		for (u32 fd = 0; fd < LIMIT; fd++) {
			u32 bit = 1u << fd, state;

			if (!((wanted[0] | wanted[1] | wanted[2]) & bit))
				continue;
			state = readiness(fd);
			if (state & NVAL)
				return -EBADF;
			for (u32 i = 0; i < 3; i++)
				if (wanted[i] & bit && state & bits[i]) {
					found[i] |= bit;
					total++;
				}
		}
		result = 0;
		if (!total && blocking)
			result = wait(ACTIVITY, ~0u, deadline);
		if (result && result != -ETIMEDOUT)
			return result;
		if (total || !blocking || result) {
			for (u32 i = 0; i < 3; i++)
				if (sets[i] && count)
					*sets[i] = found[i];
			return total;
		}
	}
}

long sys_select(u32 count, u32 *reading, u32 *writing, u32 *failing)
{
	u32 *sets[3] = { reading, writing, failing };
	const u32 *time = (const u32 *)argument(5);
	struct instant span, deadline;

	if (!time)
		return select(count, sets, NULL, 1);
	if (bad_words(time))
		return -EFAULT;
	span.s = time[0] + time[1] / 1000000;
	span.ns = time[1] % 1000000 * 1000;
	if ((int)time[0] < 0 || (int)span.s < 0)
		return -EINVAL;
	deadline_after(&span, &deadline);
	return select(count, sets, &deadline, span.s | span.ns);
}

static long select_for(u32 count, u32 **sets, int wide)
{
	const u32 *time = (const u32 *)argument(5);
	struct instant span, deadline;
	int error;

	if (!time)
		return select(count, sets, NULL, 1);
	error = span_of(time, wide, &span);
	if (error)
		return error;
	deadline_after(&span, &deadline);
	return select(count, sets, &deadline, span.s | span.ns);
}

long sys_pselect6(u32 count, u32 *reading, u32 *writing, u32 *failing)
{
	u32 *sets[3] = { reading, writing, failing };

	return select_for(count, sets, 0);
}

long sys_pselect6_64(u32 count, u32 *reading, u32 *writing, u32 *failing)
{
	u32 *sets[3] = { reading, writing, failing };

	return select_for(count, sets, 1);
}
