/* Conversions between singles, doubles and words. */

#include "float.h"

ROUTINE dword float_double_of_single(word a)
{
	int e = exponent_single(a), n;
	word sign = a & SIGN;

	if (UNLIKELY(e == 0xff)) {
		if (is_nan_single(a)) {
			if (a & SIGNALING_SINGLE)
				signal(INVALID);
			return NAN_DOUBLE;
		}
		e = 0x7ff - 896;
	} else if (UNLIKELY(e == 0)) {
		a <<= 1;
		if (!a)
			return DOUBLE(sign, 0);
		n = __builtin_clz(a);
		a = a << n >> 8;
		e = 8 - n;
	}
	return DOUBLE(sign | ((e + 896) << 20) | a << 9 >> 12, a << 29);
}

ROUTINE word float_single_of_double(word ah, word al)
{
	int e = exponent_double(ah);
	word sign = ah & SIGN;

	if (UNLIKELY(e == 0x7ff)) {
		if (is_nan_double(ah, al)) {
			if (ah & SIGNALING_DOUBLE)
				signal(INVALID);
			return NAN_SINGLE;
		}
		return sign | 0x7f800000;
	}
	if (!(ah << 1 | al))
		return sign;
	return pack_single(sign, e - 896, LEADING | ah << 12 >> 2 | al >> 22 | (al << 10 != 0));
}

ROUTINE dword float_double_of_word(word a)
{
	word sign = a & SIGN, n;

	if (!a)
		return 0;
	if (sign)
		a = -a;
	n = __builtin_clz(a);
	a <<= n;
	return DOUBLE(sign + ((1023 + 30 - n) << 20) + (a >> 11), a << 21);
}

ROUTINE word float_single_of_word(word a)
{
	word sign = a & SIGN, n;

	if (!a)
		return 0;
	if (sign)
		a = -a;
	n = __builtin_clz(a);
	a <<= n;
	return pack_single(sign, 127 + 31 - n, a >> 1 | (a & 1));
}

/* The number with biased (double) exponent e and significand (high, low), leading bit at bit 63, as a word.
 * `how` has its sign and the rounding mode. */
static word word_of(word how, int e, word high, word low)
{
	word sign = how & SIGN, mode = how & 3;
	int n = 1023 + 31 - e;
	word integer = 0, fraction;

	if (UNLIKELY(n < 0))
		goto invalid;
	if (n == 0) {
		integer = high;
		fraction = low;
	} else {
		if (LIKELY(n < 32)) {
			integer = high >> n;
			fraction = high << (-n & 31);
		} else {
			fraction = n == 32 ? high : (high | low) != 0;
		}
		fraction |= low != 0;
	}
	if (fraction) {
		word more;

		if (mode == NEAREST)
			more = fraction > SIGN - (integer & 1);
		else
			more = mode != ZERO && (mode == UP) != (sign != 0);
		integer += more;
		if (UNLIKELY(integer < more))
			goto invalid;
	}
	if (UNLIKELY(integer > 0x7fffffffu + (sign != 0)))
		goto invalid;
	if (fraction)
		signal(INEXACT);
	return sign ? -integer : integer;
invalid:
	signal(INVALID);
	return 0x7fffffff;
}

ROUTINE word float_word_of_double(word ah, word al, word mode)
{
	int e = exponent_double(ah);

	if (!e && !(ah << 1 | al))
		return 0;
	return word_of((ah & SIGN) | mode, e, SIGN | ah << 11 | al >> 21, al << 11);
}

ROUTINE word float_word_of_single(word a, word mode)
{
	int e = exponent_single(a);

	if (e == 0xff)
		e = 0x7ff;
	else if (!(a << 1))
		return 0;
	return word_of((a & SIGN) | mode, e + 896, SIGN | a << 8, 0);
}
