//! The prover.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::UniformRand;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rand_chacha::rand_core::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;

use super::verify::Proof;
use super::{domain, ProvingKey, Query};
use crate::error::{Error, Result};
use crate::msm::msm;
use crate::r1cs::R1cs;

/// Values at the roots of unity → values at the odd points of the doubled domain.
fn shift(
    domain: &Radix2EvaluationDomain<Fr>,
    coset: &Radix2EvaluationDomain<Fr>,
    values: &mut Vec<Fr>,
) {
    domain.ifft_in_place(values);
    coset.fft_in_place(values);
}

/// A B − C at the odd points of the doubled domain, where C interpolates the rows' products.
fn numerator(r1cs: &R1cs, wires: &[Fr]) -> Result<Vec<Fr>> {
    let domain = domain(r1cs)?;
    let doubled = Radix2EvaluationDomain::<Fr>::new(2 * domain.size())
        .ok_or_else(|| Error::value("the doubled domain is too large"))?;
    let coset = domain.get_coset(doubled.group_gen()).expect("a root of unity is not zero");
    let (mut a, mut b) = r1cs.products(wires)?;
    a.extend_from_slice(&wires[..=r1cs.public()]);
    for values in [&mut a, &mut b] {
        values.resize(domain.size(), Fr::from(0u64));
    }
    let mut c: Vec<Fr> = a.par_iter().zip(&b).map(|(a, b)| a * b).collect();
    for values in [&mut a, &mut b, &mut c] {
        shift(&domain, &coset, values);
    }
    a.par_iter_mut().zip(b).zip(c).for_each(|((a, b), c)| *a = *a * b - c);
    Ok(a)
}

/// Multi-scalar multiplication: ours, or another one to compare it with.
pub trait Multiplier {
    fn g1(points: &[G1Affine], scalars: &[Fr]) -> G1Projective;
    fn g2(points: &[G2Affine], scalars: &[Fr]) -> G2Projective;
}

/// [`crate::msm`].
pub struct Own;

impl Multiplier for Own {
    fn g1(points: &[G1Affine], scalars: &[Fr]) -> G1Projective {
        msm(points, scalars)
    }

    fn g2(points: &[G2Affine], scalars: &[Fr]) -> G2Projective {
        msm(points, scalars)
    }
}

/// arkworks' own.
pub struct Arkworks;

impl Multiplier for Arkworks {
    fn g1(points: &[G1Affine], scalars: &[Fr]) -> G1Projective {
        G1Projective::msm_unchecked(points, scalars)
    }

    fn g2(points: &[G2Affine], scalars: &[Fr]) -> G2Projective {
        G2Projective::msm_unchecked(points, scalars)
    }
}

/// The wires that have a point in a query.
fn scalars<P>(query: &Query<P>, wires: &[Fr]) -> Vec<Fr> {
    query.wires.iter().map(|wire| wires[*wire as usize]).collect()
}

/// A proof that `wires` satisfy the R1CS, zero-knowledge if `seed` is fresh and secret.
///
/// The randomisers r and s are expanded from the seed; two proofs of different wires under one
/// seed would reveal relations between them.
pub fn prove(key: &ProvingKey, r1cs: &R1cs, wires: &[Fr], seed: [u8; 32]) -> Result<Proof> {
    prove_with::<Own>(key, r1cs, wires, seed)
}

/// [`prove`] with another multiplier.
pub fn prove_with<M: Multiplier>(
    key: &ProvingKey,
    r1cs: &R1cs,
    wires: &[Fr],
    seed: [u8; 32],
) -> Result<Proof> {
    if key.r1cs_digest != *r1cs.digest() {
        return Err(Error::setup("the Groth16 key belongs to another circuit"));
    }
    let mut rng = ChaCha20Rng::from_seed(seed);
    let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
    let numerator = numerator(r1cs, wires)?;

    let sum = |query: &Query<G1Affine>| M::g1(&query.points, &scalars(query, wires));
    let a = sum(&key.a) + key.delta_g1 * r + key.verifying.alpha_g1;
    let b1 = sum(&key.b1) + key.delta_g1 * s + key.beta_g1;
    let b2 = M::g2(&key.b2.points, &scalars(&key.b2, wires));
    let b2 = b2 + key.verifying.delta_g2 * s + key.verifying.beta_g2;
    let c = sum(&key.c) + M::g1(&key.h, &numerator);
    let c = c + a * s + b1 * r - key.delta_g1 * (r * s);
    let points: Vec<G1Affine> = G1Projective::normalize_batch(&[a, c]);
    Ok(Proof { a: points[0], b: b2.into_affine(), c: points[1] })
}
