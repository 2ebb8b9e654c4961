/* Addition, subtraction, multiplication, division and square root of singles. */

#include "float.h"
#include "root.h"

#define UNPACK(e, x) do { x = x << 9 >> 2; if (LIKELY(e)) x |= LEADING; else e = 1; } while (0)

static __attribute__((noinline)) word sum_of_specials(word a, word b)
{
	if (is_nan_single(a) || is_nan_single(b))
		return nan_single(a, b);
	if (exponent_single(a) != 0xff)
		return b;
	if (exponent_single(b) == 0xff && a != b) {
		signal(INVALID);
		return NAN_SINGLE;
	}
	return a;
}

/* a + b, or a - b if flip = SIGN. */
static inline __attribute__((always_inline)) word sum(word a, word b, word flip)
{
	int ea = exponent_single(a), eb = exponent_single(b), n;
	word sign = a & SIGN, opposite = (a ^ b ^ flip) & SIGN, s;

	if (UNLIKELY(ea == 0xff || eb == 0xff))
		return sum_of_specials(a, is_nan_single(b) ? b : b ^ flip);
	UNPACK(ea, a);
	UNPACK(eb, b);
	n = ea - eb;
	if (n < 0) {
		s = a, a = b, b = s;
		ea = eb;
		sign ^= opposite;
		n = -n;
	}
	if (n)
		b = n < 32 ? shift_jam(b, n) : b != 0;
	if (!opposite) {
		s = a + b;
		if (!s)
			return sign;
	} else {
		s = a - b;
		if (s & SIGN) {
			s = -s;
			sign ^= SIGN;
		}
		if (!s)
			return MODE == DOWN ? SIGN : 0;
	}
	n = __builtin_clz(s) - 1;
	s = n < 0 ? s >> 1 | (s & 1) : s << n;
	return pack_single(sign, ea - n, s);
}

ROUTINE word float_add_single(word a, word b)
{
	return sum(a, b, 0);
}

ROUTINE word float_subtract_single(word a, word b)
{
	return sum(a, b, SIGN);
}

/* Makes a subnormal number normal; false if it is zero. */
static inline int normalize(int *exponent, word *x)
{
	word n;

	if (!*x)
		return 0;
	n = __builtin_clz(*x) - 1;
	*x <<= n;
	*exponent -= n;
	return 1;
}

static __attribute__((noinline)) word product_of_specials(word a, word b)
{
	if (is_nan_single(a) || is_nan_single(b))
		return nan_single(a, b);
	if (!(a << 1) || !(b << 1)) {
		signal(INVALID);
		return NAN_SINGLE;
	}
	return ((a ^ b) & SIGN) | 0x7f800000;
}

ROUTINE word float_multiply_single(word a, word b)
{
	int ea = exponent_single(a), eb = exponent_single(b), e;
	word sign = (a ^ b) & SIGN, high;

	if (UNLIKELY(ea == 0xff || eb == 0xff))
		return product_of_specials(a, b);
	UNPACK(ea, a);
	UNPACK(eb, b);
	if (UNLIKELY(!(a & LEADING)) && !normalize(&ea, &a))
		return sign;
	if (UNLIKELY(!(b & LEADING)) && !normalize(&eb, &b))
		return sign;
	e = ea + eb - 1023 + 896;
	/* Leading bits at 30 and 31: the product has its own at 61 or 62. */
	b <<= 1;
	high = high_product(a, b);
	if (high & LEADING)
		e++;
	else
		high <<= 1;	/* the low word has at most 18 bits, below bit 31 */
	return pack_single(sign, e, high | (a * b != 0));
}

static __attribute__((noinline)) word quotient_of_specials(word a, word b)
{
	word sign = (a ^ b) & SIGN;

	if (is_nan_single(a) || is_nan_single(b))
		return nan_single(a, b);
	if (exponent_single(b) != 0xff)
		return sign | 0x7f800000;
	if (exponent_single(a) != 0xff)
		return sign;
	signal(INVALID);
	return NAN_SINGLE;
}

static __attribute__((noinline)) word divide_by_zero(word sign, word a)
{
	if (!a) {
		signal(INVALID);
		return NAN_SINGLE;
	}
	signal(DIVISION);
	return sign | 0x7f800000;
}

ROUTINE word float_divide_single(word a, word b)
{
	int ea = exponent_single(a), eb = exponent_single(b), e;
	word sign = (a ^ b) & SIGN, q;

	if (UNLIKELY(ea == 0xff || eb == 0xff))
		return quotient_of_specials(a, b);
	UNPACK(ea, a);
	UNPACK(eb, b);
	if (UNLIKELY(!(b & LEADING)) && !normalize(&eb, &b))
		return divide_by_zero(sign, a);
	if (UNLIKELY(!(a & LEADING)) && !normalize(&ea, &a))
		return sign;
	e = ea - eb + 127;
	a >>= 7;
	b >>= 7;
	if (a < b) {
		a <<= 1;
		e--;
	}
	/* The quotient in [1, 2), after its leading bit 8 bits at a time: a - b and remainders < 2^24. */
	a = (a - b) << 8;
	q = 1 << 8 | a / b;
	a = a % b << 8;
	q = q << 8 | a / b;
	a = a % b << 8;
	q = q << 8 | a / b;
	return pack_single(sign, e, q << 6 | (a % b != 0));
}

ROUTINE word float_root_single(word a)
{
	int e = exponent_single(a);
	dword s;

	if (UNLIKELY(e == 0xff)) {
		if (is_nan_single(a))
			return nan_single(a, 0);
		if (!(a & SIGN))
			return a;
	}
	if (!(a << 1))
		return a;
	if (UNLIKELY(a & SIGN)) {
		signal(INVALID);
		return NAN_SINGLE;
	}
	UNPACK(e, a);
	if (UNLIKELY(!(a & LEADING)))
		normalize(&e, &a);
	s = root(e & 1 ? a : a << 1, 0);
	return pack_single(0, ((e - 127) >> 1) + 127, (word)(s >> 32) | ((word)s != 0));
}
