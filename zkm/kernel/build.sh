#!/bin/sh
# Builds the kernel's image from its source (Debian package gcc-mips-linux-gnu).
# usage: build.sh [output directory]   (default: this directory, where the built image is kept)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "${1:-$here}" && pwd)
object=$(mktemp)
trap 'rm -f "$object"' EXIT
mips-linux-gnu-gcc -EB -march=mips32r2 -mabi=32 -mno-abicalls -fno-pic -G0 -c -o "$object" "$here/kernel.S"
mips-linux-gnu-ld -EB -n -T "$here/kernel.ld" --build-id=none -o "$out/kernel.elf" "$object"
mips-linux-gnu-strip --strip-unneeded --keep-symbol=vector_syscall --keep-symbol=vector_breakpoint \
	--keep-symbol=vector_arithmetic --keep-symbol=vector_reserved "$out/kernel.elf"
cd "$out" && sha256sum kernel.elf > kernel.sha256
