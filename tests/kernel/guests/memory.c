/* What mmap and its relatives give: contents of all kinds of mappings. */

#include "linux.h"

#define PAGE	4096
#define PRIVATE	0x802
#define FIXED	0x812
#define READ	1
#define WRITE	2

static u32 hash_of(const u32 *words, u32 bytes)
{
	u32 hash = 2166136261u;

	for (; bytes; bytes -= 64, words += 16)	/* a word of each line is enough */
		hash = (hash ^ *words) * 16777619;
	return hash;
}

static void fill(u32 *words, u32 bytes, u32 start)
{
	for (; bytes; bytes -= 4)
		*words++ = start++;
}

int main(u32 argc, char **argv, char **environment)
{
	u32 *reserved = (u32 *)CALL(mmap2, 0, 541 << 20, 0, PRIVATE, -1, 0);
	u32 *part = reserved + (300 << 18), *heap, *moved;

	show("aligned", (u32)reserved % PAGE);
	show("part", CALL(mmap2, part, 8 * PAGE, READ | WRITE, FIXED, -1, 0) == (long)part);
	show("zero", hash_of(part, 8 * PAGE));
	fill(part, 8 * PAGE, 1);
	show("again", CALL(mmap2, part + 1024, 2 * PAGE, READ | WRITE, FIXED, -1, 0) == (long)(part + 1024));
	show("hole", hash_of(part, 8 * PAGE));
	show("forget", CALL(madvise, part + 4096, PAGE, 4));
	show("forgotten", hash_of(part, 8 * PAGE));
	show("protect", CALL(mprotect, part + 8 * 1024, PAGE, READ | WRITE));
	fill(part + 8 * 1024, PAGE, 77);
	show("protected", hash_of(part, 9 * PAGE));
	show("unmap", CALL(munmap, part + 3 * 1024, 2 * PAGE));
	show("free", CALL(mmap2, part + 3 * 1024, 2 * PAGE, READ | WRITE, PRIVATE, -1, 0) == (long)(part + 3 * 1024));
	show("refilled", hash_of(part, 9 * PAGE));
	show("whole", CALL(mmap2, reserved, 541 << 20, 0, FIXED, -1, 0) == (long)reserved);
	show("protect", CALL(mprotect, part, 9 * PAGE, READ | WRITE));
	show("zero", hash_of(part, 9 * PAGE));

	fill(part, 4 * PAGE, 5);
	show("shrink", CALL(mremap, part, 4 * PAGE, 2 * PAGE, 0) == (long)part);
	show("grow", CALL(mremap, part, 2 * PAGE, 4 * PAGE, 0) == (long)part);
	show("grown", hash_of(part, 4 * PAGE));
	fill(part + 2048, 2 * PAGE, 9);
	moved = (u32 *)CALL(mremap, part, 4 * PAGE, 64 * PAGE, 1);
	show("moved", moved != part);
	show("contents", hash_of(moved, 64 * PAGE));

	heap = (u32 *)CALL(brk, 0);
	show("break", CALL(brk, (u32)heap + 3 * PAGE) == (long)heap + 3 * PAGE);
	show("zero", hash_of(heap, 3 * PAGE));
	fill(heap, 3 * PAGE, 3);
	show("back", CALL(brk, (u32)heap + PAGE) == (long)heap + PAGE);
	show("forth", CALL(brk, (u32)heap + 3 * PAGE) == (long)heap + 3 * PAGE);
	show("heap", hash_of(heap, 3 * PAGE));

	show("no size", CALL(mmap2, 0, 0, READ, PRIVATE, -1, 0));
	show("no type", CALL(mmap2, 0, PAGE, READ, 0x800, -1, 0));
	show("no file", CALL(mmap2, 0, PAGE, READ, 2, 55, 0));
	show("too large", CALL(mmap2, 0, 0xfffff000, READ, PRIVATE, -1, 0));
	show("odd unmap", CALL(munmap, 1, PAGE));
	show("odd protect", CALL(mprotect, 1, PAGE, READ));
	show("null", CALL(write, 1, 16, 4));
	return 0;
}
