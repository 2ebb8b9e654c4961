//! Groth16 over BN254 (Groth, eprint 2016/260), in the form that snarkjs uses.
//!
//! For wires w of an R1CS with ℓ public inputs let A(X) = Σ_w w A_w(X), and B, C likewise, be the
//! interpolants of the rows over the 2^k-th roots of unity. As in snarkjs, the rows are followed
//! by one more for each of the wires 0 … ℓ, with A = that wire and B = C = 0: they make the
//! public inputs' A_w linearly independent. The key holds, for secrets τ, α, β, δ and γ = 1,
//!
//! - A_w(τ) in G1, B_w(τ) in G1 and G2,
//! - (β A_w + α B_w + C_w)(τ) in G1: for w ≤ ℓ in the verifying key, divided by δ for the others,
//! - L_j(τ) / δ for the odd Lagrange polynomials of the domain of twice the size: the numerator
//!   A B − C vanishes on the even points, so its values at the odd ones are all that
//!   [h(τ) Z(τ) / δ] needs, and the prover divides by nothing.
//!
//! A proof is (A, B, C) with e(−A, B) e(α, β) e(IC_0 + Σ x_i IC_i, [1]_2) e(C, δ) = 1.

pub mod ceremony;
pub mod file;
pub mod prove;
pub mod setup;
pub mod verify;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::FftField;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};

use crate::error::{Error, Result};
use crate::pairing::{G1_BYTES, G2_BYTES};
use crate::r1cs::R1cs;

/// Bytes of a proof: A, B, C in the EVM's form.
pub const PROOF_BYTES: usize = 2 * G1_BYTES + G2_BYTES;

/// What the verifier needs. γ₂ is the generator of G2 and not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    pub alpha_g1: G1Affine,
    pub beta_g2: G2Affine,
    pub delta_g2: G2Affine,
    /// IC_0 for the constant one, then one point for each public input.
    pub ic: Vec<G1Affine>,
}

/// One point for each wire that has one; wires whose point is infinity are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query<G> {
    /// Ascending.
    pub wires: Vec<u32>,
    pub points: Vec<G>,
}

impl<G: AffineRepr> Query<G> {
    /// The query of points for the wires `first`, `first + 1`, ….
    pub fn new(first: usize, points: &[G]) -> Self {
        let live = points.iter().enumerate().filter(|(_, point)| !point.is_zero());
        let (wires, points) = live.map(|(i, point)| ((first + i) as u32, *point)).unzip();
        Self { wires, points }
    }
}

/// What the prover needs beside the R1CS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvingKey {
    /// Of the R1CS that this key was made for.
    pub r1cs_digest: [u8; 32],
    /// Made from secrets that anybody can derive: for tests and demonstrations only.
    pub development: bool,
    pub verifying: VerifyingKey,
    pub beta_g1: G1Affine,
    pub delta_g1: G1Affine,
    pub a: Query<G1Affine>,
    pub b1: Query<G1Affine>,
    pub b2: Query<G2Affine>,
    /// Private wires only.
    pub c: Query<G1Affine>,
    /// One point for each odd point of the doubled domain.
    pub h: Vec<G1Affine>,
}

/// The evaluation domain of an R1CS: its rows and one more for each of the wires 0 … ℓ.
pub fn domain(r1cs: &R1cs) -> Result<Radix2EvaluationDomain<Fr>> {
    let rows = r1cs.constraints() + r1cs.public() + 1;
    // The prover works on a domain of twice the size.
    (rows <= 1 << (Fr::TWO_ADICITY - 1))
        .then(|| Radix2EvaluationDomain::new(rows))
        .flatten()
        .ok_or_else(|| Error::value(format!("{rows} rows are more than the domain can hold")))
}

#[cfg(test)]
mod tests {
    use super::prove::prove;
    use super::setup::development;
    use super::verify::{verify, Proof};
    use super::*;
    use crate::r1cs::{Description, Matrix, CHECK};
    use ark_bn254::Fq;
    use ark_ec::CurveGroup;
    use ark_ff::{Field, One};

