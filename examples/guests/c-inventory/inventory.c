/* A stock list by the C library: reads lines "NAME QUANTITY PRICE" (price in cents), sorts them by value and
 * prints a table with the total. Uses stdio, malloc, qsort, string and ctype functions, strtoul. A malformed
 * line is reported on standard error and ends the program with exit code 1. */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct item {
	char *name;
	unsigned long quantity;
	unsigned long price;
};

static uint64_t value(const struct item *item)
{
	return (uint64_t)item->quantity * item->price;
}

static int by_value(const void *a, const void *b)
{
	const struct item *left = a, *right = b;
	if (value(left) != value(right))
		return value(left) < value(right) ? 1 : -1;
	return strcmp(left->name, right->name);
}

static int number(char *text, unsigned long *result)
{
	char *end;
	if (!text || !isdigit((unsigned char)*text))
		return 0;
	errno = 0;
	*result = strtoul(text, &end, 10);
	return errno == 0 && *end == '\0';
}

int main(void)
{
	struct item *items = NULL;
	size_t count = 0, room = 0;
	char line[256];
	for (unsigned row = 1; fgets(line, sizeof line, stdin); row++) {
		if (count == room) {
			room = room ? 2 * room : 4;
			items = realloc(items, room * sizeof *items);
			if (!items)
				return 2;
		}
		struct item *item = &items[count++];
		char *name = strtok(line, " \t\n");
		if (!name || !number(strtok(NULL, " \t\n"), &item->quantity) ||
		    !number(strtok(NULL, " \t\n"), &item->price)) {
			fprintf(stderr, "line %u: NAME QUANTITY PRICE, please\n", row);
			return 1;
		}
		item->name = strdup(name);
	}
	qsort(items, count, sizeof *items, by_value);
	uint64_t total = 0;
	for (size_t i = 0; i < count; i++) {
		total += value(&items[i]);
		printf("%-12s %6lu x %4lu.%02lu = %9llu.%02u\n", items[i].name, items[i].quantity,
		       items[i].price / 100, items[i].price % 100,
		       (unsigned long long)(value(&items[i]) / 100), (unsigned)(value(&items[i]) % 100));
	}
	printf("%-12s %27llu.%02u\n", "total", (unsigned long long)(total / 100), (unsigned)(total % 100));
	for (size_t i = 0; i < count; i++)
		free(items[i].name);
	free(items);
	return 0;
}
