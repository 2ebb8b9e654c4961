use super::evaluate::evaluate_pairs;
use super::part::fold_pairs;
use super::*;
use crate::fractions;
use crate::fractions::Numerators;
use crate::lanes;
use ark_ff::BigInt;
use ark_std::rand::Rng;
use ark_std::{test_rng, UniformRand};

/// Random elements, mixed with those whose forms are the smallest and the largest.
fn elements(count: usize) -> Vec<Fr> {
    let mut rng = test_rng();
    let mut largest = <Fr as ark_ff::PrimeField>::MODULUS;
    largest.0[0] -= 1;
    let corners = [Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::new_unchecked(largest)];
    let mut draw = |_| match rng.gen_range(0..6) {
        corner @ 0..4 => corners[corner],
        4 => Fr::new_unchecked(BigInt([u64::MAX, u64::MAX, u64::MAX, 1 << 60])),
        _ => Fr::rand(&mut rng),
    };
    (0..count).map(&mut draw).collect()
}

fn parts(groups: usize) -> [Part; 2] {
    let mut rng = test_rng();
    let denominators = elements(4 * groups);
    let small = (0..4 * groups).map(|_| match rng.gen_range(0..5) {
        0 => i64::MIN,
        1 => i64::MAX,
        n @ 2..4 => n - 3,
        _ => rng.gen(),
    });
    let numerators = [
        Numerators::Small(small.collect()),
        Numerators::Field(elements(4 * groups + 7)[7..].to_vec()),
    ];
    numerators.map(|numerators| Part {
        numerators,
        denominators: denominators.clone(),
        bits: 10,
        tail: Fr::ONE,
    })
}

/// Whichever way the inner loops are compiled, they do what the plain ones do.
#[test]
fn lanes_evaluate_as_the_plain_loop() {
    let eq = elements(40);
    for part in parts(96) {
        for unshifted in [None, Some(elements(9)[8]), Some(Fr::ZERO)] {
            for start in [0, 1, 8] {
                let plain = evaluate_pairs::<false>(&part, &eq, start, unshifted);
                let (done, first) = lanes::evaluate_pairs(
                    &part.numerators,
                    &part.denominators,
                    &eq,
                    start,
                    unshifted,
                );
                let rest = evaluate_pairs::<false>(&part, &eq[done..], start + done, unshifted);
                assert_eq!(plain, std::array::from_fn(|i| first[i] + rest[i]));
            }
        }
    }
}

#[test]
fn lanes_fold_as_the_plain_loop() {
    for part in parts(96) {
        let groups = (&part.numerators, part.denominators.as_slice());
        for challenge in elements(12) {
            for unshifted in [None, Some(elements(9)[8])] {
                let mut plain = (vec![Fr::ZERO; 4 * 40], vec![Fr::ZERO; 4 * 40]);
                let mut lanes = plain.clone();
                let out = (plain.0.as_mut_slice(), plain.1.as_mut_slice());
                fold_pairs(groups, 3, challenge, unshifted, out);
                let out = (lanes.0.as_mut_slice(), lanes.1.as_mut_slice());
                let done = lanes::fold_pairs(groups, 3, challenge, unshifted, out);
                assert_eq!(plain.0[..4 * done], lanes.0[..4 * done]);
                assert_eq!(plain.1[..4 * done], lanes.1[..4 * done]);
            }
        }
    }
}

#[test]
fn lanes_combine_as_the_plain_function() {
    for part in parts(96) {
        let groups = (&part.numerators, part.denominators.as_slice());
        let (mut p, mut q) = (vec![Fr::ZERO; 43], vec![Fr::ZERO; 43]);
        let done = lanes::combine(groups, 5, (&mut p, &mut q));
        for (group, sum) in (5..5 + done).zip(p.iter().zip(&q)) {
            let children = part.denominators[4 * group..][..4].try_into().unwrap();
            let plain = fractions::combine(&part.numerators.group(group), children);
            assert_eq!((*sum.0, *sum.1), plain);
        }
    }
}
