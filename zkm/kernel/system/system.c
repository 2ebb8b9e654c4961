/* What a program asks about the system it runs on: fixed answers. */

#include "kernel.h"

#define NAME_SIZE	65	/* a field of struct utsname */
#define MEMORY		0x70000000u
#define RLIMIT_STACK	3
#define RLIMIT_NOFILE	5
#define RLIMITS		16
#define STACK_SIZE	0x800000u
#define OPEN_FILES	32
#define INFINITE	0x7fffffffu
#define SCHED_OTHER	0
#define PR_SET_NAME	15
#define RANDOM_SEED	0x9e3779b9u

static u32 random_state;	/* exclusive-or with RANDOM_SEED */

/* Marsaglia's xorshift generator: 32-bit words, as on every run. */
static u32 next_random(void)
{
	u32 x = random_state ^ RANDOM_SEED;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	random_state = x ^ RANDOM_SEED;
	return x;
}

long sys_getrandom(u8 *to, u32 count)
{
	u32 left = count, word;

	if (!count)
		return 0;
	if (bad_buffer(to, count))
		return -EFAULT;
	if ((u32)to % 4 == 0)
		for (; left >= 4; left -= 4, to += 4)
			*(u32 *)to = next_random();
	while (left) {
		word = next_random();
		for (int i = 0; i < 4 && left; i++, left--) {
			*to++ = word >> 24;
			word <<= 8;
		}
	}
	return count;
}

long sys_uname(u8 *to)
{
	static const u8 texts[] = "Linux\0zkm\0" "4.19.0\0" "#1\0mips\0(none)";
	const u8 *text = texts;

	if (bad_buffer(to, 6 * NAME_SIZE))
		return -EFAULT;
	for (u8 *end = to + 6 * NAME_SIZE; to != end; to += NAME_SIZE) {
		for (struct loose *word = (struct loose *)to; word != (struct loose *)(to + NAME_SIZE - 1); word += 4)
			word[0].word = word[1].word = word[2].word = word[3].word = 0;
		to[NAME_SIZE - 1] = 0;
		for (u8 *next = to; (*next = *text++); next++)
			;
	}
	return 0;
}

/* struct sysinfo: uptime, 3 loads, totalram, freeram, 4 more sizes, procs, 2 sizes, mem_unit, padding */
long sys_sysinfo(u32 *information)
{
	if (bad_words(information))
		return -EFAULT;
	for (int i = 0; i < 16; i++)
		information[i] = 0;
	information[0] = now.s + 1;
	information[4] = information[5] = MEMORY;
	information[10] = 1 << 16;
	information[13] = 1;
	return 0;
}

static u32 limit_of(u32 resource)
{
	return resource == RLIMIT_STACK ? STACK_SIZE : resource == RLIMIT_NOFILE ? OPEN_FILES : INFINITE;
}

long sys_getrlimit(u32 resource, u32 *limits)
{
	if (resource >= RLIMITS)
		return -EINVAL;
	if (bad_words(limits))
		return -EFAULT;
	limits[0] = limits[1] = limit_of(resource);
	return 0;
}

long sys_prlimit64(u32 process, u32 resource, const u32 *new, u32 *old)
{
	u32 limit = limit_of(resource);

	if (process != 0 && process != PROCESS_ID)
		return -ESRCH;
	if (resource >= RLIMITS)
		return -EINVAL;
	if ((new && bad_words(new)) || (old && bad_words(old)))
		return -EFAULT;
	if (old) {
		old[0] = old[2] = limit == INFINITE ? ~0u : 0;
		old[1] = old[3] = limit == INFINITE ? ~0u : limit;
	}
	return 0;
}

long sys_sched_getaffinity(u32 thread, u32 size, u32 *mask)
{
	(void)thread;
	if (size < 4 || size % 4)
		return -EINVAL;
	if (bad_words(mask))
		return -EFAULT;
	*mask = 1;
	return 4;
}

long sys_sched_getparam(u32 thread, u32 *parameters)
{
	(void)thread;
	if (bad_words(parameters))
		return -EFAULT;
	*parameters = 0;
	return 0;
}

long sys_prctl(u32 option)
{
	return option == PR_SET_NAME ? 0 : -EINVAL;
}
