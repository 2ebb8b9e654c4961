/* Prints arguments, environment, and what the auxiliary vector says. */

#include "linux.h"

int main(u32 argc, char **argv, char **environment)
{
	u32 *auxiliary;

	for (; *argv; argv++) {
		text(*argv);
		text("\n");
	}
	for (; *environment; environment++) {
		text(*environment);
		text("\n");
	}
	for (auxiliary = (u32 *)environment + 1; *auxiliary; auxiliary += 2)
		if (*auxiliary == 6)
			show("page", auxiliary[1]);
		else if (*auxiliary == 17)
			show("ticks", auxiliary[1]);
		else if (*auxiliary == 25)
			show("random", *(u8 *)auxiliary[1] + 256 * ((u8 *)auxiliary[1])[15]);
	return argc;
}
