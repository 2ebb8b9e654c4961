/* Reads a number below 94 from standard input, prints that Fibonacci number. Exit code 1: bad input. */
#include "../lib/system.h"

int main(void)
{
	char text[24];
	int length = read(0, text, sizeof text);
	u32 n = 0, digits = 0;
	while ((int)digits < length && text[digits] >= '0' && text[digits] <= '9')
		n = n * 10 + (u32)(text[digits++] - '0');
	if (digits == 0 || digits > 2 || n > 93) {
		write(2, "a number from 0 to 93, please\n", 30);
		return 1;
	}
	u64 a = 0, b = 1;
	while (n--) {
		u64 next = a + b;
		a = b;
		b = next;
	}
	/* Decimal digits by subtraction: 64-bit division would need a library. */
	static const u64 powers[20] = {
		10000000000000000000u, 1000000000000000000u, 100000000000000000u, 10000000000000000u,
		1000000000000000u, 100000000000000u, 10000000000000u, 1000000000000u, 100000000000u,
		10000000000u, 1000000000u, 100000000u, 10000000u, 1000000u, 100000u, 10000u, 1000u, 100u, 10u, 1u,
	};
	int used = 0;
	for (int i = 0; i < 20; i++) {
		char digit = '0';
		while (a >= powers[i]) {
			a -= powers[i];
			digit++;
		}
		if (used || digit != '0' || i == 19)
			text[used++] = digit;
	}
	text[used++] = '\n';
	write(1, text, (u32)used);
	return 0;
}
