/* The accounts as a Merkle tree of 2^32 leaves, and the two roots of a batch: before and after.
 *
 * An empty subtree is 32 zero bytes. A subtree whose right half is empty is its left half: accounts are numbered without
 * gaps, so that a path is as long as the number of accounts demands. Otherwise a node is the hash of its level and its
 * two halves. Under a collision-resistant hash a root has one tree: a leaf's hash names its number, a node's its level. */
#ifndef TREE_H
#define TREE_H

#include "../lib/blake2s.h"
#include "../lib/input.h"

#define HASH_WORDS 8
#define MAX_ACCOUNTS 64

struct account {
	u32 index;
	u32 exists; /* before the batch, later now */
	u32 id[HASH_WORDS];
	u64 balance;
	u32 nonce;
};

/* Two versions of a subtree. */
struct subtree {
	u32 index;
	u32 hash[2][HASH_WORDS];
};

static const u32 PERSON_ACCOUNT[2] = BLAKE2S_PERSON('z', 'k', 'm', 's', 't', 'a', 't', 'e');
static const u32 PERSON_TREE[2] = BLAKE2S_PERSON('z', 'k', 'm', '_', 't', 'r', 'e', 'e');

static void hash_account(u32 hash[HASH_WORDS], const struct account *a)
{
	struct blake2s s;
	for (u32 i = 0; i < HASH_WORDS; i++)
		hash[i] = 0;
	if (!a->exists)
		return;
	blake2s_begin(&s, 32, PERSON_ACCOUNT, a->index, 0);
	blake2s_words(&s, a->id, HASH_WORDS);
	blake2s_word(&s, (u32)a->balance);
	blake2s_word(&s, (u32)(a->balance >> 32));
	blake2s_word(&s, a->nonce);
	blake2s_end(&s);
	for (u32 i = 0; i < HASH_WORDS; i++)
		hash[i] = s.state[i];
}

static int is_empty(const u32 hash[HASH_WORDS])
{
	u32 any = 0;
	for (u32 i = 0; i < HASH_WORDS; i++)
		any |= hash[i];
	return any == 0;
}

static void hash_node(u32 out[HASH_WORDS], u32 level, const u32 left[HASH_WORDS], const u32 right[HASH_WORDS])
{
	struct blake2s s;
	if (is_empty(right)) {
		for (u32 i = 0; i < HASH_WORDS; i++)
			out[i] = left[i];
		return;
	}
	blake2s_begin(&s, 32, PERSON_TREE, level, 0);
	blake2s_words(&s, left, HASH_WORDS);
	blake2s_words(&s, right, HASH_WORDS);
	blake2s_end(&s);
	for (u32 i = 0; i < HASH_WORDS; i++)
		out[i] = s.state[i];
}

/* Climbs `height` levels, from the accounts' hashes in ascending order to the one subtree above all of them. Subtrees
 * without an account of the batch are taken from the input, level by level in ascending order: they are the same
 * before and after. Whatever lies above is empty. */
static void climb(struct subtree *nodes, u32 count, u32 height)
{
	for (u32 level = 0; level < height; level++) {
		u32 parents = 0;
		for (u32 i = 0; i < count; i++) {
			struct subtree *node = &nodes[i], *parent = &nodes[parents++];
			u32 sibling[HASH_WORDS], other[HASH_WORDS];
			int pair = i + 1 < count && nodes[i + 1].index == (node->index ^ 1) && !(node->index & 1);
			if (!pair) {
				const u32 *bytes = input_take(HASH_WORDS);
				for (u32 j = 0; j < HASH_WORDS; j++)
					sibling[j] = swap(bytes[j]);
			}
			for (u32 version = 0; version < 2; version++) {
				const u32 *own = node->hash[version];
				const u32 *next = pair ? nodes[i + 1].hash[version] : sibling;
				if (node->index & 1)
					hash_node(other, level, next, own);
				else
					hash_node(other, level, own, next);
				for (u32 j = 0; j < HASH_WORDS; j++)
					parent->hash[version][j] = other[j];
			}
			parent->index = node->index >> 1;
			i += pair;
		}
		count = parents;
	}
	require(count == 1 && nodes[0].index == 0);
}

#endif
