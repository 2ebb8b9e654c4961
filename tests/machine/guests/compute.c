/* Exercises what compilers make of C; prints one checksum per section.
 * usage: compute [seed]   exit code: low bits of the last checksum */
#include "system.h"

typedef signed char s8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef long long s64;

static u32 state;

static u32 next(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void print(const char *name, u32 value)
{
	char line[32];
	u32 n = 0;
	while (name[n])
		line[n] = name[n], n++;
	line[n++] = ' ';
	for (int shift = 28; shift >= 0; shift -= 4)
		line[n++] = "0123456789abcdef"[value >> shift & 15];
	line[n++] = '\n';
	write(1, line, n);
}

static u32 arithmetic(void)
{
	u32 sum = 0;
	for (int i = 0; i < 200; i++) {
		u32 a = next(), b = next() >> (i & 31);
		s32 sa = a, sb = b;
		sum = sum * 31 + a / (b | 1) + a % (b | 1);
		sum ^= (u32)(sa / (sb | 1)) + (u32)(sa % (sb | 1));
		sum += (a << (b & 31)) ^ (a >> (b & 31)) ^ (u32)(sa >> (b & 31));
		sum ^= (u32)(((u64)a * b) >> 32) + (u32)(((s64)sa * sb) >> 32);
		sum += (sa < sb) + 2 * (a < b) + 4 * (sa <= 17) + 8 * (b > 1000u);
		sum = (sum << 7 | sum >> 25) + __builtin_clz(a | 1) * 3;
	}
	return sum;
}

static u32 wide(void)
{
	u64 sum = 1;
	for (int i = 0; i < 200; i++) {
		u64 a = (u64)next() << 32 | next();
		sum = sum * a + (a >> (i & 63)) + (a << (i & 31));
		sum ^= (u64)((s64)a >> (i & 63));
		sum += (s64)a < (s64)sum;
	}
	return (u32)sum ^ (u32)(sum >> 32);
}

struct __attribute__((packed)) odd {
	u8 tag;
	u32 word;
	u16 half;
	s16 signed_half;
	s8 byte;
};

static u32 memory(void)
{
	static struct odd table[61];
	static u8 bytes[257];
	u32 sum = 0;
	for (u32 i = 0; i < 61; i++) {
		table[i].tag = next();
		table[i].word = next();
		table[i].half = next();
		table[i].signed_half = next();
		table[i].byte = next();
	}
	for (u32 i = 0; i < 257; i++)
		bytes[i] = next();
	for (u32 round = 0; round < 20; round++) {
		u32 from = next() % 120, to = next() % 120, count = next() % 100;
		__builtin_memmove(bytes + to, bytes + from, count);
		struct odd copy = table[next() % 61];
		table[next() % 61] = copy;
	}
	for (u32 i = 0; i < 61; i++)
		sum = sum * 33 + table[i].tag + table[i].word + table[i].half + table[i].signed_half + table[i].byte;
	for (u32 i = 0; i < 257; i++)
		sum = sum * 31 + (s8)bytes[i];
	return sum;
}

void *memmove(void *to, const void *from, __SIZE_TYPE__ count)
{
	u8 *t = to;
	const u8 *f = from;
	if (t < f)
		while (count--)
			*t++ = *f++;
	else
		while (count--)
			t[count] = f[count];
	return to;
}

void *memcpy(void *to, const void *from, __SIZE_TYPE__ count)
{
	return memmove(to, from, count);
}

static u32 choose(u32 kind, u32 x)
{
	switch (kind) {
	case 0: return x + 1;
	case 1: return x * 3;
	case 2: return ~x;
	case 3: return x << 5;
	case 4: return (u32)-(s32)x;
	case 5: return x & 0xff00ff;
	case 6: return x / 10;
	case 7: return (x >> 8 & 0xff00ff) | (x & 0xff00ff) << 8;
	default: return x ^ 0x5a5a5a5a;
	}
}

static u32 (*const functions[])(u32, u32) = {choose, choose};

static u32 control(u32 depth, u32 x)
{
	if (depth == 0)
		return x;
	u32 sum = 0;
	for (u32 i = 0; i < 3; i++)
		sum += functions[i & 1](next() % 10, control(depth - 1, x + i));
	return sum;
}

static u32 sorting(void)
{
	static s32 numbers[120];
	u32 sum = 0;
	for (int i = 0; i < 120; i++)
		numbers[i] = next();
	for (int i = 1; i < 120; i++) {
		s32 value = numbers[i];
		int j = i;
		for (; j > 0 && numbers[j - 1] > value; j--)
			numbers[j] = numbers[j - 1];
		numbers[j] = value;
	}
	for (int i = 0; i < 120; i++)
		sum = sum * 31 + numbers[i];
	return sum;
}

int main(int argc, char **argv)
{
	state = 2463534242u;
	if (argc > 1)
		for (const char *c = argv[1]; *c; c++)
			state = state * 31 + (u8)*c;
	print("arithmetic", arithmetic());
	print("wide", wide());
	print("memory", memory());
	print("control", control(5, 7));
	u32 last = sorting();
	print("sorting", last);
	return last & 0xff;
}
