/* Paths through a Merkle-Patricia trie (Ethereum yellow paper, appendix D) whose keys are hashes of 32 bytes. */
#ifndef TRIE_H
#define TRIE_H

#include "../lib/keccak256.h"
#include "rlp.h"

#define HASH_WORDS 8
#define HASH_BYTES 32
#define KEY_NIBBLES 64

/* keccak256 of the empty string's encoding: the root of a trie without keys. */
static const u32 EMPTY_ROOT[HASH_WORDS] = {
	0x56e81f17, 0x1bcc55a6, 0xff8345e6, 0x92c0f86e, 0x5b48e01b, 0x996cadc0, 0x01622fb5, 0xe363b421,
};

/* The next bytes of the input: their number, then as many words as hold them. */
static struct bytes take_bytes(void)
{
	u32 length = input_word();
	require(length <= 4 * INPUT_WORDS);
	const u8 *start = (const u8 *)input_take((length + 3) / 4);
	return (struct bytes){ start, start + length };
}

static int same_words(const u32 a[HASH_WORDS], const u32 b[HASH_WORDS])
{
	u32 differ = 0;
	for (u32 i = 0; i < HASH_WORDS; i++)
		differ |= a[i] ^ b[i];
	return differ == 0;
}

static void copy_hash(u32 words[HASH_WORDS], const u8 *bytes)
{
	for (u32 i = 0; i < HASH_WORDS; i++, bytes += 4)
		words[i] = (u32)bytes[0] << 24 | (u32)bytes[1] << 16 | (u32)bytes[2] << 8 | bytes[3];
}

static u32 nibble(const u8 *bytes, u32 place)
{
	return place & 1 ? bytes[place / 2] & 15 : bytes[place / 2] >> 4;
}

/* A node's path in hex-prefix form. */
struct path {
	const u8 *bytes;
	u32 first, count; /* nibbles */
	u32 is_leaf;
};

static struct path take_path(struct bytes *node)
{
	struct item item = rlp_take_string(node);
	require(item.length > 0);
	u32 flags = *item.data >> 4;
	require(flags <= 3 && ((flags & 1) || (*item.data & 15) == 0));
	u32 first = flags & 1 ? 1 : 2;
	return (struct path){ item.data, first, 2 * item.length - first, flags >> 1 };
}

static u32 matching(const struct path *path, const u8 *key, u32 depth)
{
	u32 n = 0, left = KEY_NIBBLES - depth;
	while (n < path->count && n < left && nibble(path->bytes, path->first + n) == nibble(key, depth + n))
		n++;
	return n;
}

/* Follows a key from a root through nodes of the input, their number first, and takes exactly those that lie on the
 * path. True, and the value, if the trie has the key; false if the nodes prove that it has not. */
static int trie_lookup(const u32 root[HASH_WORDS], const u32 key_words[HASH_WORDS], struct bytes *value)
{
	const u8 *key = (const u8 *)key_words;
	u32 expected[HASH_WORDS], actual[HASH_WORDS], depth = 0, nodes = input_word();
	for (u32 i = 0; i < HASH_WORDS; i++)
		expected[i] = root[i];
	if (same_words(root, EMPTY_ROOT)) {
		require(nodes == 0);
		return 0;
	}
	struct bytes encoding = { 0, 0 };
	for (;;) {
		/* Without an embedded node at hand, the next one comes from the input and is known by its hash. */
		if (!encoding.next) {
			require(nodes-- > 0);
			encoding = take_bytes();
			keccak256(actual, (const u32 *)encoding.next, encoding.end - encoding.next);
			require(same_words(actual, expected));
		}
		struct bytes node = rlp_list(encoding), counted = node;
		struct item child, last = { 0, 0, 0, 0 };
		u32 items = 0;
		for (; counted.next < counted.end; items++)
			last = rlp_take(&counted);
		if (items == 2) {
			struct path path = take_path(&node);
			u32 same = matching(&path, key, depth);
			if (path.is_leaf) {
				require(path.count == KEY_NIBBLES - depth);
				struct item found = rlp_take_string(&node);
				*value = (struct bytes){ found.data, found.data + found.length };
				require(nodes == 0 && found.length > 0);
				return same == path.count;
			}
			require(path.count > 0 && path.count < KEY_NIBBLES - depth);
			child = rlp_take(&node);
			require(child.length > 0);
			if (same < path.count) {
				require(nodes == 0);
				return 0;
			}
			depth += path.count;
		} else {
			/* All keys have the same length: a branch has sixteen children and no value. */
			require(items == 17 && depth < KEY_NIBBLES);
			for (u32 i = nibble(key, depth); i > 0; i--)
				rlp_take(&node);
			child = rlp_take(&node);
			require(!last.is_list && last.length == 0);
			depth++;
			if (!child.is_list && child.length == 0) {
				require(nodes == 0);
				return 0;
			}
		}
		if (child.is_list) {
			/* A node shorter than a hash stands in the place of its hash. */
			const u8 *end = child.data + child.length;
			require(end - child.start < HASH_BYTES);
			encoding = (struct bytes){ child.start, end };
		} else {
			require(child.length == HASH_BYTES);
			copy_hash(expected, child.data);
			encoding.next = 0;
		}
	}
}

#endif
