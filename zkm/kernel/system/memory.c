/* The address space: memory is flat and zero, nothing is protected. What is kept is which ranges are
 * mapped, so that nothing is given out twice, and which may have been written (`DIRTY`), so that a new
 * mapping there is cleared. A reservation that was never writable therefore costs nothing. */

#include "kernel.h"

#define PROT_WRITE		2
#define MAP_TYPE		3
#define MAP_FIXED		0x10
#define MAP_ANONYMOUS		0x800
#define MAP_FIXED_NOREPLACE	0x100000
#define MREMAP_MAYMOVE		1
#define MREMAP_KNOWN		MREMAP_MAYMOVE
#define MADV_DONTNEED		4
#define MADV_LAST		25
#define CLEARING_LIMIT		(1 << 20)	/* bytes that one MADV_DONTNEED clears at most */

#define MAPPED	1
#define DIRTY	2
#define MAX_AREAS 4096

/* Ascending; each area ends where the next one starts; neighbours have different flags. The first covers
 * what lies below the heap, the last what lies above USER_LIMIT: both mapped and written. */
static struct area {
	u32 start, flags;
} areas[MAX_AREAS];
static u32 area_count;
static u32 heap_end;	/* 0 until the heap grows for the first time */

static u32 heap_start(void)
{
	u32 start;
	__asm__("mfc0 %0, $5" : "=r"(start));
	return start;
}

static void ready_areas(void)
{
	if (area_count)
		return;
	areas[0].flags = MAPPED | DIRTY;
	areas[1].start = heap_start();
	areas[2].start = USER_LIMIT;
	areas[2].flags = MAPPED | DIRTY;
	area_count = 3;
}

/* The area that an address lies in. */
static struct area *area_of(u32 address)
{
	struct area *area = areas + area_count - 1;

	while (area->start > address)
		area--;
	return area;
}

static void clear(u32 address, u32 end)
{
	u32 *word = (u32 *)address;

	for (; word != (u32 *)end; word += 8) {
		word[0] = 0;
		word[1] = 0;
		word[2] = 0;
		word[3] = 0;
		word[4] = 0;
		word[5] = 0;
		word[6] = 0;
		word[7] = 0;
	}
}

static u32 min(u32 a, u32 b)
{
	return a < b ? a : b;
}

/* Bytes of a range of pages that may have been written; with `clearing` they are zero afterwards. Here and
 * below, `area` is that of the range's start. */
static u32 dirty(struct area *area, u32 start, u32 end, int clearing)
{
	u32 bytes = 0;

	for (; start < end; area++) {
		u32 stop = area + 1 < areas + area_count ? min(area[1].start, end) : end;

		if (area->flags & DIRTY) {
			bytes += stop - start;
			if (clearing)
				clear(start, stop);
		}
		start = stop;
	}
	return bytes;
}

/* True if all areas of a range have the same values of the flags in `mask`, namely `flags`. */
static int all_have(struct area *area, u32 end, u32 mask, u32 flags)
{
	do {
		if ((area->flags & mask) != flags)
			return 0;
	} while (++area < areas + area_count && area->start < end);
	return 1;
}

/* Makes an area start at an address, which lies in `area` or above, and returns it. */
static struct area *split(struct area *area, u32 address)
{
	struct area *last = areas + area_count - 1;

	while (area != last && area[1].start <= address)
		area++;
	if (area->start == address)
		return area;
	for (last = areas + area_count++; last != area + 1; last--)
		*last = last[-1];
	area[1].start = address;
	area[1].flags = area->flags;
	return area + 1;
}

/* Sets and clears flags of a range; 0 or -ENOMEM. */
static long mark(struct area *area, u32 start, u32 end, u32 cleared, u32 set)
{
	struct area *stop, *kept;

	if (area_count + 2 > MAX_AREAS)
		return -ENOMEM;
	area = split(area, start);
	stop = split(area, end);
	kept = area - 1;
	for (; area != stop; area++) {
		u32 flags = (area->flags & ~cleared) | set;

		if (flags != kept->flags) {
			kept++;
			kept->start = area->start;
			kept->flags = flags;
		}
	}
	if (stop->flags == kept->flags)
		stop++;
	if (++kept != stop) {
		for (struct area *last = areas + area_count; stop != last; stop++)
			*kept++ = *stop;
		area_count = kept - areas;
	}
	return 0;
}

/* True unless [start, start + size) is a range of whole pages for heap and mappings. */
static int bad_range(u32 start, u32 size)
{
	return start % PAGE || start < LOWEST_ADDRESS || start >= USER_LIMIT || size > USER_LIMIT - start;
}

/* The highest free range of `size` bytes, of memory that is clean if there is any; 0 if there is none. */
static u32 find_free(u32 size)
{
	for (u32 mask = MAPPED | DIRTY; mask; mask = mask == MAPPED ? 0 : MAPPED) {
		struct area *area = areas + area_count - 1;
		u32 end = area->start;

		/* `end`: of the free areas from `area` on */
		while (--area > areas)
			if (area->flags & mask)
				end = area->start;
			else if (end - area->start >= size)
				return end - size;
	}
	return 0;
}

