#!/bin/sh
# Builds a freestanding example (Debian package gcc-mips-linux-gnu).
# usage: build.sh NAME [ARCHITECTURE [OUTPUT]]   e.g. build.sh sha256 mips32r2
set -eu
here=$(cd "$(dirname "$0")" && pwd)
name=$1
arch=${2:-mips32r2}
out=${3:-$here/$name/$name.elf}
mips-linux-gnu-gcc -EB -march="$arch" -mabi=32 -msoft-float -mno-abicalls -fno-pic -G0 -O2 -ffreestanding \
	-fno-builtin -fno-stack-protector -Wall -Wextra -nostdlib -static \
	-Wl,--build-id=none,-z,max-page-size=0x1000 \
	-o "$out" "$here/lib/start.S" "$here/$name/$name.c"
mips-linux-gnu-strip --strip-all -R .comment -R .pdr "$out"
chmod 755 "$out"
