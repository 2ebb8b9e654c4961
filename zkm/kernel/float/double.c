/* Addition, subtraction, multiplication, division and square root of doubles. */

#include "float.h"
#include "root.h"

/* The significand of a number with exponent e, leading bit (unless subnormal) at bit 62. */
#define UNPACK(e, h, l) do { h = h << 12 >> 2 | l >> 22; l <<= 10; if (LIKELY(e)) h |= LEADING; else e = 1; } while (0)

static __attribute__((noinline)) dword sum_of_specials(word ah, word al, word bh, word bl)
{
	if (is_nan_double(ah, al) || is_nan_double(bh, bl))
		return nan_double(ah, al, bh, bl);
	if (exponent_double(ah) != 0x7ff)
		return DOUBLE(bh, bl);
	if (exponent_double(bh) == 0x7ff && ah != bh) {
		signal(INVALID);
		return NAN_DOUBLE;
	}
	return DOUBLE(ah, al);
}

static __attribute__((noinline)) dword difference_of_specials(word ah, word al, word bh, word bl)
{
	return sum_of_specials(ah, al, is_nan_double(bh, bl) ? bh : bh ^ SIGN, bl);
}

/* a + b, or a - b if flip = SIGN. */
static inline __attribute__((always_inline)) dword sum(word ah, word al, word bh, word bl, word flip)
{
	int ea = exponent_double(ah), eb = exponent_double(bh), n;
	word sign = ah & SIGN, opposite = (ah ^ bh ^ flip) & SIGN, high, low;

	if (UNLIKELY(ea == 0x7ff || eb == 0x7ff))
		return flip ? difference_of_specials(ah, al, bh, bl) : sum_of_specials(ah, al, bh, bl);
	UNPACK(ea, ah, al);
	UNPACK(eb, bh, bl);
	n = ea - eb;
	if (n < 0) {
		word h = ah, l = al;

		ah = bh, al = bl, bh = h, bl = l;
		ea = eb;
		sign ^= opposite;
		shift_jam_pair(&bh, &bl, -n);
	} else if (n > 0) {
		shift_jam_pair(&bh, &bl, n);
	}
	if (!opposite) {
		low = al + bl;
		high = ah + bh + (low < bl);
		if (high & SIGN) {
			low = high << 31 | low >> 1 | (low & 1);
			high >>= 1;
			ea++;
			return pack_double(sign, ea, high, low);
		}
		if (LIKELY(high & LEADING))
			return pack_double(sign, ea, high, low);
		if (!(high | low))
			return DOUBLE(sign, 0);
	} else {
		low = al - bl;
		high = ah - bh - (al < bl);
		if (high & SIGN) {
			low = -low;
			high = ~high + !low;
			sign ^= SIGN;
		}
		if (high & LEADING)
			return pack_double(sign, ea, high, low);
		if (!(high | low))
			return DOUBLE(MODE == DOWN ? SIGN : 0, 0);
	}
	return normal_double(sign, ea, high, low);
}

ROUTINE dword float_add_double(word ah, word al, word bh, word bl)
{
	return sum(ah, al, bh, bl, 0);
}

ROUTINE dword float_subtract_double(word ah, word al, word bh, word bl)
{
	return sum(ah, al, bh, bl, SIGN);
}

/* Makes a subnormal number normal; false if it is zero. */
static inline int normalize(int *exponent, word *high, word *low)
{
	word n, h = *high, l = *low;

	if (!(h | l))
		return 0;
	if (!h) {
		*exponent -= 32;
		h = l;
		l = 0;
	}
	n = __builtin_clz(h) - 1;
	if ((int)n < 0) {
		*low = h << 31;
		*high = h >> 1;
	} else {
		*high = h << n | l >> 1 >> (~n & 31);
		*low = l << n;
	}
	*exponent -= n;
	return 1;
}

static __attribute__((noinline)) dword product_of_specials(word ah, word al, word bh, word bl)
{
	if (is_nan_double(ah, al) || is_nan_double(bh, bl))
		return nan_double(ah, al, bh, bl);
	if (!(ah << 1 | al) || !(bh << 1 | bl)) {
		signal(INVALID);
		return NAN_DOUBLE;
	}
	return DOUBLE(((ah ^ bh) & SIGN) | 0x7ff00000, 0);
}

