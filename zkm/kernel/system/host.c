/* All traffic with the host. Three instructions (zkm/isa/families/system.py) that only the kernel has:
 *
 *   lwc2 $0, off(b)   in:   word at b + off = next word of private input, the prover's free choice
 *   swc2 $i, off(b)   out:  output word number $i = word at b + off
 *   ctc2 $e, $n       halt: exit code $e, output length $n bytes
 *
 * Output word 0 is the exit code and word 1 the length (both sent by halt); byte n of the output is in
 * word 2 + n / 4, big-endian, the last word padded with zeros. */

#include "kernel.h"

#pragma GCC optimize("O2")	/* a row per word counts here, the size of the code elsewhere */

#define IN(word)		__asm__ volatile("lwc2 $0, %0" : "=m"(word))
#define OUT(number, word)	__asm__ volatile("swc2 %0, %1" : : "r"(number), "m"(word))
#define OUTPUT_BASE		2

static u32 length;	/* bytes of output so far */
static union {		/* the bytes of an incomplete last word; the others are zero */
	u32 word;
	u8 bytes[4];
} waiting;
static union {
	u32 word;
	u8 bytes[4];
} scratch;

/* Appends to the output. */
void put(const u8 *from, u32 count)
{
	u32 filled = length % 4, number = length / 4 + OUTPUT_BASE;
	const u8 *stop;

	if (!count)
		return;
	length += count;
	if (filled) {
		do {
			waiting.bytes[filled++] = *from++;
			count--;
		} while (filled < 4 && count);
		if (filled < 4)
			return;
		OUT(number, waiting.word);
		waiting.word = 0;
		number++;
	}
	stop = from + count / 4 * 4;
	if ((u32)from % 4) {
		for (; from != stop; from += 4) {
			scratch.word = ((const struct loose *)from)->word;
			OUT(number, scratch.word);
			number++;
		}
	} else {
		const u32 *words = (const u32 *)from;

		for (; (stop - from) % 32; from += 4) {
			OUT(number, *words);
			words++;
			number++;
		}
		while (words != (const u32 *)stop) {
			OUT(number, words[0]);
			OUT(number + 1, words[1]);
			OUT(number + 2, words[2]);
			OUT(number + 3, words[3]);
			OUT(number + 4, words[4]);
			OUT(number + 5, words[5]);
			OUT(number + 6, words[6]);
			OUT(number + 7, words[7]);
			number += 8;
			words += 8;
		}
	}
	for (u8 *to = waiting.bytes; count % 4; count--)
		*to++ = *stop++;
}

/* Up to `count` bytes of input; returns their number. The host looks at $a2 when it executes the first
 * `in`, which gives that number. */
u32 get(u8 *to, u32 count)
{
	register u32 asked __asm__("a2") = count;
	u32 given;
	u8 *stop;

	__asm__ volatile("lwc2 $0, %0" : "=m"(scratch.word) : "r"(asked));
	given = scratch.word;
	/* More input than asked for. No word has address 1, so this load has no proof: were it a trap
	 * instead, a prover could end the program with that exit code whenever it reads. */
	if (UNLIKELY(given > count))
		__asm__ volatile("lw $k0, 1($0)" : : : "memory");
	stop = to + given / 4 * 4;
	if ((u32)to % 4) {
		for (; to != stop; to += 4) {
			IN(scratch.word);
			((struct loose *)to)->word = scratch.word;
		}
	} else {
		for (; (stop - to) % 32; to += 4)
			IN(*(u32 *)to);
		for (; to != stop; to += 32) {
			u32 *words = (u32 *)to;

			IN(words[0]);
			IN(words[1]);
			IN(words[2]);
			IN(words[3]);
			IN(words[4]);
			IN(words[5]);
			IN(words[6]);
			IN(words[7]);
		}
	}
	if (given % 4) {
		const u8 *from = scratch.bytes;

		IN(scratch.word);
		for (u32 left = given % 4; left; left--)
			*to++ = *from++;
	}
	return given;
}

/* The end, with the incomplete last word of output. */
_Noreturn void finish(u32 exit_code)
{
	if (length % 4)
		OUT(length / 4 + OUTPUT_BASE, waiting.word);
	__asm__ volatile("ctc2 %0, %1" : : "r"(exit_code), "r"(length));
	__builtin_unreachable();
}
