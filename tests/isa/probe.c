/* Which instruction words does the processor accept in user mode?

   Reads words from standard input (big-endian) and writes a byte for each: 4 (SIGILL) if it is refused,
   the number of the signal that ends it otherwise; a word that is executed runs into a `break`. All
   registers hold the address of a pad of more `break`s, which is memory to read and write, too. */

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, BREAK = 0x0000000d, NOP = 0 };

static sigjmp_buf back;

static void stopped(int signal) { siglongjmp(back, signal); }

int main(void) {
    static const int signals[] = {SIGILL, SIGTRAP, SIGFPE, SIGSEGV, SIGBUS, SIGSYS};
    static unsigned char stack[65536];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, 0);
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction action = {.sa_handler = stopped, .sa_flags = SA_ONSTACK | SA_NODEFER};
        sigaction(signals[i], &action, 0);
    }

    uint32_t *code = mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint32_t *pad = code + 2 * PAGE / 4, *next = code, address = (uint32_t)pad;
    if (code == MAP_FAILED) return 1;
    *next++ = 0x3c010000 | address >> 16;     /* lui $1 */
    *next++ = 0x34210000 | (address & 0xffff); /* ori $1, $1 */
    *next++ = 0x00200011;                     /* mthi $1 */
    *next++ = 0x00200013;                     /* mtlo $1 */
    for (unsigned i = 2; i < 32; i++) *next++ = 0x00200021 | i << 11; /* move $i, $1 */

    uint32_t word;
    while (read(0, &word, 4) == 4) {
        for (int i = -64; i < 64; i++) pad[i] = BREAK;
        next[0] = word;
        next[1] = next[2] = NOP;
        for (int i = 3; i < 64; i++) next[i] = BREAK;
        __builtin___clear_cache((char *)code, (char *)(code + 4 * PAGE / 4));
        unsigned char signal = sigsetjmp(back, 0);
        if (signal == 0) ((void (*)(void))code)();
        if (write(1, &signal, 1) != 1) return 1;
    }
    return 0;
}
