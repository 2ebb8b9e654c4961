/* BLAKE2s (RFC 7693; parameter block with salt and personalization as in the BLAKE2 paper, section 2.8),
 * without a key, for messages of whole words. */
#ifndef BLAKE2S_H
#define BLAKE2S_H

#include "system.h"

/* A personalization of eight characters as the two words that BLAKE2s reads. */
#define BLAKE2S_PERSON(a, b, c, d, e, f, g, h)                                                                       \
	{                                                                                                            \
		(u32)(a) | (u32)(b) << 8 | (u32)(c) << 16 | (u32)(d) << 24,                                          \
			(u32)(e) | (u32)(f) << 8 | (u32)(g) << 16 | (u32)(h) << 24                                   \
	}

/* BLAKE2s reads words with the lowest byte first, the machine with the highest. Words of hashes stay in the
 * form that BLAKE2s computes with and are swapped where they enter or leave. */
static inline u32 swap(u32 x)
{
	return __builtin_bswap32(x);
}

struct blake2s {
	u32 state[8];
	u32 block[16];
	u32 used; /* words in the block */
	u32 length; /* bytes before the block */
};

#define BLAKE2S_ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))
#define BLAKE2S_G(a, b, c, d, x, y)                                                                                  \
	do {                                                                                                         \
		a += b + m[x];                                                                                       \
		d = BLAKE2S_ROTATE(d ^ a, 16);                                                                       \
		c += d;                                                                                              \
		b = BLAKE2S_ROTATE(b ^ c, 12);                                                                       \
		a += b + m[y];                                                                                       \
		d = BLAKE2S_ROTATE(d ^ a, 8);                                                                        \
		c += d;                                                                                              \
		b = BLAKE2S_ROTATE(b ^ c, 7);                                                                        \
	} while (0)
#define BLAKE2S_ROUND(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, sa, sb, sc, sd, se, sf)                                \
	do {                                                                                                         \
		BLAKE2S_G(v0, v4, v8, vc, s0, s1);                                                                   \
		BLAKE2S_G(v1, v5, v9, vd, s2, s3);                                                                   \
		BLAKE2S_G(v2, v6, va, ve, s4, s5);                                                                   \
		BLAKE2S_G(v3, v7, vb, vf, s6, s7);                                                                   \
		BLAKE2S_G(v0, v5, va, vf, s8, s9);                                                                   \
		BLAKE2S_G(v1, v6, vb, vc, sa, sb);                                                                   \
		BLAKE2S_G(v2, v7, v8, vd, sc, sd);                                                                   \
		BLAKE2S_G(v3, v4, v9, ve, se, sf);                                                                   \
	} while (0)

/* One block; `length` counts the bytes up to its end. */
static __attribute__((noinline)) void blake2s_compress(u32 h[8], const u32 m[16], u32 length, u32 last)
{
	u32 v0 = h[0], v1 = h[1], v2 = h[2], v3 = h[3], v4 = h[4], v5 = h[5], v6 = h[6], v7 = h[7];
	u32 v8 = 0x6a09e667, v9 = 0xbb67ae85, va = 0x3c6ef372, vb = 0xa54ff53a;
	u32 vc = 0x510e527f ^ length, vd = 0x9b05688c, ve = 0x1f83d9ab ^ -last, vf = 0x5be0cd19;
	BLAKE2S_ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	BLAKE2S_ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3);
	BLAKE2S_ROUND(11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4);
	BLAKE2S_ROUND(7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8);
	BLAKE2S_ROUND(9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13);
	BLAKE2S_ROUND(2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9);
	BLAKE2S_ROUND(12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11);
	BLAKE2S_ROUND(13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10);
	BLAKE2S_ROUND(6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5);
	BLAKE2S_ROUND(10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0);
	h[0] ^= v0 ^ v8;
	h[1] ^= v1 ^ v9;
	h[2] ^= v2 ^ va;
	h[3] ^= v3 ^ vb;
	h[4] ^= v4 ^ vc;
	h[5] ^= v5 ^ vd;
	h[6] ^= v6 ^ ve;
	h[7] ^= v7 ^ vf;
}

/* Sequential mode: fan-out and depth 1. The salt is two words. */
static inline void blake2s_parameters(u32 h[8], u32 digest_bytes, const u32 person[2], u32 salt0, u32 salt1)
{
	h[0] = 0x6a09e667 ^ 0x01010000 ^ digest_bytes;
	h[1] = 0xbb67ae85;
	h[2] = 0x3c6ef372;
	h[3] = 0xa54ff53a;
	h[4] = 0x510e527f ^ salt0;
	h[5] = 0x9b05688c ^ salt1;
	h[6] = 0x1f83d9ab ^ person[0];
	h[7] = 0x5be0cd19 ^ person[1];
}

static void blake2s_begin(struct blake2s *s, u32 digest_bytes, const u32 person[2], u32 salt0, u32 salt1)
{
	blake2s_parameters(s->state, digest_bytes, person, salt0, salt1);
	s->used = s->length = 0;
}

/* One word as BLAKE2s reads it. */
static inline void blake2s_word(struct blake2s *s, u32 word)
{
	if (s->used == 16) {
		s->length += 64;
		blake2s_compress(s->state, s->block, s->length, 0);
		s->used = 0;
	}
	s->block[s->used++] = word;
}

/* Words of hashes. */
static void blake2s_words(struct blake2s *s, const u32 *words, u32 count)
{
	for (u32 i = 0; i < count; i++)
		blake2s_word(s, words[i]);
}

/* Bytes, as words of memory. */
static void blake2s_memory(struct blake2s *s, const u32 *words, u32 count)
{
	for (u32 i = 0; i < count; i++)
		blake2s_word(s, swap(words[i]));
}

/* The digest is in `state` afterwards. */
static void blake2s_end(struct blake2s *s)
{
	u32 length = s->length + 4 * s->used;
	for (u32 i = s->used; i < 16; i++)
		s->block[i] = 0;
	blake2s_compress(s->state, s->block, length, 1);
}

#endif
