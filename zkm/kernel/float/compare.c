/* c.cond: sets the condition bit of FCSR, cleared before, where the condition holds. */

#include "float.h"

#define UNORDERED 1
#define EQUAL 2
#define LESS 4
#define SIGNALING 8

static inline void set(word relation)
{
	if (condition & relation)
		fcsr |= condition_bit;
}

static __attribute__((noinline)) void unordered(word signaling)
{
	if (signaling | (condition & SIGNALING))
		signal(INVALID);
	set(UNORDERED);
}

ROUTINE void float_compare_double(word ah, word al, word bh, word bl)
{
	word less;

	if (UNLIKELY(is_nan_double(ah, al) || is_nan_double(bh, bl))) {
		unordered(is_signaling_double(ah, al) || is_signaling_double(bh, bl));
		return;
	}
	if (al == bl && ah == bh) {
		set(EQUAL);
		return;
	}
	less = ah == bh ? al < bl : ah < bh;
	if ((ah | bh) & SIGN) {
		less ^= 1;
		if ((ah ^ bh) & SIGN && !(ah << 1 | al | bh << 1 | bl)) {
			set(EQUAL);
			return;
		}
	}
	if (less)
		set(LESS);
}

ROUTINE void float_compare_single(word a, word b)
{
	if (UNLIKELY(is_nan_single(a) || is_nan_single(b))) {
		unordered(is_signaling_single(a) || is_signaling_single(b));
		return;
	}
	if (a == b || !(a << 1 | b << 1))
		set(EQUAL);
	else if ((a < b) ^ ((a | b) >> 31))
		set(LESS);
}
