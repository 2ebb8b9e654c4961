#!/bin/sh
# Builds the kernel's images from their sources (Debian package gcc-mips-linux-gnu).
# usage: build.sh [output directory]   (default: this directory, where the built images are kept)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "${1:-$here}" && pwd)
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
flags="-EB -march=mips32r2 -mabi=32 -msoft-float -mno-abicalls -fno-pic -G0 -std=c11 -Wall -Wextra -Werror
	-ffreestanding -fno-builtin -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables
	-fno-stack-protector -ffunction-sections"

# image NAME BASE VARIABLES [FLAGS]: every .S and .c file of a folder, linked at BASE
image() {
	mkdir "$objects/$1"
	for source in "$here/$1"/*.S "$here/$1"/*.c; do
		if [ -e "$source" ]; then
			mips-linux-gnu-gcc $flags ${4:-} -c -o "$objects/$1/$(basename "$source").o" "$source"
		fi
	done
	mips-linux-gnu-ld -EB -n --gc-sections --build-id=none \
		--defsym=base="$2" --defsym=variables="$3" -T "$here/image.ld" -o "$out/$1.elf" "$objects/$1"/*.o
	# Python looks entry points up by these names.
	mips-linux-gnu-strip --strip-unneeded --wildcard --keep-symbol='vector_*' --keep-symbol='float_*' \
		--keep-symbol=initial_thread "$out/$1.elf"
	images="$images $1.elf"
}

images=
image system 0x80000000 0x80040000 "-Os -fno-jump-tables -fno-strict-aliasing"
image float 0x80020000 0x80060000 "-O2 -mno-check-zero-division"
cd "$out" && sha256sum $images > images.sha256
