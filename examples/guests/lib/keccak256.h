/* Keccak-256 as Ethereum uses it: FIPS 202's permutation with the padding of Keccak's submission, 0x01.
 *
 * Lanes are bit-interleaved (Keccak implementation overview, section 2.1): one word holds the bits at even places, the
 * other those at odd ones, so that a rotation of 64 bits is two of 32. */
#ifndef KECCAK256_H
#define KECCAK256_H

#include "system.h"

#define KECCAK_RATE 136

static const u32 KECCAK_CONSTANTS[24][2] = {
	{ 0x00000001, 0x00000000 }, { 0x00000000, 0x00000089 }, { 0x00000000, 0x8000008b }, { 0x00000000, 0x80008080 },
	{ 0x00000001, 0x0000008b }, { 0x00000001, 0x00008000 }, { 0x00000001, 0x80008088 }, { 0x00000001, 0x80000082 },
	{ 0x00000000, 0x0000000b }, { 0x00000000, 0x0000000a }, { 0x00000001, 0x00008082 }, { 0x00000000, 0x00008003 },
	{ 0x00000001, 0x0000808b }, { 0x00000001, 0x8000000b }, { 0x00000001, 0x8000008a }, { 0x00000001, 0x80000081 },
	{ 0x00000000, 0x80000081 }, { 0x00000000, 0x80000008 }, { 0x00000000, 0x00000083 }, { 0x00000000, 0x80008003 },
	{ 0x00000001, 0x80008088 }, { 0x00000000, 0x80000088 }, { 0x00000001, 0x00008000 }, { 0x00000000, 0x80008082 },
};

static inline u32 keccak_rotate(u32 x, u32 n)
{
	return x << (n & 31) | x >> (-n & 31);
}

#define KECCAK_PARITY(x)                                                                                             \
	u32 ce##x = in[2 * x] ^ in[2 * x + 10] ^ in[2 * x + 20] ^ in[2 * x + 30] ^ in[2 * x + 40];                   \
	u32 co##x = in[2 * x + 1] ^ in[2 * x + 11] ^ in[2 * x + 21] ^ in[2 * x + 31] ^ in[2 * x + 41]
#define KECCAK_THETA(x, left, right)                                                                                 \
	const u32 de##x = ce##left ^ keccak_rotate(co##right, 1), do##x = co##left ^ ce##right
#define KECCAK_LANE(n, x, y, r)                                                                                      \
	const u32 te##n = in[2 * x + 10 * y] ^ de##x, to##n = in[2 * x + 10 * y + 1] ^ do##x;                        \
	const u32 be##n = (r) & 1 ? keccak_rotate(to##n, ((r) + 1) / 2) : keccak_rotate(te##n, (r) / 2);             \
	const u32 bo##n = keccak_rotate((r) & 1 ? te##n : to##n, (r) / 2)
#define KECCAK_CHI(y, n, m, l)                                                                                       \
	out[10 * y + 2 * n] = be##n ^ (~be##m & be##l);                                                              \
	out[10 * y + 2 * n + 1] = bo##n ^ (~bo##m & bo##l)
#define KECCAK_ROW(y)                                                                                                \
	KECCAK_CHI(y, 0, 1, 2);                                                                                      \
	KECCAK_CHI(y, 1, 2, 3);                                                                                      \
	KECCAK_CHI(y, 2, 3, 4);                                                                                      \
	KECCAK_CHI(y, 3, 4, 0);                                                                                      \
	KECCAK_CHI(y, 4, 0, 1)

/* One round; lane (x, y) is two words from 2x + 10y. Each row of the result is built from its five lanes: theta, rho
 * and pi on the way in, chi on the way out. */
