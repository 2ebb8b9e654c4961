//! Polynomials over Fr as coefficient vectors, lowest first.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, One};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

/// Shorter polynomials are worked on by one thread.
const PARALLEL_FROM: usize = 1 << 14;

/// f(x).
pub fn evaluate(f: &[Fr], x: Fr) -> Fr {
    let chunk = f.len().div_ceil(rayon::current_num_threads()).max(PARALLEL_FROM);
    let step = x.pow([chunk as u64]);
    let values: Vec<Fr> = f.par_chunks(chunk).map(|part| horner(part, Fr::ZERO, x)).collect();
    horner(&values, Fr::ZERO, step)
}

fn horner(f: &[Fr], start: Fr, x: Fr) -> Fr {
    f.iter().rev().fold(start, |value, coefficient| value * x + coefficient)
}

/// Quotient and remainder of f by X − x.
pub fn divide_by_linear(mut f: Vec<Fr>, x: Fr) -> (Vec<Fr>, Fr) {
    if f.is_empty() {
        return (f, Fr::ZERO);
    }
    // The quotient's coefficient i − 1 is Σ_{j ≥ i} f_j x^(j−i): each part of f needs what the
    // parts above it add up to.
    let chunk = f.len().div_ceil(rayon::current_num_threads()).max(PARALLEL_FROM);
    let step = x.pow([chunk as u64]);
    let values: Vec<Fr> = f.par_chunks(chunk).map(|part| horner(part, Fr::ZERO, x)).collect();
    let mut above = Fr::ZERO;
    let mut carries: Vec<Fr> = values
        .iter()
        .rev()
        .map(|value| {
            let carry = above;
            above = above * step + value;
            carry
        })
        .collect();
    carries.reverse();
    f.par_chunks_mut(chunk).zip(carries).for_each(|(part, mut carry)| {
        for coefficient in part.iter_mut().rev() {
            carry = carry * x + *coefficient;
            *coefficient = carry;
        }
    });
    let remainder = f.remove(0);
    (f, remainder)
}

/// a += factor · b, lengthening a where needed.
pub fn add_scaled(a: &mut Vec<Fr>, factor: Fr, b: &[Fr]) {
    if a.len() < b.len() {
        a.resize(b.len(), Fr::ZERO);
    }
    a.par_iter_mut().zip(b).with_min_len(PARALLEL_FROM).for_each(|(a, b)| *a += factor * b);
}

/// f · (slope X + constant).
pub fn multiply_by_linear(f: &[Fr], slope: Fr, constant: Fr) -> Vec<Fr> {
    let mut product: Vec<Fr> = f.iter().map(|coefficient| constant * coefficient).collect();
    product.push(Fr::ZERO);
    for (sum, coefficient) in product[1..].iter_mut().zip(f) {
        *sum += slope * coefficient;
    }
    product
}

/// The polynomial of lowest degree through some points (x_i, y_i) with different x_i, few.
pub fn interpolate(points: &[(Fr, Fr)]) -> Vec<Fr> {
    let mut sum = Vec::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let mut basis = vec![Fr::one()];
        let mut denominator = Fr::one();
        for (j, (other, _)) in points.iter().enumerate() {
            if j != i {
                basis = multiply_by_linear(&basis, Fr::one(), -*other);
                denominator *= *x - other;
            }
        }
        let weight = denominator.inverse().expect("different places");
        add_scaled(&mut sum, *y * weight, &basis);
    }
    sum
}

/// Σ factor · a(X) · b(X) over (factor, a, b), by one FFT for each a and b and one back.
pub fn sum_of_products(terms: &[(Fr, &[Fr], &[Fr])]) -> Vec<Fr> {
    let length = terms.iter().map(|(_, a, b)| (a.len() + b.len()).saturating_sub(1)).max();
    let length = length.unwrap_or(0);
    let domain =
        Radix2EvaluationDomain::<Fr>::new(length.max(1)).expect("a power of two below 2^28");
    let mut values = vec![Fr::ZERO; domain.size()];
    for (factor, a, b) in terms {
        let (a, b) = rayon::join(|| domain.fft(a), || domain.fft(b));
        values
            .par_iter_mut()
            .zip(a.into_par_iter().zip(b))
            .with_min_len(PARALLEL_FROM)
            .for_each(|(value, (a, b))| *value += *factor * a * b);
    }
    domain.ifft_in_place(&mut values);
    values.truncate(length);
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use ark_std::test_rng;

    fn random(length: usize) -> Vec<Fr> {
        let mut rng = test_rng();
        (0..length).map(|_| Fr::rand(&mut rng)).collect()
    }

    fn product(a: &[Fr], b: &[Fr]) -> Vec<Fr> {
        let mut product = vec![Fr::ZERO; (a.len() + b.len()).saturating_sub(1)];
        for (i, a) in a.iter().enumerate() {
            for (j, b) in b.iter().enumerate() {
                product[i + j] += *a * b;
            }
        }
        product
    }

    #[test]
    fn division_leaves_the_value() {
        let x = random(1)[0];
        for length in [0, 1, 2, 100, PARALLEL_FROM + 1, 3 * PARALLEL_FROM + 7] {
            let f = random(length);
            let value = f.iter().rev().fold(Fr::ZERO, |value, c| value * x + c);
            assert_eq!(evaluate(&f, x), value);
            let (quotient, remainder) = divide_by_linear(f.clone(), x);
            assert_eq!(remainder, value);
            let mut back = multiply_by_linear(&quotient, Fr::one(), -x);
            add_scaled(&mut back, remainder, &[Fr::one()]);
            back.truncate(length);
            assert_eq!(back, f);
        }
    }

    #[test]
    fn products() {
        let (a, b, c, d) = (random(17), random(9), random(3), random(30));
        let mut expected = product(&a, &b);
        add_scaled(&mut expected, Fr::from(5u64), &product(&c, &d));
        let sum = sum_of_products(&[(Fr::one(), &a, &b), (Fr::from(5u64), &c, &d)]);
        assert_eq!(sum, expected);
        assert_eq!(sum_of_products(&[]), []);
    }

    #[test]
    fn interpolation() {
        let values = random(6);
        let points: Vec<_> = values.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        let f = interpolate(&points);
        assert_eq!(f.len(), 3);
        assert!(points.iter().all(|(x, y)| evaluate(&f, *x) == *y));
    }
}
