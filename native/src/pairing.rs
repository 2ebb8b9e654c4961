//! Points as bytes in the EVM's form, and the pairing check (protocol, section 7, step 6).
//!
//! A point that comes from outside is accepted only if its coordinates are below the modulus of
//! the base field and it lies on the curve; in G2 also in the subgroup of order r (G1 has no
//! other points). These are the checks of the precompiles of EIP-196 and EIP-197.

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, BigInt, BigInteger, PrimeField, Zero};

use crate::error::{Error, Result};
use crate::msm::msm;

/// Bytes of a point of G1: x ‖ y, big-endian; infinity is all zeros.
pub const G1_BYTES: usize = 64;
/// Bytes of a point of G2: imaginary part of x ‖ real part of x, then y likewise.
pub const G2_BYTES: usize = 128;

fn coordinate(bytes: &[u8]) -> Result<Fq> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_be_bytes(bytes.try_into().expect("eight bytes"));
    }
    Fq::from_bigint(BigInt::new(limbs))
        .ok_or_else(|| Error::value("a coordinate of a point is not below the field's modulus"))
}

/// The point of G1 in 64 bytes.
pub fn g1_from_bytes(bytes: &[u8]) -> Result<G1Affine> {
    if bytes.len() != G1_BYTES {
        return Err(Error::value(format!("a point of G1 has 64 bytes, not {}", bytes.len())));
    }
    let point = G1Affine::new_unchecked(coordinate(&bytes[..32])?, coordinate(&bytes[32..])?);
    if point.is_on_curve() {
        Ok(point)
    } else {
        Err(Error::value("a point is not on the curve of G1"))
    }
}

/// The point of G2 in 128 bytes.
pub fn g2_from_bytes(bytes: &[u8]) -> Result<G2Affine> {
    if bytes.len() != G2_BYTES {
        return Err(Error::value(format!("a point of G2 has 128 bytes, not {}", bytes.len())));
    }
    let mut parts = bytes.chunks_exact(32).map(coordinate);
    let mut element = || -> Result<Fq2> {
        let mut part = || parts.next().expect("four parts");
        let imaginary = part()?;
        Ok(Fq2::new(part()?, imaginary))
    };
    let point = G2Affine::new_unchecked(element()?, element()?);
    if !point.is_on_curve() {
        Err(Error::value("a point is not on the curve of G2"))
    } else if !point.is_in_correct_subgroup_assuming_on_curve() {
        Err(Error::value("a point is not in the subgroup G2"))
    } else {
        Ok(point)
    }
}

fn push(bytes: &mut Vec<u8>, coordinate: Fq) {
    bytes.extend(coordinate.into_bigint().to_bytes_be());
}

/// The 64 bytes of a point of G1.
pub fn g1_to_bytes(point: &G1Affine) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(G1_BYTES);
    let (x, y) = point.xy().unwrap_or((Fq::ZERO, Fq::ZERO));
    push(&mut bytes, x);
    push(&mut bytes, y);
    bytes
}

/// The 128 bytes of a point of G2.
pub fn g2_to_bytes(point: &G2Affine) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(G2_BYTES);
    let (x, y) = point.xy().unwrap_or((Fq2::ZERO, Fq2::ZERO));
    for part in [x.c1, x.c0, y.c1, y.c0] {
        push(&mut bytes, part);
    }
    bytes
}

/// Whether the product of the pairings is 1.
pub fn pairing_check(pairs: &[(G1Affine, G2Affine)]) -> bool {
    Bn254::multi_pairing(pairs.iter().map(|(p, _)| *p), pairs.iter().map(|(_, q)| *q)).is_zero()
}

/// e(P, Q): the coordinates of its two halves, each of three elements of F_q^2, 32 bytes each.
pub fn pairing(p: G1Affine, q: G2Affine) -> Vec<Vec<u8>> {
    let value = Bn254::pairing(p, q).0;
    let quadratic = [value.c0, value.c1].into_iter().flat_map(|half| [half.c0, half.c1, half.c2]);
    quadratic.flat_map(|x| [x.c0, x.c1]).map(|x| x.into_bigint().to_bytes_be()).collect()
}

/// Σ scalars[i] · points[i], for the few points of a verifier.
pub fn g1_msm(points: &[G1Affine], scalars: &[Fr]) -> Result<G1Affine> {
    if points.len() != scalars.len() {
        let (points, scalars) = (points.len(), scalars.len());
        return Err(Error::value(format!("{points} points and {scalars} scalars")));
    }
    if points.len() < 32 {
        let sum: G1Projective = points.iter().zip(scalars).map(|(p, s)| *p * s).sum();
        return Ok(sum.into_affine());
    }
    Ok(msm(points, scalars).into_affine())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{Field, UniformRand};
    use ark_std::test_rng;

    #[test]
    fn points_survive_their_bytes() {
        let mut rng = test_rng();
        for _ in 0..20 {
            let point = G1Affine::rand(&mut rng);
            assert_eq!(g1_from_bytes(&g1_to_bytes(&point)).unwrap(), point);
            let point = G2Affine::rand(&mut rng);
            assert_eq!(g2_from_bytes(&g2_to_bytes(&point)).unwrap(), point);
        }
        assert_eq!(g1_to_bytes(&G1Affine::zero()), [0; 64]);
        assert_eq!(g2_from_bytes(&[0; 128]).unwrap(), G2Affine::zero());
    }

    /// EIP-197 gives the generator of G2 as these four integers.
    #[test]
    fn generator_of_g2_in_evm_order() {
        let bytes = g2_to_bytes(&G2Affine::generator());
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2\
             1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed\
             090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b\
             12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"
        );
    }

    #[test]
    fn bad_points_are_refused() {
        let mut bytes = g1_to_bytes(&G1Affine::generator());
        bytes[63] = 3; // (1, 3)
        assert!(g1_from_bytes(&bytes).unwrap_err().message.contains("curve"));
        assert!(g1_from_bytes(&bytes[1..]).unwrap_err().message.contains("64 bytes"));
        // x + q is the same residue, but another encoding.
        let mut alias = Fq::MODULUS;
        alias.add_with_carry(&BigInt::from(1u64));
        let mut bytes = g1_to_bytes(&G1Affine::generator());
        bytes[..32].copy_from_slice(&alias.to_bytes_be());
        assert!(g1_from_bytes(&bytes).unwrap_err().message.contains("modulus"));
        // A point of the twist that is not in the subgroup.
        let mut rng = test_rng();
        let outside = loop {
            let x = Fq2::rand(&mut rng);
            if let Some(point) = G2Affine::get_point_from_x_unchecked(x, true) {
                break point;
            }
        };
        assert!(outside.is_on_curve());
        let error = g2_from_bytes(&g2_to_bytes(&outside)).unwrap_err();
        assert!(error.message.contains("subgroup"));
    }

    #[test]
    fn pairing_is_bilinear() {
        let mut rng = test_rng();
        let (a, b) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        let (g, h) = (G1Affine::generator(), G2Affine::generator());
        let pairs = [((g * a).into_affine(), (h * b).into_affine()), ((g * (-a * b)).into(), h)];
        assert!(pairing_check(&pairs));
        assert!(!pairing_check(&pairs[..1]));
        assert!(pairing_check(&[]));
        let wrong = [pairs[0], ((g * (Fr::ONE - a * b)).into(), h)];
        assert!(!pairing_check(&wrong));
    }
}
