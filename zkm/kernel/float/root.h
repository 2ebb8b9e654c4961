/* Square root of significands, for singles and doubles. */

#ifndef ROOT_H
#define ROOT_H

#include "float.h"

/* The square root of a significand in [1, 4), leading bit at bit 62 or 63: leading bit at bit 62, jammed.
 *
 * x = high / 2^30; y = 2^32 / sqrt(x) from a linear estimate (6 bits) by three steps of Newton, rounded
 * so that it is never too large. Then P. Zimmermann's "Karatsuba Square Root" (2 digits of 27 bits). */
static inline __attribute__((always_inline)) dword root(word high, word low)
{
	word y, i, s, q, rest, last;
	dword exact, result;

	if (high & SIGN)
		y = 0xe4b80000u - high_product(high, 0x678b0000u);
	else
		y = 0x43750000u - high_product(high << 1, 0x926f0000u);	/* mod 2^32 */
	for (i = 0; i < 3; i++) {
		word t = high_product(high_product(y, y), high);

		y = high_product(y, 0xc0000000u - 2 - t) << 1;
	}
	/* The root of the highest 56 bits, at most 2 too small; the rest is below 2^31. */
	s = high_product(high, y) >> 3;
	rest = (high << 24 | low >> 8) - s * s;
	while (rest > 2 * s) {
		rest -= 2 * s + 1;
		s++;
	}
	/* The next 27 bits: the rest divided by 2 s. */
	q = high_product(rest, y) >> 1;
	last = (rest << 27) + ((low & 0xff) << 19) - q * 2 * s;
	while (last >= 2 * s) {
		last -= 2 * s;
		q++;
	}
	result = ((dword)s << 27) + q;
	exact = ((dword)last << 27) - DOUBLE(high_product(q, q), q * q);
	if (exact >> 63) {
		result--;
		exact += 2 * result + 1;
	}
	return result << 8 | (exact != 0);
}

#endif
