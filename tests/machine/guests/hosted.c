/* A program of the C library: line input, formatted output, the heap, an exit handler. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int lines;

static void at_end(void)
{
	fprintf(stderr, "%d lines\n", lines);
}

int main(int argc, char **argv)
{
	char line[100], *all = calloc(1, 1);
	size_t length = 0;
	atexit(at_end);
	while (fgets(line, sizeof line, stdin)) {
		all = realloc(all, length + strlen(line) + 1);
		strcpy(all + length, line);
		length += strlen(line);
		printf("%3d: %08lx %-10.3s|\n", ++lines, (unsigned long)length * 2654435761u, line);
	}
	for (size_t i = length; i > 0; i--)
		putchar(all[i - 1]);
	free(all);
	return argc > 1 ? atoi(argv[1]) : 7;
}
