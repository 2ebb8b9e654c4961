/* RLP (Ethereum yellow paper, appendix B), and only its one canonical form: everything else ends the program. */
#ifndef RLP_H
#define RLP_H

#include "../lib/input.h"

struct item {
	const u8 *start; /* of the encoding */
	const u8 *data; /* of the payload */
	u32 length; /* of the payload */
	u32 is_list;
};

/* Bytes that are taken from the front. */
struct bytes {
	const u8 *next, *end;
};

static struct item rlp_take(struct bytes *from)
{
	struct item item = { from->next, from->next, 1, 0 };
	u32 available = from->end - from->next;
	require(available > 0);
	u32 first = *from->next;
	if (first >= 0x80) {
		item.is_list = first >= 0xc0;
		u32 length = first - (item.is_list ? 0xc0 : 0x80), header = 1;
		if (length > 55) {
			u32 digits = length - 55;
			/* Three bytes of length are more than the input has. */
			require(digits <= 3 && digits < available);
			length = 0;
			for (u32 i = 0; i < digits; i++)
				length = length << 8 | item.start[1 + i];
			require(item.start[1] != 0 && length > 55);
			header += digits;
		}
		require(length <= available - header);
		item.data = item.start + header;
		item.length = length;
		/* A byte below 0x80 is its own encoding. */
		require(item.is_list || length != 1 || *item.data >= 0x80);
	}
	from->next = item.data + item.length;
	return item;
}

/* The payload of a list that fills the bytes. */
static struct bytes rlp_list(struct bytes from)
{
	struct item list = rlp_take(&from);
	require(list.is_list && from.next == from.end);
	return (struct bytes){ list.data, list.data + list.length };
}

static struct item rlp_take_string(struct bytes *from)
{
	struct item item = rlp_take(from);
	require(!item.is_list);
	return item;
}

static struct item rlp_take_fixed(struct bytes *from, u32 length)
{
	struct item item = rlp_take_string(from);
	require(item.length == length);
	return item;
}

/* A number of at most `limit` bytes, without zeros in front. */
static struct item rlp_take_number(struct bytes *from, u32 limit)
{
	struct item item = rlp_take_string(from);
	require(item.length <= limit && (item.length == 0 || *item.data != 0));
	return item;
}

#endif
