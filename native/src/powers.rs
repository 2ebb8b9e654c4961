//! Checks that points are the powers of one τ, part by part: a string of gigabytes is never in memory as
//! a whole.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{PrimeField, UniformRand, Zero};
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::msm::msm;
use crate::pairing::pairing_check;
use crate::srs::fresh_rng;

/// Points that are looked at together.
pub const PART: usize = 1 << 18;

/// Whether both coordinates are canonical and the point is a finite one of the curve.
pub fn is_valid(point: &G1Affine) -> bool {
    use ark_bn254::Fq;
    point.x.0 < Fq::MODULUS && point.y.0 < Fq::MODULUS && point.is_on_curve() && !point.is_zero()
}

/// Σ ρ_i P_i and Σ ρ_i P_{i+1} over the points seen so far, for random ρ_i.
pub struct PowersCheck {
    rng: ChaCha20Rng,
    count: usize,
    last: G1Affine,
    low: G1Projective,
    high: G1Projective,
}

impl PowersCheck {
    pub fn new() -> Result<Self> {
        Ok(Self {
            rng: fresh_rng()?,
            count: 0,
            last: G1Affine::zero(),
            low: G1Projective::zero(),
            high: G1Projective::zero(),
        })
    }

    /// The next points: the first of all is the generator, every one a finite point of the curve.
    pub fn add(&mut self, points: &[G1Affine]) -> Result<()> {
        let Some((first, last)) = points.first().zip(points.last()) else { return Ok(()) };
        if let Some(index) = points.par_iter().position_first(|point| !is_valid(point)) {
            return Err(Error::setup(format!("point {} is not on the curve", self.count + index)));
        }
        if self.count == 0 && *first != G1Affine::generator() {
            return Err(Error::setup("point 0 is not the generator"));
        }
        let weights: Vec<Fr> = points.iter().map(|_| Fr::rand(&mut self.rng)).collect();
        // The last weight is for the step from the part before.
        let (between, inside) = weights.split_last().expect("there are points");
        if self.count > 0 {
            self.low += self.last * between;
            self.high += *first * between;
        }
        self.low += msm(&points[..points.len() - 1], inside);
        self.high += msm(&points[1..], inside);
        self.count += points.len();
        self.last = *last;
        Ok(())
    }

    /// e(Σ ρ_i P_i, [τ]_2) = e(Σ ρ_i P_{i+1}, [1]_2): each point is τ times the one before.
    pub fn finish(self, tau_g2: G2Affine) -> Result<()> {
        let sums = G1Projective::normalize_batch(&[-self.low, self.high]);
        let holds = pairing_check(&[(sums[0], tau_g2), (sums[1], G2Affine::generator())]);
        holds.then_some(()).ok_or_else(|| Error::setup("the points are not the powers of one τ"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::Field;

    fn powers(tau: Fr, count: usize) -> Vec<G1Affine> {
        (0..count).map(|i| (G1Affine::generator() * tau.pow([i as u64])).into_affine()).collect()
    }

    fn check(points: &[G1Affine], part: usize, tau: Fr) -> Result<()> {
        let mut check = PowersCheck::new()?;
        for points in points.chunks(part) {
            check.add(points)?;
        }
        check.finish((G2Affine::generator() * tau).into_affine())
    }

    #[test]
    fn parts_of_any_size_agree() {
        let tau = Fr::from(7654321u64);
        let points = powers(tau, 12);
        for part in 1..=13 {
            check(&points, part, tau).unwrap();
            assert!(check(&points, part, tau + Fr::from(1u64)).is_err());
            for index in 0..points.len() {
                let mut changed = points.clone();
                changed[index] = (changed[index] + G1Affine::generator()).into_affine();
                assert!(check(&changed, part, tau).is_err(), "point {index}, parts of {part}");
                changed[index] = G1Affine::zero();
                let message = check(&changed, part, tau).unwrap_err().message;
                assert!(message.contains(&format!("point {index} ")), "{message}");
            }
            let mut swapped = points.clone();
            swapped.swap(4, 5);
            assert!(check(&swapped, part, tau).is_err());
        }
        check(&points[..1], 1, tau).unwrap();
        check(&[], 1, tau).unwrap();
        assert!(check(&points[1..], 4, tau).is_err(), "it begins with the generator");
    }
}
