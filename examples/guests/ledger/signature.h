/* Signatures of accounts, behind one table: a scheme is a number and a function. An account's id commits to the
 * number and to the public key, so that new schemes can be added beside old ones and none can stand in for another. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "../lib/blake2s.h"
#include "../lib/input.h"

#define KEY_WORDS 8
#define HALF_WORDS 4 /* 128 bits */

/* Winternitz one-time signatures with a fixed digit sum (in place of a checksum), whose public keys are the leaves of
 * a Merkle tree: see docs/examples.md for parameters and security. Everything is a BLAKE2s with a tweak, the
 * personalization naming the purpose and the salt the place. */
struct winternitz {
	u32 digit_bits;
	u32 chains; /* digit_bits * chains = 128 */
	u32 sum; /* of all digits */
	u32 height; /* of the tree: 2^height signatures */
};

static const u32 PERSON_SIGN[2] = BLAKE2S_PERSON('z', 'k', 'm', '_', 's', 'i', 'g', 'n');
static const u32 PERSON_CHAIN[2] = BLAKE2S_PERSON('z', 'k', 'm', 'c', 'h', 'a', 'i', 'n');
static const u32 PERSON_LEAF[2] = BLAKE2S_PERSON('z', 'k', 'm', '_', 'l', 'e', 'a', 'f');
static const u32 PERSON_KEY[2] = BLAKE2S_PERSON('z', 'k', 'm', '_', 'n', 'o', 'd', 'e');

/* Walks a chain from step `from` to its end: value = H(seed, value), in place. */
static void chain(u32 value[HALF_WORDS], const u32 seed[HALF_WORDS], u32 index, u32 number, u32 from, u32 end)
{
	u32 block[16], state[8];
	for (u32 i = 2 * HALF_WORDS; i < 16; i++)
		block[i] = 0;
	for (u32 i = 0; i < HALF_WORDS; i++) {
		block[i] = seed[i];
		block[HALF_WORDS + i] = value[i];
	}
	for (u32 step = from; step < end; step++) {
		blake2s_parameters(state, 16, PERSON_CHAIN, index, number << 8 | step);
		blake2s_compress(state, block, 32, 1);
		for (u32 i = 0; i < HALF_WORDS; i++)
			block[HALF_WORDS + i] = state[i];
	}
	for (u32 i = 0; i < HALF_WORDS; i++)
		value[i] = block[HALF_WORDS + i];
}

/* Takes the signature from the input: randomizer, chain values, authentication path. The key is root and seed;
 * `index` is the number of the one-time key. */
static void winternitz_verify(const struct winternitz *p, const u32 key[KEY_WORDS], u32 index, const u32 *message,
			      u32 words)
{
	const u32 *root = key, *seed = key + HALF_WORDS;
	struct blake2s hash;
	u32 value[HALF_WORDS], digest[HALF_WORDS], digits, sum = 0;

	require(index >> p->height == 0);
	blake2s_begin(&hash, 16, PERSON_SIGN, index, 0);
	blake2s_memory(&hash, input_take(HALF_WORDS), HALF_WORDS);
	blake2s_words(&hash, key, KEY_WORDS);
	blake2s_words(&hash, message, words);
	blake2s_end(&hash);
	for (u32 i = 0; i < HALF_WORDS; i++)
		digest[i] = hash.state[i];

	u32 mask = (1 << p->digit_bits) - 1, per_word = 32 / p->digit_bits;
	const u32 *values = input_take(HALF_WORDS * p->chains);
	blake2s_begin(&hash, 16, PERSON_LEAF, index, 0);
	blake2s_words(&hash, seed, HALF_WORDS);
	digits = 0;
	for (u32 i = 0; i < p->chains; i++) {
		if (i % per_word == 0)
			digits = digest[i / per_word];
		for (u32 j = 0; j < HALF_WORDS; j++)
			value[j] = swap(*values++);
		u32 digit = digits & mask;
		digits >>= p->digit_bits;
		sum += digit;
		if (digit < mask)
			chain(value, seed, index, i, digit, mask);
		blake2s_words(&hash, value, HALF_WORDS);
	}
	require(sum == p->sum);
	blake2s_end(&hash);

	for (u32 level = 0; level < p->height; level++) {
		const u32 *sibling = input_take(HALF_WORDS);
		u32 right = index >> level & 1;
		for (u32 i = 0; i < HALF_WORDS; i++)
			value[i] = hash.state[i];
		blake2s_begin(&hash, 16, PERSON_KEY, level, index >> (level + 1));
		blake2s_words(&hash, seed, HALF_WORDS);
		if (right)
			blake2s_memory(&hash, sibling, HALF_WORDS);
		blake2s_words(&hash, value, HALF_WORDS);
		if (!right)
			blake2s_memory(&hash, sibling, HALF_WORDS);
		blake2s_end(&hash);
	}
	for (u32 i = 0; i < HALF_WORDS; i++)
		require(hash.state[i] == root[i]);
}

static void verify_quick(const u32 *key, u32 index, const u32 *message, u32 words)
{
	static const struct winternitz parameters = { 2, 64, 128, 10 };
	winternitz_verify(&parameters, key, index, message, words);
}

static void verify_short(const u32 *key, u32 index, const u32 *message, u32 words)
{
	static const struct winternitz parameters = { 4, 32, 325, 10 };
	winternitz_verify(&parameters, key, index, message, words);
}

/* Takes a signature of the message from the input; ends the program unless it is one. `index` is the number of
 * signatures that the account has given before: a scheme with one-time keys uses it, others sign it only. */
typedef void (*signature_verifier)(const u32 *key, u32 index, const u32 *message, u32 words);

static signature_verifier signature_scheme(u32 number)
{
	switch (number) {
	case 1:
		return verify_quick;
	case 2:
		return verify_short;
	default:
		fail();
	}
}

#endif
