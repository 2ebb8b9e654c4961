/* Reads all of its input with reads of changing sizes and alignments and writes it back twice:
 * in capitals with write, and reversed in pieces with writev. Exit code: number of reads. */
#include "system.h"

struct vector {
	const void *base;
	u32 length;
};

static u8 buffer[5000];

int main(void)
{
	int reads = 0;
	for (;;) {
		u32 offset = reads % 7, count = 1 + (u32)(reads * 37 % 4000);
		int n = read(0, buffer + offset, count);
		if (n <= 0)
			break;
		reads++;
		for (int i = 0; i < n; i++)
			if (buffer[offset + i] >= 'a' && buffer[offset + i] <= 'z')
				buffer[offset + i] -= 32;
		write(1, buffer + offset, n);
		struct vector pieces[3] = {
			{buffer + offset + n / 2, n - n / 2}, {buffer, 0}, {buffer + offset, n / 2}};
		system_call(4146, 1, pieces, 3);
		write(2, "read\n", 5);
	}
	return reads;
}