static __attribute__((noinline)) void keccak_round(u32 *restrict out, const u32 *restrict in, const u32 constant[2])
{
	KECCAK_PARITY(0);
	KECCAK_PARITY(1);
	KECCAK_PARITY(2);
	KECCAK_PARITY(3);
	KECCAK_PARITY(4);
	KECCAK_THETA(0, 4, 1);
	KECCAK_THETA(1, 0, 2);
	KECCAK_THETA(2, 1, 3);
	KECCAK_THETA(3, 2, 4);
	KECCAK_THETA(4, 3, 0);
	do {
		KECCAK_LANE(0, 0, 0, 0);
		KECCAK_LANE(1, 1, 1, 44);
		KECCAK_LANE(2, 2, 2, 43);
		KECCAK_LANE(3, 3, 3, 21);
		KECCAK_LANE(4, 4, 4, 14);
		KECCAK_ROW(0);
	} while (0);
	do {
		KECCAK_LANE(0, 3, 0, 28);
		KECCAK_LANE(1, 4, 1, 20);
		KECCAK_LANE(2, 0, 2, 3);
		KECCAK_LANE(3, 1, 3, 45);
		KECCAK_LANE(4, 2, 4, 61);
		KECCAK_ROW(1);
	} while (0);
	do {
		KECCAK_LANE(0, 1, 0, 1);
		KECCAK_LANE(1, 2, 1, 6);
		KECCAK_LANE(2, 3, 2, 25);
		KECCAK_LANE(3, 4, 3, 8);
		KECCAK_LANE(4, 0, 4, 18);
		KECCAK_ROW(2);
	} while (0);
	do {
		KECCAK_LANE(0, 4, 0, 27);
		KECCAK_LANE(1, 0, 1, 36);
		KECCAK_LANE(2, 1, 2, 10);
		KECCAK_LANE(3, 2, 3, 15);
		KECCAK_LANE(4, 3, 4, 56);
		KECCAK_ROW(3);
	} while (0);
	do {
		KECCAK_LANE(0, 2, 0, 62);
		KECCAK_LANE(1, 3, 1, 55);
		KECCAK_LANE(2, 4, 2, 39);
		KECCAK_LANE(3, 0, 3, 41);
		KECCAK_LANE(4, 1, 4, 2);
		KECCAK_ROW(4);
	} while (0);
	out[0] ^= constant[0];
	out[1] ^= constant[1];
}

static void keccak_permute(u32 state[50])
{
	u32 other[50];
	for (u32 round = 0; round < 24; round += 2) {
		keccak_round(other, state, KECCAK_CONSTANTS[round]);
		keccak_round(state, other, KECCAK_CONSTANTS[round + 1]);
	}
}

/* The bits at even places to the lower half, the others to the upper one, in order. */
static inline u32 keccak_separate(u32 x)
{
	u32 t = (x ^ x >> 1) & 0x22222222;
	x ^= t ^ t << 1;
	t = (x ^ x >> 2) & 0x0c0c0c0c;
	x ^= t ^ t << 2;
	t = (x ^ x >> 4) & 0x00f000f0;
	x ^= t ^ t << 4;
	t = (x ^ x >> 8) & 0x0000ff00;
	return x ^ t ^ t << 8;
}

/* The inverse. */
static inline u32 keccak_mingle(u32 x)
{
	u32 t = (x ^ x >> 8) & 0x0000ff00;
	x ^= t ^ t << 8;
	t = (x ^ x >> 4) & 0x00f000f0;
	x ^= t ^ t << 4;
	t = (x ^ x >> 2) & 0x0c0c0c0c;
	x ^= t ^ t << 2;
	t = (x ^ x >> 1) & 0x22222222;
	return x ^ t ^ t << 1;
}

static void keccak_absorb(u32 state[50], const u32 block[KECCAK_RATE / 4])
{
	for (u32 i = 0; i < KECCAK_RATE / 4; i += 2) {
		u32 low = keccak_separate(__builtin_bswap32(block[i]));
		u32 high = keccak_separate(__builtin_bswap32(block[i + 1]));
		state[i] ^= (low & 0xffff) | high << 16;
		state[i + 1] ^= low >> 16 | (high & 0xffff0000);
	}
	keccak_permute(state);
}

/* The digest of `length` bytes that start at a word, as words of memory. */
static void keccak256(u32 digest[8], const u32 *data, u32 length)
{
	u32 state[50], last[KECCAK_RATE / 4];
	for (u32 i = 0; i < 50; i++)
		state[i] = 0;
	for (; length >= KECCAK_RATE; length -= KECCAK_RATE, data += KECCAK_RATE / 4)
		keccak_absorb(state, data);
	u32 words = length / 4, bits = 8 * (length % 4);
	for (u32 i = 0; i < KECCAK_RATE / 4; i++)
		last[i] = i < words ? data[i] : 0;
	/* The bytes behind the last one are not looked at, whatever they are. */
	last[words] = (bits ? data[words] & ~(0xffffffff >> bits) : 0) | 0x01000000 >> bits;
	last[KECCAK_RATE / 4 - 1] ^= 0x80;
	keccak_absorb(state, last);
	for (u32 i = 0; i < 8; i += 2) {
		u32 even = state[i], odd = state[i + 1];
		digest[i] = __builtin_bswap32(keccak_mingle((even & 0xffff) | odd << 16));
		digest[i + 1] = __builtin_bswap32(keccak_mingle(even >> 16 | (odd & 0xffff0000)));
	}
}

#endif