    /// Public x^(2^(steps + 1)), private x: a chain of squarings.
    pub(super) fn squarings(steps: u32) -> R1cs {
        let rows = steps + 1;
        let matrix = |wire: &dyn Fn(u32) -> u32| Matrix {
            indptr: (0..=rows as usize).collect(),
            wires: (0..rows).map(wire).collect(),
            coefficients: vec![0; rows as usize],
        };
        let factor = |row: u32| row + 2;
        R1cs::new(Description {
            public: 1,
            private: 1,
            a: matrix(&factor),
            b: matrix(&factor),
            c: matrix(&|row| if row == steps { 1 } else { row + 3 }),
            coefficients: vec![Fr::one()],
            solves: (0..rows)
                .map(|row| if row == steps { CHECK } else { row as i32 + 3 })
                .collect(),
            labels: Default::default(),
        })
        .unwrap()
    }

    fn instance(steps: u32) -> (R1cs, Vec<Fr>) {
        let r1cs = squarings(steps);
        let x = Fr::from(3u64);
        let mut y = x;
        for _ in 0..=steps {
            y.square_in_place();
        }
        let wires = r1cs.solve(&[y], &[x]).unwrap();
        (r1cs, wires)
    }

    #[test]
    fn proofs_verify_and_forgeries_do_not() {
        // 1 … 9 rows: domains that are full (with the extra rows) and that are not.
        for steps in [0, 1, 4, 5, 8] {
            let (r1cs, wires) = instance(steps);
            let key = development(&r1cs, [7; 32], |_| true).unwrap();
            let proof = prove(&key, &r1cs, &wires, [1; 32]).unwrap();
            let inputs = &wires[1..2];
            assert!(verify(&key.verifying, inputs, &proof).unwrap(), "{steps}");
            assert_eq!(Proof::from_bytes(&proof.to_bytes()).unwrap(), proof);
            assert!(!verify(&key.verifying, &[inputs[0] + Fr::one()], &proof).unwrap());
            let negated = Proof { a: -proof.a, ..proof };
            assert!(!verify(&key.verifying, inputs, &negated).unwrap());
            let moved = Proof { c: (proof.c + G1Affine::generator()).into_affine(), ..proof };
            assert!(!verify(&key.verifying, inputs, &moved).unwrap());
            assert!(verify(&key.verifying, &[], &proof).is_err());
        }
    }

    #[test]
    fn proofs_of_one_statement_differ_with_the_seed() {
        let (r1cs, wires) = instance(3);
        let key = development(&r1cs, [7; 32], |_| true).unwrap();
        let [first, again, other] =
            [1, 1, 2].map(|seed| prove(&key, &r1cs, &wires, [seed; 32]).unwrap());
        assert_eq!(first, again);
        assert!(first.a != other.a && first.b != other.b && first.c != other.c);
    }

    #[test]
    fn refuses_wires_that_do_not_satisfy_and_keys_of_other_circuits() {
        let (r1cs, mut wires) = instance(3);
        let key = development(&r1cs, [7; 32], |_| true).unwrap();
        assert!(prove(&key, &instance(4).0, &instance(4).1, [1; 32]).is_err());
        wires[4] += Fr::one();
        assert!(prove(&key, &r1cs, &wires, [1; 32]).is_err());
        assert!(prove(&key, &r1cs, &wires[1..], [1; 32]).is_err());
    }

    #[test]
    fn set_up_is_deterministic_and_can_be_stopped() {
        let (r1cs, _) = instance(3);
        let key = |seed| development(&r1cs, [seed; 32], |_| true).unwrap();
        assert_eq!(key(1), key(1));
        assert_ne!(key(1).verifying, key(2).verifying);
        assert!(development(&r1cs, [1; 32], |done| done < 0.5).is_err());
    }

    #[test]
    fn key_files_return_and_damage_is_found() {
        let (r1cs, _) = instance(3);
        let key = development(&r1cs, [7; 32], |_| true).unwrap();
        let bytes = key.to_bytes();
        assert_eq!(ProvingKey::from_bytes(&bytes).unwrap(), key);
        assert!(ProvingKey::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        assert!(ProvingKey::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        assert!(ProvingKey::from_bytes(&[]).is_err());
        for at in (0..bytes.len()).step_by(37).chain([50, 95, 130]) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x80;
            assert!(ProvingKey::from_bytes(&damaged).is_err(), "byte {at}");
        }
    }

    #[test]
    fn key_files_with_bad_points_are_refused_even_with_a_fitting_hash() {
        let (r1cs, _) = instance(3);
        let mut key = development(&r1cs, [7; 32], |_| true).unwrap();
        key.h[0] = G1Affine::new_unchecked(Fq::from(1u64), Fq::from(1u64));
        assert!(ProvingKey::from_bytes(&key.to_bytes()).is_err());
    }
}
