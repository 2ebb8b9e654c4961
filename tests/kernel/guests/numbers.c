/* Floating point as programs use it: the C library's functions, conversions, matrices, sorting. */
#define _GNU_SOURCE
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned seed = 12345;

static double next(void)
{
	seed = seed * 1103515245 + 12345;
	return (double)(int)seed / 1000003.0;
}

static void library(void)
{
	static const double values[] = { 0.0, -0.0, 1.0, -2.5, 1e-300, 1e300, 0.1, 3.0, 1e-7, 123456789.125, DBL_MIN / 8 };

	for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
		double x = values[i];

		printf("%g: %.17g %.17g %.17g %.17g\n", x, sin(x), cos(x), exp(x), log(fabs(x)));
		printf("  %.17g %.17g %.17g %.17g %a\n", sqrt(x), cbrt(x), atan2(x, 2), pow(fabs(x), 0.3), tanh(x));
		printf("  %.9g %.9g %.9g %ld %.0f %.0f\n", sinf(x), expf(x), sqrtf(x), lrint(x * 1e-290), floor(x), ceil(x));
		printf("  %.17g %.17g %d %d\n", fmod(x, 0.3), ldexp(x, -20), isnan(x / x), isinf(1 / x));
	}
}

static void text(void)
{
	static const char *const texts[] = {
		"3.14159265358979323846", "1e-320", "2.2250738585072011e-308", "1.7976931348623159e308",
		"9007199254740993", "-0x1.8p-1074", "nan", "-inf", ".1", "1e23",
	};

	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
		double x = strtod(texts[i], NULL);

		printf("%s: %g %.17e %a %.3f %.9g\n", texts[i], x, x, x, x, strtof(texts[i], NULL));
	}
	printf("%d %lld %u %.1f\n", (int)-7.9, (long long)1e15, (unsigned)4e9, (double)1234567890123456789ll);
}

static void modes(void)
{
	static const int all[] = { FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD };

	for (int i = 0; i < 4; i++) {
		volatile double one = 1, three = 3, tiny = DBL_MIN;
		volatile float third;

		fesetround(all[i]);
		feclearexcept(FE_ALL_EXCEPT);
		third = one / three;
		printf("%d: %.20g %.20g %.9g %ld %x", i, one / three, -one / three, third, lrint(-2.5), fetestexcept(FE_ALL_EXCEPT));
		printf(" %g %x\n", tiny / three, fetestexcept(FE_ALL_EXCEPT));
	}
	fesetround(FE_TONEAREST);
}

static void matrices(void)
{
	enum { N = 6 };
	double a[N][N], b[N][N], sum = 0;
	float f[N], g = 0;

	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			a[i][j] = next();
			b[i][j] = i == j;
		}
	for (int k = 0; k < N; k++) {
		double pivot = 1 / a[k][k];

		for (int j = 0; j < N; j++)
			a[k][j] *= pivot, b[k][j] *= pivot;
		for (int i = 0; i < N; i++) {
			double factor = a[i][k];

			if (i != k)
				for (int j = 0; j < N; j++)
					a[i][j] -= factor * a[k][j], b[i][j] -= factor * b[k][j];
		}
	}
	for (int i = 0; i < N; i++) {
		f[i] = next();
		g += f[i] * f[i];
		for (int j = 0; j < N; j++)
			sum += fabs(b[i][j]);
	}
	printf("%.17g %.9g %.9g\n", sum, g, 1 / sqrtf(g));
}

static int ascending(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

static void sorting(void)
{
	double values[100];

	for (int i = 0; i < 100; i++)
		values[i] = next();
	qsort(values, 100, sizeof *values, ascending);
	for (int i = 0; i < 100; i += 11)
		printf("%.3f%c", values[i], i == 99 ? '\n' : ' ');
}

int main(int argc, char **argv)
{
	volatile double zero = 0;

	if (argc > 1 && strcmp(argv[1], "trap") == 0) {
		puts("before");
		fflush(stdout);
		feenableexcept(FE_DIVBYZERO);
		zero = 1 / zero;
		puts("after");
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "control") == 0) {
		/* A cause whose exception is enabled, written by hand. */
		__asm__ volatile("ctc1 %0, $31" : : "r"(1 << 15 | 1 << 10));
		return 0;
	}
	library();
	text();
	modes();
	matrices();
	sorting();
	return 0;
}