ROUTINE dword float_multiply_double(word ah, word al, word bh, word bl)
{
	int ea = exponent_double(ah), eb = exponent_double(bh), e;
	word sign = (ah ^ bh) & SIGN, high, low, carry, middle, sticky;

	if (UNLIKELY(ea == 0x7ff || eb == 0x7ff))
		return product_of_specials(ah, al, bh, bl);
	UNPACK(ea, ah, al);
	UNPACK(eb, bh, bl);
	if (UNLIKELY(!(ah & LEADING)) && !normalize(&ea, &ah, &al))
		return DOUBLE(sign, 0);
	if (UNLIKELY(!(bh & LEADING)) && !normalize(&eb, &bh, &bl))
		return DOUBLE(sign, 0);
	e = ea + eb - 1023;
	/* Leading bits at 62 and 63: the high half of the product has its own at 61 or 62. */
	bh = bh << 1 | bl >> 31;
	bl <<= 1;
	carry = high_product(al, bl);
	sticky = al * bl;
	middle = ah * bl + carry;
	carry = high_product(ah, bl) + (middle < carry);
	low = al * bh + middle;
	sticky |= low;
	middle = high_product(al, bh) + (low < middle);
	low = ah * bh + middle;
	high = high_product(ah, bh) + (low < middle);
	low += carry;
	high += low < carry;
	if (high & LEADING) {
		e++;
	} else {
		high = high << 1 | low >> 31;
		low <<= 1;
	}
	low |= sticky != 0;
	return pack_double(sign, e, high, low);
}

static __attribute__((noinline)) dword quotient_of_specials(word ah, word al, word bh, word bl)
{
	word sign = (ah ^ bh) & SIGN;

	if (is_nan_double(ah, al) || is_nan_double(bh, bl))
		return nan_double(ah, al, bh, bl);
	if (exponent_double(bh) != 0x7ff)
		return DOUBLE(sign | 0x7ff00000, 0);
	if (exponent_double(ah) != 0x7ff)
		return DOUBLE(sign, 0);
	signal(INVALID);
	return NAN_DOUBLE;
}

static __attribute__((noinline)) dword divide_by_zero(word sign, word a)
{
	if (!a) {
		signal(INVALID);
		return NAN_DOUBLE;
	}
	signal(DIVISION);
	return DOUBLE(sign | 0x7ff00000, 0);
}

/* 28 bits of the quotient a / b, a < b < 2^61; a becomes the remainder.
 *
 * `inverse` <= 2^63 / (b / 2^29), so the estimate is never too large; it is too small by 3 at most, so
 * that the remainder fits before it is corrected. */
static inline word digits(dword *a, dword b, word inverse)
{
	word q = high_product(*a >> 29, inverse) >> 3;
	word low = (word)b * q, high = high_product(b, q) + (word)(b >> 32) * q;

	*a = (*a << 28) - DOUBLE(high, low);
	while (*a >= b) {
		*a -= b;
		q++;
	}
	return q;
}

/* 2^63 / divisor, too small by 4 to 16; divisor has its leading bit at bit 31.
 *
 * Newton's step x (2 - x d) from a 16-bit estimate: what it gives is too small, up to rounding (< 3).
 * 2 more make up for the bits below the divisor's. */
static inline word reciprocal(word divisor)
{
	word x = 0xffffffffu / ((divisor >> 16) + 1);
	word square = high_product(x, x) << 30 | x * x >> 2;

	return (x << 16) - (high_product(square, divisor) << 1 | square * divisor >> 31) - 5;
}

ROUTINE dword float_divide_double(word ah, word al, word bh, word bl)
{
	int ea = exponent_double(ah), eb = exponent_double(bh), e;
	word sign = (ah ^ bh) & SIGN, inverse, q1, q0;
	dword a, b;

	if (UNLIKELY(ea == 0x7ff || eb == 0x7ff))
		return quotient_of_specials(ah, al, bh, bl);
	UNPACK(ea, ah, al);
	UNPACK(eb, bh, bl);
	if (UNLIKELY(!(bh & LEADING)) && !normalize(&eb, &bh, &bl))
		return divide_by_zero(sign, ah | al);
	if (UNLIKELY(!(ah & LEADING)) && !normalize(&ea, &ah, &al))
		return DOUBLE(sign, 0);
	e = ea - eb + 1023;
	inverse = reciprocal(bh << 1 | bl >> 31);
	a = DOUBLE(ah, al) >> 2;
	b = DOUBLE(bh, bl) >> 2;
	/* The lowest bits are zero. */
	if (a < b)
		e--;
	else
		a >>= 1;
	q1 = digits(&a, b, inverse);
	q0 = digits(&a, b, inverse);
	return pack_double(sign, e, q1 << 3 | q0 >> 25, q0 << 7 | (a != 0));
}

ROUTINE dword float_root_double(word ah, word al)
{
	int e = exponent_double(ah);
	dword s;

	if (UNLIKELY(e == 0x7ff)) {
		if (is_nan_double(ah, al))
			return nan_double(ah, al, 0, 0);
		if (!(ah & SIGN))
			return DOUBLE(ah, al);
	}
	if (!(ah << 1 | al))
		return DOUBLE(ah, al);
	if (UNLIKELY(ah & SIGN)) {
		signal(INVALID);
		return NAN_DOUBLE;
	}
	UNPACK(e, ah, al);
	if (UNLIKELY(!(ah & LEADING)))
		normalize(&e, &ah, &al);
	if (!(e & 1)) {
		ah = ah << 1 | al >> 31;
		al <<= 1;
	}
	s = root(ah, al);
	return pack_double(0, ((e - 1023) >> 1) + 1023, s >> 32, (word)s);
}
