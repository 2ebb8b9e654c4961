/* One batch of a private ledger (docs/examples.md): from the state's old root to its new one by deposits and signed
 * transactions, all of it private but what the contract must know.
 *
 * Standard input: the batch. Standard output: old root, new root, domain, number of deposits taken so far and the hash
 * of their queue, then the withdrawals, each a word of 32 bytes. A batch with anything wrong ends with exit code 1 and
 * no output. */
#include "../lib/blake2s.h"
#include "../lib/input.h"
#include "../lib/sha256.h"
#include "signature.h"
#include "tree.h"

#define MAX_WITHDRAWALS 64
#define MAX_HEIGHT 32
#define ADDRESS_WORDS 5

enum kind { TRANSFER = 1, WITHDRAWAL = 2 };

static const u32 PERSON_ID[2] = BLAKE2S_PERSON('z', 'k', 'm', '_', 'a', 'c', 'c', 't');
static const u32 PERSON_ROOT[2] = BLAKE2S_PERSON('z', 'k', 'm', '_', 'r', 'o', 'o', 't');

static struct account accounts[MAX_ACCOUNTS];
static struct subtree nodes[MAX_ACCOUNTS];
static u32 account_count;

static u32 domain[HASH_WORDS];
static u32 batch, deposit_count, queue[HASH_WORDS]; /* the queue's hash as SHA-256 has it */

static struct {
	u32 old_root[HASH_WORDS], new_root[HASH_WORDS], domain[HASH_WORDS];
	u32 deposit_count[HASH_WORDS], queue[HASH_WORDS];
	u32 withdrawals[MAX_WITHDRAWALS][HASH_WORDS];
} output;
static u32 withdrawal_count;

static void take_hash(u32 hash[HASH_WORDS])
{
	const u32 *bytes = input_take(HASH_WORDS);
	for (u32 i = 0; i < HASH_WORDS; i++)
		hash[i] = swap(bytes[i]);
}

static u64 take_amount(void)
{
	u64 high = input_word();
	return high << 32 | input_word();
}

static struct account *take_account(void)
{
	u32 slot = input_word();
	require(slot < account_count);
	return &accounts[slot];
}

/* The accounts of the batch as they are before it, in ascending order of their numbers. */
static void take_accounts(void)
{
	account_count = input_count(MAX_ACCOUNTS);
	require(account_count > 0);
	for (u32 i = 0; i < account_count; i++) {
		struct account *a = &accounts[i];
		a->index = input_word();
		require(i == 0 || a->index > a[-1].index);
		a->exists = input_word();
		require(a->exists <= 1);
		take_hash(a->id);
		a->balance = take_amount();
		a->nonce = input_word();
		require(a->exists || (a->balance == 0 && a->nonce == 0));
		require(!(a->exists && batch == 0));
		nodes[i].index = a->index;
		hash_account(nodes[i].hash[0], a);
	}
}

static void credit(struct account *a, u64 amount)
{
	require(a->balance + amount >= amount);
	a->balance += amount;
}

/* queue = SHA-256(queue, id, number of the account, amount): 76 bytes, and 128 with the padding. */
static void extend_queue(const struct account *a, u64 amount)
{
	u32 block[32], state[8] = SHA256_START;
	for (u32 i = 0; i < HASH_WORDS; i++) {
		block[i] = queue[i];
		block[HASH_WORDS + i] = swap(a->id[i]);
	}
	block[16] = a->index;
	block[17] = (u32)(amount >> 32);
	block[18] = (u32)amount;
	block[19] = 0x80000000;
	for (u32 i = 20; i < 31; i++)
		block[i] = 0;
	block[31] = 76 * 8;
	sha256_compress(state, (const u8 *)block);
	sha256_compress(state, (const u8 *)(block + 16));
	for (u32 i = 0; i < HASH_WORDS; i++)
		queue[i] = state[i];
}

/* The contract numbers accounts, one number for each id: a number's first deposit opens the account. */
static void take_deposit(void)
{
	struct account *a = take_account();
	u64 amount = take_amount();
	a->exists = 1;
	credit(a, amount);
	extend_queue(a, amount);
	require(++deposit_count != 0);
}

/* An id commits to the scheme and to the public key. */
static void require_key(const struct account *a, u32 scheme, const u32 key[KEY_WORDS])
{
	struct blake2s s;
	blake2s_begin(&s, 32, PERSON_ID, scheme, 0);
	blake2s_words(&s, key, KEY_WORDS);
	blake2s_end(&s);
	for (u32 i = 0; i < HASH_WORDS; i++)
		require(s.state[i] == a->id[i]);
}

