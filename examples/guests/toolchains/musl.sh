# Builds musl for processors without floating point, and the specs that make gcc use it,
# $TOOLCHAIN/lib/musl-gcc.specs.
#
# The arithmetic of float and double is glibc's soft-fp: gcc's library as Debian builds it uses floating-point
# registers. It goes into libsoftfp.a, which is asked before gcc's library.
CC="mips-linux-gnu-gcc -march=mips32r2 -msoft-float -fno-pie -mno-shared"

cd musl
CC="$CC" AR=mips-linux-gnu-ar RANLIB=mips-linux-gnu-ranlib ./configure --target=mips-linux-muslsf \
	--prefix="$TOOLCHAIN" --syslibdir="$TOOLCHAIN/lib" --disable-shared --enable-wrapper=gcc
make -s -j"$(nproc)" install
cd ..

mkdir objects
cp glibc/sysdeps/mips/mips32/sfp-machine.h glibc/stdlib/longlong.h glibc/soft-fp/
cat >>glibc/soft-fp/sfp-machine.h <<'END'

#define __LITTLE_ENDIAN 1234
#define __BIG_ENDIAN 4321
#define __BYTE_ORDER __BIG_ENDIAN
#define strong_alias(name, also) extern __typeof(name) also __attribute__((alias(#name)));
END
for operation in add sub mul div neg eq ge le unord; do
	case $operation in add | sub | mul | div) n=3 ;; *) n=2 ;; esac
	for precision in sf df; do
		echo "$operation$precision$n"
	done
done >names
for integer in si di; do
	for precision in sf df; do
		echo "fix$precision$integer" "fixuns$precision$integer" "float$integer$precision" "floatun$integer$precision"
	done
done >>names
echo extendsfdf2 truncdfsf2 >>names
for name in $(cat names); do
	$CC -O2 -Wall -Iglibc/soft-fp -c -o "objects/$name.o" "glibc/soft-fp/$name.c"
done
mips-linux-gnu-ar rcsD "$TOOLCHAIN/lib/libsoftfp.a" objects/*.o
sed -i 's/^libgcc\.a%s/-lsoftfp libgcc.a%s/' "$TOOLCHAIN/lib/musl-gcc.specs"
