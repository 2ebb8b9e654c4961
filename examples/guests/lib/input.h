/* The whole standard input as words, read once, then taken in order; whatever is wrong with it ends the program. */
#ifndef INPUT_H
#define INPUT_H

#include "system.h"

/* Ends the program. Nothing may have been written before: a statement with this exit code says nothing. */
static __attribute__((noreturn)) void fail(void)
{
	for (;;)
		system_call(4001, 1, 0, 0);
}

static inline void require(int condition)
{
	if (!condition)
		fail();
}

#ifndef INPUT_WORDS
#define INPUT_WORDS (1 << 16)
#endif

static u32 input_words[INPUT_WORDS];
static u32 input_next, input_end;

static void input_read(void)
{
	u32 bytes = 0;
	for (;;) {
		int got = read(0, (u8 *)input_words + bytes, sizeof input_words - bytes);
		if (got <= 0)
			break;
		bytes += got;
	}
	/* A full buffer may have been too small. */
	require(bytes < sizeof input_words && bytes % 4 == 0);
	input_end = bytes / 4;
}

/* The next words of the input, big-endian as all of the machine's memory. */
static const u32 *input_take(u32 count)
{
	const u32 *words = input_words + input_next;
	require(count <= input_end - input_next);
	input_next += count;
	return words;
}

static u32 input_word(void)
{
	return *input_take(1);
}

/* A count of things, of which there is room for so many. */
static u32 input_count(u32 limit)
{
	u32 count = input_word();
	require(count <= limit);
	return count;
}

static void input_finish(void)
{
	require(input_next == input_end);
}

#endif