/* What the sender signs: domain, kind, nonce, amount, receiver. The signature is bound to the sender by the key. */
#define MESSAGE_WORDS (2 * HASH_WORDS + 4)

static void take_transaction(void)
{
	u32 kind = input_word();
	struct account *from = take_account(), *to = 0;
	const u32 *address = 0;
	u32 message[MESSAGE_WORDS], key[KEY_WORDS];

	require(kind == TRANSFER || kind == WITHDRAWAL);
	if (kind == TRANSFER)
		to = take_account();
	else
		address = input_take(ADDRESS_WORDS);
	u64 amount = take_amount();
	u32 scheme = input_word();
	take_hash(key);
	require(from->exists && (!to || to->exists));
	require_key(from, scheme, key);

	for (u32 i = 0; i < HASH_WORDS; i++)
		message[i] = domain[i];
	u32 *receiver = message + HASH_WORDS;
	*receiver++ = kind;
	*receiver++ = from->nonce;
	*receiver++ = (u32)amount;
	*receiver++ = (u32)(amount >> 32);
	for (u32 i = 0; i < HASH_WORDS; i++)
		receiver[i] = to ? to->id[i] : i < ADDRESS_WORDS ? swap(address[i]) : 0;
	signature_scheme(scheme)(key, from->nonce, message, MESSAGE_WORDS);

	require(from->balance >= amount);
	from->balance -= amount;
	require(++from->nonce != 0);
	if (to) {
		credit(to, amount);
		return;
	}
	require(withdrawal_count < MAX_WITHDRAWALS);
	u32 *word = output.withdrawals[withdrawal_count++];
	for (u32 i = 0; i < ADDRESS_WORDS; i++)
		word[i] = address[i];
	word[6] = (u32)(amount >> 32);
	word[7] = (u32)amount;
}

/* The root that the contract keeps: it hides the tree behind a salt, and binds what must go on where the last batch
 * ended. */
static void hash_state(u32 root[HASH_WORDS], const u32 tree[HASH_WORDS], const u32 *salt)
{
	struct blake2s s;
	blake2s_begin(&s, 32, PERSON_ROOT, batch, deposit_count);
	blake2s_words(&s, domain, HASH_WORDS);
	blake2s_words(&s, tree, HASH_WORDS);
	blake2s_memory(&s, queue, HASH_WORDS);
	blake2s_memory(&s, salt, HALF_WORDS);
	blake2s_end(&s);
	for (u32 i = 0; i < HASH_WORDS; i++)
		root[i] = swap(s.state[i]);
}

int main(void)
{
	input_read();
	for (u32 i = 0; i < HASH_WORDS; i++)
		output.domain[i] = input_words[i];
	take_hash(domain);
	batch = input_word();
	deposit_count = input_word();
	const u32 *bytes = input_take(HASH_WORDS);
	for (u32 i = 0; i < HASH_WORDS; i++)
		queue[i] = bytes[i];
	/* The first batch starts from nothing: the old root is zero, and the accounts must be empty (below). */
	require(batch != 0 || (deposit_count == 0 && is_empty(queue)));
	const u32 *old_salt = input_take(HALF_WORDS), *new_salt = input_take(HALF_WORDS);
	u32 height = input_count(MAX_HEIGHT);
	u32 old_batch = batch, old_deposits = deposit_count, old_queue[HASH_WORDS];
	for (u32 i = 0; i < HASH_WORDS; i++)
		old_queue[i] = queue[i];

	take_accounts();
	for (u32 deposits = input_word(); deposits > 0; deposits--)
		take_deposit();
	for (u32 transactions = input_word(); transactions > 0; transactions--)
		take_transaction();
	for (u32 i = 0; i < account_count; i++)
		hash_account(nodes[i].hash[1], &accounts[i]);
	climb(nodes, account_count, height);
	input_finish();

	require(++batch != 0);
	hash_state(output.new_root, nodes[0].hash[1], new_salt);
	output.deposit_count[7] = deposit_count;
	for (u32 i = 0; i < HASH_WORDS; i++)
		output.queue[i] = queue[i];
	batch = old_batch;
	deposit_count = old_deposits;
	for (u32 i = 0; i < HASH_WORDS; i++)
		queue[i] = old_queue[i];
	if (batch != 0)
		hash_state(output.old_root, nodes[0].hash[0], old_salt);
	else
		require(is_empty(nodes[0].hash[0]));

	u32 length = sizeof output - sizeof output.withdrawals + withdrawal_count * sizeof output.withdrawals[0];
	require(write(1, &output, length) == (int)length);
	return 0;
}
