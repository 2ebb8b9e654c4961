//! Key generation from known secrets: for development and tests, never for production.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{batch_inversion, Field, One, UniformRand, Zero};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rand_chacha::rand_core::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;

use super::{domain, ProvingKey, Query, VerifyingKey};
use crate::error::{Error, Result};
use crate::msm::FixedBase;
use crate::r1cs::{Matrix, R1cs};

/// The secrets of a key. Who knows them can prove anything.
pub(super) struct Trapdoor {
    pub tau: Fr,
    pub alpha: Fr,
    pub beta: Fr,
    pub delta: Fr,
}

impl Trapdoor {
    /// Derives the secrets from a public seed: this makes a *development* key.
    fn from_seed(seed: [u8; 32], size: usize) -> Self {
        let mut rng = ChaCha20Rng::from_seed(seed);
        let mut draw = || loop {
            let value = Fr::rand(&mut rng);
            // δ = 1 would equal γ (both sums then merge and anything verifies); the others are
            // degenerate at 0, and τ inside the doubled domain has no Lagrange inverse.
            if !value.is_zero() && !value.is_one() && !value.pow([2 * size as u64]).is_one() {
                return value;
            }
        };
        Self { tau: draw(), alpha: draw(), beta: draw(), delta: draw() }
    }
}

/// L_i(τ) for all points of a domain that does not contain τ: (τ^n − 1) ω^i / (n (τ − ω^i)).
fn lagrange(domain: &Radix2EvaluationDomain<Fr>, tau: Fr) -> Vec<Fr> {
    let points: Vec<Fr> = domain.elements().collect();
    let mut values: Vec<Fr> = points.par_iter().map(|point| tau - point).collect();
    batch_inversion(&mut values);
    let scale = domain.evaluate_vanishing_polynomial(tau) * domain.size_inv();
    values.par_iter_mut().zip(&points).for_each(|(value, point)| *value *= scale * point);
    values
}

/// Σ_row M[row, w] L_row(τ) for every wire w.
fn evaluate(r1cs: &R1cs, matrix: &Matrix, lagrange: &[Fr]) -> Vec<Fr> {
    let mut values = vec![Fr::zero(); r1cs.wires()];
    for (row, basis) in lagrange.iter().enumerate().take(r1cs.constraints()) {
        for (wire, index) in matrix.row(row) {
            values[wire] += r1cs.coefficients()[index] * basis;
        }
    }
    values
}

/// A development key: the secrets follow from the public `seed`, and so does every byte of the key.
///
/// `progress` is told the fraction done; it returns false to stop early, which is an error.
pub fn development(
    r1cs: &R1cs,
    seed: [u8; 32],
    progress: impl Fn(f64) -> bool,
) -> Result<ProvingKey> {
    let secrets = Trapdoor::from_seed(seed, domain(r1cs)?.size());
    from_trapdoor(r1cs, &secrets, progress)
}

pub(super) fn from_trapdoor(
    r1cs: &R1cs,
    secrets: &Trapdoor,
    progress: impl Fn(f64) -> bool,
) -> Result<ProvingKey> {
    let step = |done: f64| {
        progress(done).then_some(()).ok_or_else(|| Error::setup("key generation was interrupted"))
    };
    let domain = domain(r1cs)?;
    let size = domain.size();
    let Trapdoor { tau, alpha, beta, delta } = *secrets;

    let doubled = Radix2EvaluationDomain::new(2 * size)
        .ok_or_else(|| Error::value("the doubled domain is too large"))?;
    let basis = lagrange(&domain, tau);
    let [a, b, c] = r1cs.matrices();
    let mut a = evaluate(r1cs, a, &basis);
    let b = evaluate(r1cs, b, &basis);
    let c = evaluate(r1cs, c, &basis);
    // The extra rows: A = wire i at row (constraints + i).
    for wire in 0..=r1cs.public() {
        a[wire] += basis[r1cs.constraints() + wire];
    }
    let inputs = r1cs.public() + 1;
    let delta_inverse = delta.inverse().expect("δ is not zero");
    let mut sums: Vec<Fr> = (0..r1cs.wires()).map(|w| beta * a[w] + alpha * b[w] + c[w]).collect();
    sums[inputs..].par_iter_mut().for_each(|sum| *sum *= delta_inverse);
    let h: Vec<Fr> =
        lagrange(&doubled, tau).iter().skip(1).step_by(2).map(|x| delta_inverse * x).collect();
    step(0.05)?;

    let g1 = FixedBase::new(G1Affine::generator(), 4 * r1cs.wires());
    let g2 = FixedBase::new(G2Affine::generator(), r1cs.wires());
    let query = |scalars: &[Fr]| Query::new(0, &g1.multiples(scalars));
    let a = query(&a);
    step(0.2)?;
    let b1 = query(&b);
    step(0.35)?;
    let sums = g1.multiples(&sums);
    step(0.5)?;
    let h = g1.multiples(&h);
    step(0.65)?;
    let b2 = Query::new(0, &g2.multiples(&b));
    step(1.0)?;
    let one = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
    let two = |scalar: Fr| (G2Affine::generator() * scalar).into_affine();
    Ok(ProvingKey {
        r1cs_digest: *r1cs.digest(),
        development: true,
        verifying: VerifyingKey {
            alpha_g1: one(alpha),
            beta_g2: two(beta),
            delta_g2: two(delta),
            ic: sums[..inputs].to_vec(),
        },
        beta_g1: one(beta),
        delta_g1: one(delta),
        a,
        b1,
        b2,
        c: Query::new(inputs, &sums[inputs..]),
        h,
    })
}