static long map(u32 address, u32 size, u32 protection, u32 flags)
{
	u32 fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
	struct area *area;
	long error;

	if (!size || !(flags & MAP_TYPE))
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS))
		return argument(5) < 3 ? -ENODEV : -EBADF;
	size = (size + PAGE - 1) & -PAGE;
	if (!size)
		return -ENOMEM;
	ready_areas();
	if (!fixed)
		address = (address + PAGE - 1) & -PAGE;
	if (bad_range(address, size)) {
		if (fixed)
			return address % PAGE ? -EINVAL : -ENOMEM;
		address = 0;
	} else if (!all_have(area_of(address), address + size, MAPPED, 0)) {
		if (flags & MAP_FIXED_NOREPLACE)
			return -EEXIST;
		if (!fixed)
			address = 0;
	}
	if (!address)
		address = find_free(size);
	if (!address)
		return -ENOMEM;
	area = area_of(address);
	dirty(area, address, address + size, 1);
	error = mark(area, address, address + size, DIRTY, protection & PROT_WRITE ? MAPPED | DIRTY : MAPPED);
	return error ? error : (long)address;
}

long sys_mmap(u32 address, u32 size, u32 protection, u32 flags)
{
	return map(address, size, protection, flags);
}

long sys_munmap(u32 address, u32 size)
{
	if (!size || size > USER_LIMIT || bad_range(address, size))
		return -EINVAL;
	ready_areas();
	return mark(area_of(address), address, (address + size + PAGE - 1) & -PAGE, MAPPED, 0);
}

long sys_mprotect(u32 address, u32 size, u32 protection)
{
	u32 end = (address + size + PAGE - 1) & -PAGE;
	struct area *area;

	if (address % PAGE)
		return -EINVAL;
	if (end == address)
		return 0;
	if (address < LOWEST_ADDRESS || end <= address || end > USER_END)
		return -ENOMEM;
	ready_areas();
	area = area_of(address);
	if (!all_have(area, end, MAPPED, MAPPED))
		return -ENOMEM;
	if (!(protection & PROT_WRITE) || all_have(area, end, DIRTY, DIRTY))
		return 0;
	return mark(area, address, min(end, USER_LIMIT), 0, DIRTY);
}

long sys_madvise(u32 address, u32 size, u32 advice)
{
	u32 end = (address + size + PAGE - 1) & -PAGE;
	struct area *area;

	if (address % PAGE || advice > MADV_LAST)
		return -EINVAL;
	if (end == address)
		return 0;
	if (address < LOWEST_ADDRESS || end <= address || end > USER_END)
		return -ENOMEM;
	ready_areas();
	area = area_of(address);
	if (!all_have(area, end, MAPPED, MAPPED))
		return -ENOMEM;
	if (advice == MADV_DONTNEED) {
		if (dirty(area, address, end, 0) > CLEARING_LIMIT)
			return -EINVAL;
		dirty(area, address, end, 1);
	}
	return 0;
}

long sys_mremap(u32 address, u32 old_size, u32 size, u32 flags)
{
	u32 target;
	long error;

	old_size = (old_size + PAGE - 1) & -PAGE;
	size = (size + PAGE - 1) & -PAGE;
	if (flags & ~MREMAP_KNOWN || !old_size || !size || bad_range(address, old_size))
		return -EINVAL;
	ready_areas();
	if (!all_have(area_of(address), address + old_size, MAPPED, MAPPED))
		return -EFAULT;
	if (size <= old_size) {
		if (size < old_size) {
			error = mark(area_of(address), address + size, address + old_size, MAPPED, 0);
			if (error)
				return error;
		}
		return address;
	}
	if (!bad_range(address, size) && all_have(area_of(address + old_size), address + size, MAPPED, 0)) {
		target = address;
		dirty(area_of(address + old_size), address + old_size, address + size, 1);
	} else {
		const u32 *from = (const u32 *)address, *end = (const u32 *)(address + old_size);

		if (!(flags & MREMAP_MAYMOVE))
			return -ENOMEM;
		target = find_free(size);
		if (!target)
			return -ENOMEM;
		dirty(area_of(target), target, target + size, 1);
		for (u32 *to = (u32 *)target; from != end; from += 4, to += 4) {
			to[0] = from[0];
			to[1] = from[1];
			to[2] = from[2];
			to[3] = from[3];
		}
	}
	error = mark(area_of(target), target, target + size, 0, MAPPED | DIRTY);
	if (!error && target != address)
		error = mark(area_of(address), address, address + old_size, MAPPED, 0);
	return error ? error : (long)target;
}

long sys_brk(u32 end)
{
	u32 start = heap_start(), old = heap_end ? heap_end : start;
	u32 old_page = (old + PAGE - 1) & -PAGE, page = (end + PAGE - 1) & -PAGE;

	if (end < start || end > USER_LIMIT)
		return old;
	if (page != old_page) {
		ready_areas();
		if (page > old_page) {
			if (!all_have(area_of(old_page), page, MAPPED, 0))
				return old;
			dirty(area_of(old_page), old_page, page, 1);
			if (mark(area_of(old_page), old_page, page, 0, MAPPED | DIRTY))
				return old;
		} else if (mark(area_of(page), page, old_page, MAPPED, 0)) {
			return old;
		}
	}
	heap_end = end;
	return end;
}
