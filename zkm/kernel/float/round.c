/* The last step of every operation: rounding, overflow, underflow, packing; and NaN results. */

#include "float.h"

static inline word overflow(word sign, word infinity)
{
	/* The largest finite number where the mode rounds towards zero. */
	word mode = MODE, down = mode == ZERO || (mode != NEAREST && (mode == UP) == (sign != 0));

	signal(OVERFLOW | INEXACT);
	return sign | (infinity - down);
}

static __attribute__((noinline)) dword pack_double_slowly(word sign, int exponent, word high, word low)
{
	word tiny = 0, round, more;

	if (exponent <= 0) {
		if (fcsr & FLUSH)
			return DOUBLE(sign, 0);
		/* Tiny: below the smallest normal number even if rounded with unbounded exponent. */
		more = increment(sign, low >> 10 & 1, 0x200);
		tiny = exponent < 0 || !((high + (low + more < low)) & SIGN);
		shift_jam_pair(&high, &low, 1 - exponent);
		exponent = 1;
	}
	round = low & 0x3ff;
	if (round) {
		more = increment(sign, low >> 10 & 1, 0x200);
		low += more;
		high += low < more;
	}
	if (exponent + (high >> 31) >= 0x7ff) {
		high = overflow(sign, 0x7ff00000);
		return DOUBLE(high, (high & 1) ? 0xffffffff : 0);
	}
	if (round)
		signal(tiny ? UNDERFLOW | INEXACT : INEXACT);
	return DOUBLE(sign + ((exponent - 1) << 20) + (high >> 10), high << 22 | low >> 10);
}

/* A number with a leading bit: exponent beyond [1, 2046] allowed. */
dword pack_double(word sign, int exponent, word high, word low)
{
	if (UNLIKELY((word)(exponent - 1) >= 0x7fd))
		return pack_double_slowly(sign, exponent, high, low);
	if (low & 0x3ff) {
		word more = increment(sign, low >> 10 & 1, 0x200);

		low += more;
		high += low < more;
		signal(INEXACT);
	}
	/* The leading bit adds 1 to the exponent, a carry out of the rounding 1 more. */
	return DOUBLE(sign + ((exponent - 1) << 20) + (high >> 10), high << 22 | low >> 10);
}

/* The same with leading zeros allowed, but not zero. */
dword normal_double(word sign, int exponent, word high, word low)
{
	word n;

	if (high == 0) {
		exponent -= 32;
		high = low;
		low = 0;
	}
	n = __builtin_clz(high);
	if (n == 0) {
		low = high << 31 | low >> 1 | (low & 1);
		high >>= 1;
	} else if (n > 1) {
		high = high << (n - 1) | low >> (33 - n);
		low <<= n - 1;
	}
	return pack_double(sign, exponent - n + 1, high, low);
}

static __attribute__((noinline)) word pack_single_slowly(word sign, int exponent, word significand)
{
	word tiny = 0, round;

	if (exponent <= 0) {
		if (fcsr & FLUSH)
			return sign;
		tiny = exponent < 0 || !((significand + increment(sign, significand >> 7 & 1, 0x40)) & SIGN);
		significand = exponent > -31 ? shift_jam(significand, 1 - exponent) : 1;
		exponent = 1;
	}
	round = significand & 0x7f;
	if (round)
		significand += increment(sign, significand >> 7 & 1, 0x40);
	if (exponent + (significand >> 31) >= 0xff)
		return overflow(sign, 0x7f800000);
	if (round)
		signal(tiny ? UNDERFLOW | INEXACT : INEXACT);
	return sign + ((exponent - 1) << 23) + (significand >> 7);
}

word pack_single(word sign, int exponent, word significand)
{
	if (UNLIKELY((word)(exponent - 1) >= 0xfd))
		return pack_single_slowly(sign, exponent, significand);
	if (significand & 0x7f) {
		significand += increment(sign, significand >> 7 & 1, 0x40);
		signal(INEXACT);
	}
	return sign + ((exponent - 1) << 23) + (significand >> 7);
}

/* The result of an operation with a NaN among its operands. */
dword nan_double(word ah, word al, word bh, word bl)
{
	if (is_signaling_double(ah, al) || is_signaling_double(bh, bl))
		signal(INVALID);
	return NAN_DOUBLE;
}

word nan_single(word a, word b)
{
	if (is_signaling_single(a) || is_signaling_single(b))
		signal(INVALID);
	return NAN_SINGLE;
}
