# Makes $TOOLCHAIN/lib/libunwind.a, which Rust's std unwinds panics with: gcc's own unwinder and the one function
# of glibc that it needs and musl has not.
cat >find_object.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>

/* In a static program there is one object: the program. */
static int describe(struct dl_phdr_info *info, size_t size, void *result)
{
	struct dl_find_object *found = result;
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = info->dlpi_phdr + i;
		uintptr_t start = info->dlpi_addr + header->p_vaddr;
		if (header->p_type == PT_LOAD && header->p_flags & PF_X) {
			found->dlfo_map_start = (void *)start;
			found->dlfo_map_end = (void *)(start + header->p_memsz);
		}
		if (header->p_type == PT_GNU_EH_FRAME)
			found->dlfo_eh_frame = (void *)start;
	}
	return 1;
}

int _dl_find_object(void *pc, struct dl_find_object *result)
{
	*result = (struct dl_find_object){0};
	dl_iterate_phdr(describe, result);
	return pc >= result->dlfo_map_start && pc < result->dlfo_map_end && result->dlfo_eh_frame ? 0 : -1;
}

/* The unwinder refers to these weakly, and takes all of them to be there if one is. */
__attribute__((used)) static void *const threads[] = {
	pthread_mutex_lock, pthread_mutex_unlock, pthread_once,
	pthread_getspecific, pthread_setspecific, pthread_key_create,
};
END
mips-linux-gnu-gcc -O2 -fno-pic -mno-abicalls -Wall -Wextra -c find_object.c
mkdir -p "$TOOLCHAIN/lib"
cp "$(mips-linux-gnu-gcc -print-file-name=libgcc_eh.a)" "$TOOLCHAIN/lib/libunwind.a"
mips-linux-gnu-ar rD "$TOOLCHAIN/lib/libunwind.a" find_object.o
