//! The verifying equation, and proofs in the EVM's form.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};

use super::{VerifyingKey, PROOF_BYTES};
use crate::error::{Error, Result};
use crate::pairing::{g1_from_bytes, g1_to_bytes, g2_from_bytes, g2_to_bytes, pairing_check};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    pub a: G1Affine,
    pub b: G2Affine,
    pub c: G1Affine,
}

impl Proof {
    pub fn to_bytes(self) -> [u8; PROOF_BYTES] {
        let parts: [&[u8]; 3] =
            [&g1_to_bytes(&self.a), &g2_to_bytes(&self.b), &g1_to_bytes(&self.c)];
        parts.concat().try_into().expect("the parts of a proof")
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.len() != PROOF_BYTES {
            return Err(Error::value(format!("{} bytes are no Groth16 proof", bytes.len())));
        }
        Ok(Self {
            a: g1_from_bytes(&bytes[..64])?,
            b: g2_from_bytes(&bytes[64..192])?,
            c: g1_from_bytes(&bytes[192..])?,
        })
    }
}

/// e(−A, B) e(α, β) e(IC_0 + Σ x_i IC_i, [1]_2) e(C, δ) = 1.
pub fn verify(key: &VerifyingKey, inputs: &[Fr], proof: &Proof) -> Result<bool> {
    if inputs.len() + 1 != key.ic.len() {
        return Err(Error::value(format!(
            "{} public inputs given, {} expected",
            inputs.len(),
            key.ic.len().saturating_sub(1)
        )));
    }
    let mut sum = G1Projective::from(key.ic[0]);
    for (point, input) in key.ic[1..].iter().zip(inputs) {
        sum += *point * input;
    }
    Ok(pairing_check(&[
        (-proof.a, proof.b),
        (key.alpha_g1, key.beta_g2),
        (sum.into_affine(), G2Affine::generator()),
        (proof.c, key.delta_g2),
    ]))
}
