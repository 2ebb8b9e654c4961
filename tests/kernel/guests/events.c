/* eventfd, pipe, epoll and poll, alone and between threads; the end of input. */

#include "threads.h"

#define NONBLOCK 0x80

struct event {
	u32 events, spare, data[2];
};

static int event, ends[2];
static u32 one[2] = { 0, 1 };

static void write_later(struct thread *self)
{
	u32 span[2] = { 0, 30000000 };

	CALL(nanosleep, span, NULL);
	if (self->argument)
		CALL(write, ends[1], "pipe", 4);
	else
		CALL(write, event, one, 8);
}

static void fill_pipe(struct thread *self)
{
	static u8 block[1500];

	for (u32 i = 0; i < sizeof block; i++)
		block[i] = i * 7 + self->argument;
	for (int i = 0; i < 4; i++)
		CALL(write, ends[1], block, sizeof block);
	CALL(close, ends[1]);
}

int main(u32 argc, char **argv, char **environment)
{
	struct event wanted = { 1, 0, { 0, 42 } }, got[4];
	struct { u32 fd; unsigned short events, found; } polls[3] = { { 0, 1, 0 }, { 1, 4, 0 }, { -1, 1, 9 } };
	u32 value[2], epoll, hash = 1;
	static u8 buffer[1000];
	long count;

	event = CALL(eventfd2, 3, NONBLOCK);
	epoll = CALL(epoll_create1, 0);
	show("pipe", CALL(pipe2, ends, 0));
	show("read", CALL(read, event, value, 8));
	show("value", value[0] * 1000 + value[1]);
	show("empty", CALL(read, event, value, 8));
	show("short", CALL(read, event, value, 7));
	show("add", CALL(epoll_ctl, epoll, 1, event, &wanted));
	show("twice", CALL(epoll_ctl, epoll, 1, event, &wanted));
	wanted.data[1] = 43;
	show("add", CALL(epoll_ctl, epoll, 1, ends[0], &wanted));
	show("none", CALL(epoll_wait, epoll, got, 4, 0));
	show("timeout", CALL(epoll_wait, epoll, got, 4, 20));

	spawn(0, write_later, 0);
	show("woken", CALL(epoll_wait, epoll, got, 4, -1));
	show("data", got[0].data[1]);
	show("events", got[0].events);
	show("level", CALL(epoll_wait, epoll, got, 4, 0));
	show("read", CALL(read, event, value, 8));
	spawn(1, write_later, 1);
	show("woken", CALL(epoll_wait, epoll, got, 4, 1000));
	show("data", got[0].data[1]);
	wanted.events = 0x80000001;
	show("edge", CALL(epoll_ctl, epoll, 3, ends[0], &wanted));
	show("once", CALL(epoll_wait, epoll, got, 4, 0));
	show("no more", CALL(epoll_wait, epoll, got, 4, 0));
	show("delete", CALL(epoll_ctl, epoll, 2, ends[0], NULL));
	show("again", CALL(epoll_ctl, epoll, 2, ends[0], NULL));
	show("read", CALL(read, ends[0], buffer, 100));
	show("byte", buffer[3]);
	show("flags", CALL(fcntl, ends[1], 3));
	show("flags", CALL(fcntl, event, 3) & NONBLOCK);

	join(0);
	join(1);
	spawn(2, fill_pipe, 5);
	while ((count = CALL(read, ends[0], buffer, sizeof buffer)) > 0)
		for (long i = 0; i < count; i++)
			hash = (hash ^ buffer[i]) * 16777619;
	show("end", count);
	show("hash", hash);
	show("close", CALL(close, ends[0]));
	show("closed", CALL(read, ends[0], buffer, 1));

	show("ready", CALL(poll, polls, 3, -1));
	show("stdin", polls[0].found);
	show("stdout", polls[1].found);
	show("ignored", polls[2].found);
	polls[0].fd = 99;
	show("bad", CALL(poll, polls, 1, -1));
	show("bad", polls[0].found);
	show("slept", CALL(poll, NULL, 0, 5));

	show("input", CALL(read, 0, buffer, 5));
	show("byte", buffer[4]);
	while ((count = CALL(read, 0, buffer, sizeof buffer)) > 0)
		hash += count;
	show("input", hash);
	show("end", CALL(read, 0, buffer, 1));
	show("end", CALL(read, 0, buffer, 1));
	return 0;
}
