/* What a storage slot of a contract held after a block (docs/examples.md): checks the block's header and the account's
 * and the slot's proofs as eth_getProof gives them.
 *
 * Standard input: address, slot, header, nodes of the account's path, nodes of the slot's path. Standard output: block
 * hash, block number, address, slot and value, a word of 32 bytes each. Anything wrong ends with exit code 1 and no
 * output. */
#include "../lib/input.h"
#include "../lib/keccak256.h"
#include "rlp.h"
#include "trie.h"

#define ADDRESS_WORDS 5
#define ADDRESS_BYTES 20
#define BLOOM_BYTES 256
#define NONCE_BYTES 8

static struct {
	u32 block_hash[HASH_WORDS], block_number[HASH_WORDS], address[HASH_WORDS], slot[HASH_WORDS], value[HASH_WORDS];
} output;

/* A big-endian number of at most 32 bytes as a word of the output. */
static void put_number(u32 word[HASH_WORDS], const u8 *data, u32 length)
{
	u8 *bytes = (u8 *)word;
	for (u32 i = 0; i < length; i++)
		bytes[HASH_BYTES - length + i] = data[i];
}

/* The header's fields up to the ones that every block has since the beginning; later forks add some behind them.
 * Nothing but the state's root and the number is used: the header is the one with this hash in any case. */
static void take_header(u32 state_root[HASH_WORDS])
{
	struct bytes encoding = take_bytes();
	keccak256(output.block_hash, (const u32 *)encoding.next, encoding.end - encoding.next);
	struct bytes header = rlp_list(encoding);
	rlp_take_fixed(&header, HASH_BYTES); /* parent */
	rlp_take_fixed(&header, HASH_BYTES); /* ommers */
	rlp_take_fixed(&header, ADDRESS_BYTES); /* beneficiary */
	copy_hash(state_root, rlp_take_fixed(&header, HASH_BYTES).data);
	rlp_take_fixed(&header, HASH_BYTES); /* transactions */
	rlp_take_fixed(&header, HASH_BYTES); /* receipts */
	rlp_take_fixed(&header, BLOOM_BYTES);
	rlp_take_number(&header, HASH_BYTES); /* difficulty */
	struct item number = rlp_take_number(&header, 8);
	put_number(output.block_number, number.data, number.length);
	rlp_take_number(&header, 8); /* gas limit */
	rlp_take_number(&header, 8); /* gas used */
	rlp_take_number(&header, 8); /* time */
	rlp_take_string(&header); /* extra data */
	rlp_take_fixed(&header, HASH_BYTES); /* mix hash, randomness */
	rlp_take_fixed(&header, NONCE_BYTES);
	while (header.next < header.end)
		rlp_take_string(&header);
}

/* An account in the state's trie: nonce, balance, storage root, code hash. */
static void parse_account(u32 storage_root[HASH_WORDS], struct bytes encoding)
{
	struct bytes account = rlp_list(encoding);
	rlp_take_number(&account, 8);
	rlp_take_number(&account, HASH_BYTES);
	copy_hash(storage_root, rlp_take_fixed(&account, HASH_BYTES).data);
	rlp_take_fixed(&account, HASH_BYTES);
	require(account.next == account.end);
}

int main(void)
{
	u32 key[HASH_WORDS], state_root[HASH_WORDS], storage_root[HASH_WORDS];
	struct bytes found;

	input_read();
	const u32 *address = input_take(ADDRESS_WORDS), *slot = input_take(HASH_WORDS);
	for (u32 i = 0; i < ADDRESS_WORDS; i++)
		output.address[HASH_WORDS - ADDRESS_WORDS + i] = address[i];
	for (u32 i = 0; i < HASH_WORDS; i++)
		output.slot[i] = slot[i];
	take_header(state_root);

	keccak256(key, address, ADDRESS_BYTES);
	for (u32 i = 0; i < HASH_WORDS; i++)
		storage_root[i] = EMPTY_ROOT[i];
	if (trie_lookup(state_root, key, &found))
		parse_account(storage_root, found);

	/* A slot that is zero is not in the trie (on some chains for development it is); neither is any slot of an account
	 * that does not exist. */
	keccak256(key, slot, HASH_BYTES);
	if (trie_lookup(storage_root, key, &found)) {
		struct bytes rest = found;
		struct item value = rlp_take_number(&rest, HASH_BYTES);
		require(rest.next == rest.end);
		put_number(output.value, value.data, value.length);
	}
	input_finish();
	require(write(1, &output, sizeof output) == sizeof output);
	return 0;
}
