/* Counts the words of standard input: the ten most frequent ones with their counts, most frequent first, then
 * the number of all words and the Adler-32 checksum of the input. A word is a run of ASCII letters, in lower
 * case; equally frequent words stand in alphabetical order. */
#include "../lib/system.h"

enum { BUCKETS = 1024, LONGEST = 31, SHOWN = 10, ARENA = 1 << 18 };

struct word {
	struct word *next;
	u32 count;
	u8 length;
	char text[];
};

static struct word *buckets[BUCKETS];
static u8 arena[ARENA] __attribute__((aligned(8)));
static u32 arena_used;

static u32 hash(const char *text, u32 length)
{
	u32 h = 2166136261u; /* FNV-1a */
	for (u32 i = 0; i < length; i++)
		h = (h ^ (u8)text[i]) * 16777619u;
	return h;
}

static int order(const char *a, u32 a_length, const char *b, u32 b_length)
{
	for (u32 i = 0; i < a_length && i < b_length; i++)
		if (a[i] != b[i])
			return (int)(u8)a[i] - (int)(u8)b[i];
	return (int)a_length - (int)b_length;
}

/* Whether the word was counted: the arena may be full. */
static int count(const char *text, u32 length)
{
	u32 h = hash(text, length);
	struct word **place = &buckets[(h >> 16 ^ h) % BUCKETS];
	for (; *place; place = &(*place)->next) {
		if (order(text, length, (*place)->text, (*place)->length) == 0) {
			(*place)->count++;
			return 1;
		}
	}
	u32 size = (sizeof(struct word) + length + 7) & ~7u;
	if (size > sizeof arena - arena_used)
		return 0;
	struct word *word = (struct word *)(arena + arena_used);
	arena_used += size;
	word->count = 1;
	word->length = (u8)length;
	for (u32 i = 0; i < length; i++)
		word->text[i] = text[i];
	*place = word;
	return 1;
}

static int before(const struct word *a, const struct word *b)
{
	if (a->count != b->count)
		return a->count > b->count;
	return order(a->text, a->length, b->text, b->length) < 0;
}

static char line[64];

static void print(const char *text, u32 length, u32 number)
{
	char digits[10];
	int first = sizeof digits, used = 0;
	do
		digits[--first] = (char)('0' + number % 10);
	while (number /= 10);
	while (first < (int)sizeof digits)
		line[used++] = digits[first++];
	line[used++] = ' ';
	for (u32 i = 0; i < length; i++)
		line[used++] = text[i];
	line[used++] = '\n';
	write(1, line, (u32)used);
}

int main(void)
{
	static char input[4096];
	char text[LONGEST];
	u32 length = 0, words = 0, a = 1, b = 0;
	int got;
	do {
		got = read(0, input, sizeof input);
		if (got < 0)
			return 1;
		for (int i = 0; i < got || (i == 0 && got == 0); i++) {
			char c = got ? input[i] : ' ';
			if (got) {
				a = (a + (u8)c) % 65521;
				b = (b + a) % 65521;
			}
			if (c >= 'A' && c <= 'Z')
				c += 'a' - 'A';
			if (c >= 'a' && c <= 'z') {
				if (length < LONGEST)
					text[length++] = c;
			} else if (length > 0) {
				if (!count(text, length))
					return 2;
				words++;
				length = 0;
			}
		}
	} while (got > 0);

	const struct word *last = 0;
	for (int shown = 0; shown < SHOWN; shown++) {
		const struct word *best = 0;
		for (u32 i = 0; i < BUCKETS; i++)
			for (const struct word *word = buckets[i]; word; word = word->next)
				if ((!last || before(last, word)) && (!best || before(word, best)))
					best = word;
		if (!best)
			break;
		print(best->text, best->length, best->count);
		last = best;
	}
	print("words", 5, words);
	print("adler32", 7, b << 16 | a);
	return 0;
}
