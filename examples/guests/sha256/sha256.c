/* Prints the SHA-256 digest of standard input in hexadecimal, like sha256sum (FIPS 180-4). */
#include "../lib/sha256.h"

static u8 block[64] __attribute__((aligned(4)));

/* Fills the block as far as there is input; returns the number of bytes. */
static u32 fill(void)
{
	u32 used = 0;
	while (used < sizeof block) {
		int got = read(0, block + used, sizeof block - used);
		if (got <= 0)
			break;
		used += got;
	}
	return used;
}

int main(void)
{
	u32 state[8] = SHA256_START;
	u64 length = 0;
	u32 used;
	while ((used = fill()) >= sizeof block) {
		sha256_compress(state, block);
		length += used;
	}
	length += used;

	block[used++] = 0x80;
	if (used > 56) {
		while (used < 64)
			block[used++] = 0;
		sha256_compress(state, block);
		used = 0;
	}
	while (used < 56)
		block[used++] = 0;
	for (int i = 0; i < 8; i++)
		block[56 + i] = (u8)(length * 8 >> (56 - 8 * i));
	sha256_compress(state, block);

	char text[65];
	for (int i = 0; i < 64; i++)
		text[i] = "0123456789abcdef"[state[i / 8] >> (28 - 4 * (i % 8)) & 15];
	text[64] = '\n';
	return write(1, text, sizeof text) == sizeof text ? 0 : 1;
}
