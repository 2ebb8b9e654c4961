use super::sums::Pairs;
use super::*;
use ark_bn254::{g1, g2, G1Affine};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{One, UniformRand};
use ark_std::rand::Rng;
use ark_std::test_rng;

fn points<P: SumCurve<ScalarField = Fr>>(count: usize) -> Vec<Affine<P>> {
    let mut rng = test_rng();
    let scalars: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
    FixedBase::new(P::GENERATOR, count).multiples(&scalars)
}

/// Σ by the definition.
fn reference<P: SumCurve<ScalarField = Fr>>(points: &[Affine<P>], scalars: &[Fr]) -> Projective<P> {
    points.iter().zip(scalars).map(|(point, scalar)| *point * *scalar).sum()
}

fn edge_scalars() -> Vec<Fr> {
    let two = Fr::from(2u64);
    let mut scalars = vec![Fr::zero(), Fr::one(), -Fr::one(), two, -two];
    for bits in [7u64, 8, 15, 16, 17, 31, 32, 63, 64, 127, 128, 252, 253] {
        let power = ark_ff::Field::pow(&two, [bits]);
        scalars.extend([power, power - Fr::one(), -power, power + Fr::one()]);
    }
    scalars
}

fn check_full<P: SumCurve<ScalarField = Fr>>(count: usize) {
    let points = points::<P>(count);
    let mut rng = test_rng();
    let scalars: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
    assert_eq!(msm(&points, &scalars), reference(&points, &scalars));
}

#[test]
fn full_width_of_every_small_size() {
    for count in [0, 1, 2, 3, 4, 7, 8, 9, 31, 64, 100] {
        check_full::<g1::Config>(count);
        check_full::<g2::Config>(count);
    }
}

#[test]
fn edge_scalars_of_full_width() {
    let scalars = edge_scalars();
    let points = points::<g1::Config>(scalars.len());
    assert_eq!(msm(&points, &scalars), reference(&points, &scalars));
    for (point, scalar) in points.iter().zip(&scalars) {
        assert_eq!(msm(&[*point], &[*scalar]), *point * scalar);
    }
}

/// Equal, opposite and infinite points, alone and among others, meet in the same buckets.
#[test]
fn equal_opposite_and_infinite_points() {
    let some = points::<g1::Config>(40);
    let mut rng = test_rng();
    for round in 0..30 {
        let count = 1 << (round % 10);
        let points: Vec<G1Affine> = (0..count)
            .map(|_| match rng.gen_range(0..4) {
                0 => G1Affine::zero(),
                1 => some[0],
                2 => -some[rng.gen_range(0..3)],
                _ => some[rng.gen_range(0..40)],
            })
            .collect();
        let small: Vec<i64> = (0..count).map(|_| rng.gen_range(-3..4)).collect();
        let scalars: Vec<Fr> = small.iter().map(|x| crate::field::from_i64(*x)).collect();
        let expected = reference(&points, &scalars);
        assert_eq!(msm_i64(&points, &small), expected);
        assert_eq!(msm(&points, &scalars), expected);
    }
}

#[test]
fn large_sums_against_arkworks() {
    let points = points::<g1::Config>(20_000);
    let mut rng = test_rng();
    let scalars: Vec<Fr> = (0..points.len()).map(|_| Fr::rand(&mut rng)).collect();
    let expected: Projective<g1::Config> = VariableBaseMSM::msm(&points, &scalars).unwrap();
    assert_eq!(msm(&points, &scalars), expected);
    // All in one bucket: pieces of a group are put together.
    let ones = vec![1; points.len()];
    let sum: Projective<g1::Config> = points.iter().sum();
    assert_eq!(msm_i64(&points, &ones), sum);
}

#[test]
fn small_scalars_of_every_width() {
    let points = points::<g1::Config>(3_000);
    let mut rng = test_rng();
    for bits in [1, 2, 8, 16, 17, 32, 41, 63, 64] {
        let scalars: Vec<i64> = (0..points.len())
            .map(|_| if rng.gen_bool(0.3) { 0 } else { rng.gen::<i64>() >> (64 - bits) })
            .collect();
        let elements: Vec<Fr> = scalars.iter().map(|x| crate::field::from_i64(*x)).collect();
        let expected: Projective<g1::Config> = VariableBaseMSM::msm(&points, &elements).unwrap();
        assert_eq!(msm_i64(&points, &scalars), expected);
    }
    let extreme = [i64::MIN, i64::MAX, -1, 0, 1 << 40, -(1 << 40)];
    let elements: Vec<Fr> = extreme.iter().map(|x| crate::field::from_i64(*x)).collect();
    assert_eq!(msm_i64(&points, &extreme), reference(&points, &elements));
}

#[test]
fn multiples_of_one_point() {
    let scalars = edge_scalars();
    for count in [1, 1 << 10, 1 << 20] {
        let table = FixedBase::<g1::Config>::new(G1Affine::generator(), count);
        let expected: Vec<G1Affine> =
            scalars.iter().map(|s| (G1Affine::generator() * s).into_affine()).collect();
        assert_eq!(table.multiples(&scalars), expected);
    }
}

/// The adders of this machine agree on sums of groups of all sizes, and where points of a group
/// are equal, opposite or infinite.
#[test]
fn adders_agree() {
    let mut some = points::<g1::Config>(300);
    some.push(G1Affine::zero());
    let mut rng = test_rng();
    for special in [0.0, 0.001, 0.1] {
        let mut terms = Vec::new();
        let mut bounds = vec![0];
        for group in 0..500 {
            let length = if group == 100 { 20_000 } else { rng.gen_range(0..40) };
            let mut left: Vec<usize> = (0..300).collect();
            for _ in 0..length {
                // Distinct points, but for the special ones.
                let term = if length > 300 || rng.gen_bool(special) {
                    rng.gen_range(0..301)
                } else {
                    left.swap_remove(rng.gen_range(0..left.len()))
                };
                terms.push(Term::new(term, rng.gen()));
            }
            bounds.push(terms.len());
        }
        let expected = group_sums::<g1::Config, Plain<_>>(&some, &terms, &bounds);
        // Not assert_eq: the points would fill pages.
        assert!(g1::Config::sums(&some, &terms, &bounds) == expected);
        for (range, sum) in bounds.windows(2).zip(&expected).take(50) {
            let naive: Projective<g1::Config> =
                terms[range[0]..range[1]].iter().map(|term| Pairs::point(&some, term.code())).sum();
            assert_eq!(*sum, naive);
        }
    }
}
