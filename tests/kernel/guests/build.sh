#!/bin/sh
# Builds the guests without a C library (Debian package gcc-mips-linux-gnu).
# usage: build.sh [output directory]   (default: this directory, where the built ones are kept)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "${1:-$here}" && pwd)
for name in deadlock environ events memory signals threads; do
	mips-linux-gnu-gcc -EB -march=mips32r2 -mabi=32 -msoft-float -mno-abicalls -fno-pic -G0 -O2 -std=gnu11 -Wall -Werror \
		-Wno-unused-function -Wno-unused-variable -ffreestanding -fno-builtin -fno-tree-loop-distribute-patterns \
		-fno-asynchronous-unwind-tables -fno-stack-protector -nostdlib -static -s -Wl,--build-id=none -Wl,-z,max-page-size=4096 \
		-o "$out/$name.elf" "$here/$name.c"
done
