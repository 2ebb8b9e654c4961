/* IEEE 754 arithmetic on 32-bit words, with the results, flags and NaNs of QEMU's 24Kf.
 *
 * A routine gets a double as two words, the high one first, and returns it as $v0 (high), $v1 (low); a
 * single is one word. It runs with the shadow registers (zkm/isa/registers.py): FCSR is $gp there, and
 * its cause bits are cleared before a routine starts. `fcsr` changes only by `signal`.
 *
 * Formats inside the routines: a significand has its leading bit at bit 30 of its (high) word, so that a
 * sum fits; the bits below the result's last one only say how to round, the lowest of them "jams", that is
 * collects with OR what was shifted out. The exponent is the biased one of the result.
 */

#ifndef FLOAT_H
#define FLOAT_H

typedef unsigned int word;
typedef unsigned long long dword;

#ifdef __mips__
register word fcsr __asm__("gp");	/* control and status */
register word condition __asm__("s7");	/* of a comparison: bits unordered, equal, less, signaling */
register word condition_bit __asm__("k1");	/* the bit of fcsr that it sets */
#define STOP() __asm__ volatile("break 7")

/* The high word of a * b: one row, by an instruction that only the kernel has. */
static inline word high_product(word a, word b)
{
	word result;

	__asm__(".set push\n\t.set mips32r6\n\tmuhu %0, %1, %2\n\t.set pop" : "=r"(result) : "r"(a), "r"(b));
	return result;
}
#else
extern word fcsr, condition, condition_bit;	/* for tests on another processor */
extern void stop(void);
#define STOP() stop()
static inline word high_product(word a, word b)
{
	return (dword)a * b >> 32;
}
#endif

#define SIGN 0x80000000u
#define LEADING 0x40000000u

/* Exceptions, in the order of the cause (bit 12), enable (7) and flag bits (2). */
#define INEXACT 1
#define UNDERFLOW 2
#define OVERFLOW 4
#define DIVISION 8
#define INVALID 16

#define NEAREST 0
#define ZERO 1
#define UP 2
#define DOWN 3
#define MODE (fcsr & 3)
#define FLUSH (1u << 24)

/* Without NaN 2008 a signalling NaN is one whose highest fraction bit is set; these are what an operation
 * gives that is invalid or has a NaN among its operands. */
#define NAN_SINGLE 0x7fbfffffu
#define NAN_DOUBLE 0x7ff7ffffffffffffull
#define SIGNALING_SINGLE 0x00400000u
#define SIGNALING_DOUBLE 0x00080000u

/* What FPU instructions jump to; the names are found by zkm/kernel/image.py. */
#define ROUTINE __attribute__((section(".text.entry")))

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define DOUBLE(high, low) ((dword)(high) << 32 | (low))

/* Sets cause and flag bits; an enabled exception ends the program with SIGFPE. */
static inline __attribute__((always_inline)) void signal(word exceptions)
{
	fcsr |= exceptions * 0x1004;
	if (UNLIKELY(fcsr & exceptions << 7))
		STOP();
}

/* x >> n, 0 < n < 32, jamming. */
static inline word shift_jam(word x, word n)
{
	return x >> n | (x << (-n & 31) != 0);
}

/* (high, low) >> n, n > 0, jamming. */
static inline __attribute__((always_inline)) void shift_jam_pair(word *high, word *low, word n)
{
	word lost;

	if (LIKELY(n < 32)) {
		lost = *low << (-n & 31);
		*low = *high << (-n & 31) | *low >> n;
		*high >>= n;
	} else if (n < 64) {
		lost = *high << 1 << (~n & 31) | *low;
		*low = *high >> (n & 31);
		*high = 0;
	} else {
		lost = *high | *low;
		*high = *low = 0;
	}
	*low |= lost != 0;
}

static inline word exponent_double(word high)
{
	return high >> 20 & 0x7ff;
}

static inline word exponent_single(word a)
{
	return a >> 23 & 0xff;
}

/* What to add below the last bit of a result, whose own value is `last`: `half` is its half. */
static inline word increment(word sign, word last, word half)
{
	word mode = MODE;

	if (LIKELY(mode == NEAREST))
		return half - 1 + last;
	if (mode == ZERO || (mode == UP) == (sign != 0))
		return 0;
	return 2 * half - 1;
}

dword pack_double(word sign, int exponent, word high, word low);
word pack_single(word sign, int exponent, word significand);
dword normal_double(word sign, int exponent, word high, word low);
dword nan_double(word ah, word al, word bh, word bl);
word nan_single(word a, word b);

static inline int is_nan_double(word high, word low)
{
	return (high << 1 | (low != 0)) > 0xffe00000u;
}

static inline int is_nan_single(word a)
{
	return a << 1 > 0xff000000u;
}

static inline int is_signaling_double(word high, word low)
{
	return (high & SIGNALING_DOUBLE) && is_nan_double(high, low);
}

static inline int is_signaling_single(word a)
{
	return (a & SIGNALING_SINGLE) && is_nan_single(a);
}

#endif
