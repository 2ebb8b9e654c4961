/* Statistics of the numbers on standard input: count, mean, standard deviation, geometric mean, least-squares
 * line over their positions, and the same in single precision. Double arithmetic, libm, scanf and printf with
 * %g, %e, %a: what programs with floating-point registers do. */
#include <float.h>
#include <math.h>
#include <stdio.h>

enum { MOST = 1000 };

int main(void)
{
	static double x[MOST];
	int n = 0;
	while (n < MOST && scanf("%lf", &x[n]) == 1)
		n++;
	if (n < 2) {
		fprintf(stderr, "two numbers at least, please\n");
		return 1;
	}

	double mean = 0, squares = 0, logarithms = 0, product = 0, least = DBL_MAX, most = -DBL_MAX;
	float single = 0;
	for (int i = 0; i < n; i++) {
		/* Welford's update */
		double delta = x[i] - mean;
		mean += delta / (i + 1);
		squares += delta * (x[i] - mean);
		logarithms += log(x[i]);
		product += x[i] * i;
		least = fmin(least, x[i]);
		most = fmax(most, x[i]);
		single += (float)x[i] / 3.0f;
	}
	double positions = n * (n - 1) / 2.0, position_squares = n * (n - 1) * (2.0 * n - 1) / 6.0;
	double slope = (n * product - positions * mean * n) / (n * position_squares - positions * positions);

	printf("count      %d\n", n);
	printf("range      %g to %g\n", least, most);
	printf("mean       %.15g\n", mean);
	printf("deviation  %.10g\n", sqrt(squares / (n - 1)));
	printf("geometric  %.10g\n", exp(logarithms / n));
	printf("line       %e + %e i\n", mean - slope * positions / n, slope);
	printf("exact      %a\n", mean);
	printf("single     %.9g\n", (double)single);
	printf("special    %g %g %g %.17g\n", 1 / (least - least), -1 / (most - most), fmod(most, least), nextafter(most, INFINITY));
	printf("rounded    %.0f %.2f %ld %d\n", floor(mean), ceil(mean * 100) / 100, lrint(slope), mean > slope);
	return 0;
}
