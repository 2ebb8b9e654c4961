/* futex(): threads wait at an address until another wakes them. The check of the value and the waiting
 * are one step, since nothing else runs in between. */

#include "kernel.h"

#define FUTEX_WAIT		0
#define FUTEX_WAKE		1
#define FUTEX_REQUEUE		3
#define FUTEX_CMP_REQUEUE	4
#define FUTEX_WAKE_OP		5
#define FUTEX_WAIT_BITSET	9
#define FUTEX_WAKE_BITSET	10
#define FUTEX_COMMAND		0x7f	/* without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME */
#define FUTEX_CLOCK_REALTIME	0x100
#define ANY			~0u

static long futex_wait(const u32 *address, u32 operation, u32 value, const u32 *time, int wide)
{
	struct instant span, deadline;
	u32 bits = ANY;
	int error, is_absolute = (operation & FUTEX_COMMAND) == FUTEX_WAIT_BITSET;

	if (is_absolute) {
		bits = argument(6);
		if (!bits)
			return -EINVAL;
	}
	if (*address != value)
		return -EAGAIN;
	if (!time)
		return wait((u32)address, bits, NULL);
	error = span_of(time, wide, &span);
	if (error)
		return error;
	if (is_absolute) {
		deadline = span;
		instant_of(operation & FUTEX_CLOCK_REALTIME ? 0 : 1, &deadline);
	} else {
		deadline_after(&span, &deadline);
	}
	return wait((u32)address, bits, &deadline);
}

/* Changes the word as `code` says (operation, comparison, 12-bit operands); the comparison's result. */
static int operate(u32 *address, u32 code)
{
	u32 operand = (u32)((int)(code << 8) >> 20), old = *address;
	int compared = (int)(code << 20) >> 20, is_shift = code >> 31;

	if (is_shift)
		operand = 1u << (operand & 31);
	switch (code >> 28 & 7) {
	case 0: *address = operand; break;
	case 1: *address = old + operand; break;
	case 2: *address = old | operand; break;
	case 3: *address = old & ~operand; break;
	case 4: *address = old ^ operand; break;
	default: return -ENOSYS;
	}
	switch (code >> 24 & 15) {
	case 0: return (int)old == compared;
	case 1: return (int)old != compared;
	case 2: return (int)old < compared;
	case 3: return (int)old <= compared;
	case 4: return (int)old > compared;
	case 5: return (int)old >= compared;
	default: return -ENOSYS;
	}
}

static long futex(u32 *address, u32 operation, u32 value, u32 fourth, int wide)
{
	u32 command = operation & FUTEX_COMMAND, *other;
	int result;

	if (bad_words(address))
		return -EFAULT;
	if (command == FUTEX_WAKE)
		return wake((u32)address, ANY, value);
	if (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET)
		return futex_wait(address, operation, value, (const u32 *)fourth, wide);
	if (command == FUTEX_WAKE_BITSET) {
		u32 bits = argument(6);

		return bits ? (long)wake((u32)address, bits, value) : -EINVAL;
	}
	if (command != FUTEX_REQUEUE && command != FUTEX_CMP_REQUEUE && command != FUTEX_WAKE_OP)
		return -ENOSYS;
	other = (u32 *)argument(5);
	if (bad_words(other))
		return -EFAULT;
	if (command == FUTEX_WAKE_OP) {
		u32 count;

		result = operate(other, argument(6));
		if (result < 0)
			return result;
		count = wake((u32)address, ANY, value);
		return result ? count + wake((u32)other, ANY, fourth) : count;
	}
	if (command == FUTEX_CMP_REQUEUE && *address != argument(6))
		return -EAGAIN;
	result = wake((u32)address, ANY, value);
	return result + requeue((u32)address, (u32)other, fourth);
}

long sys_futex(u32 *address, u32 operation, u32 value, u32 fourth)
{
	return futex(address, operation, value, fourth, 0);
}

long sys_futex64(u32 *address, u32 operation, u32 value, u32 fourth)
{
	return futex(address, operation, value, fourth, 1);
}
