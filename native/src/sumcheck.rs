//! Round polynomials of a sumcheck from which the eq factor is taken out (protocol, section 4).

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use crate::error::{Error, Result};
use crate::tails::Tails;

/// t(0) — or t(1) where the relation gives t(0) —, t(−1), t(−2) and the coefficient of X^4.
pub type Evaluations = [Fr; 4];

/// Whether [`Evaluations`] has t(1) in the place of t(0): only for ρ = 0, where the relation
/// (1 − ρ) t(0) + ρ t(1) = claim says nothing about t(1).
pub fn needs_one(rho: Fr) -> bool {
    rho == Fr::ZERO
}

/// The coefficients a_0 … a_4 of the round polynomial t with (1 − ρ) t(0) + ρ t(1) = claim.
pub fn interpolate(claim: Fr, rho: Fr, evaluations: &Evaluations) -> [Fr; 5] {
    let [first, minus_one, minus_two, leading] = *evaluations;
    let (zero, one) = match rho.inverse() {
        Some(inverse) => (first, first + (claim - first) * inverse),
        None => (claim, first),
    };
    let half = Fr::from(2u64).inverse().expect("r is odd");
    let third = Fr::from(3u64).inverse().expect("r is no multiple of 3");
    let a2 = (one + minus_one) * half - zero - leading;
    let odd = (one - minus_one) * half; // a_1 + a_3
    let a3 = ((zero + (a2 + leading.double().double()).double().double() - minus_two) * half - odd)
        * third; // (a_1 + 4 a_3 − a_1 − a_3) / 3
    [zero, odd - a3, a2, a3, leading]
}

/// Σ coefficients[i]·x^i.
pub fn horner(coefficients: &[Fr], x: Fr) -> Fr {
    coefficients.iter().rev().fold(Fr::ZERO, |value, coefficient| value * x + coefficient)
}

/// The claim that a sumcheck's rounds carry on, and the order in which they are driven.
pub struct Rounds {
    claim: Fr,
    /// The polynomial that was sent and waits for its challenge.
    polynomial: Option<[Fr; 5]>,
}

impl Rounds {
    pub fn new(claim: Fr) -> Self {
        Self { claim, polynomial: None }
    }

    /// Makes the next round's polynomial of its evaluations.
    pub fn send(
        &mut self,
        tails: &Tails,
        evaluate: impl FnOnce(bool) -> Evaluations,
    ) -> Result<[Fr; 5]> {
        let rho = tails.coordinate().ok_or_else(|| Error::value("all variables are bound"))?;
        if self.polynomial.is_some() {
            return Err(Error::value("the last round has not been given its challenge"));
        }
        let polynomial = interpolate(self.claim, rho, &evaluate(needs_one(rho)));
        self.polynomial = Some(polynomial);
        Ok(polynomial)
    }

    /// Takes the challenge of the polynomial that was sent last.
    pub fn receive(&mut self, challenge: Fr) -> Result<()> {
        let polynomial = self.polynomial.take();
        let polynomial =
            polynomial.ok_or_else(|| Error::value("no round waits for a challenge"))?;
        self.claim = horner(&polynomial, challenge);
        Ok(())
    }

    pub fn is_waiting(&self) -> bool {
        self.polynomial.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_std::{test_rng, UniformRand};

    #[test]
    fn interpolation() {
        let mut rng = test_rng();
        let coefficients: Vec<Fr> = (0..5).map(|_| Fr::rand(&mut rng)).collect();
        let t = |x: i64| horner(&coefficients, crate::field::from_i64(x));
        for rho in [Fr::rand(&mut rng), Fr::ZERO, Fr::ONE] {
            let claim = (Fr::ONE - rho) * t(0) + rho * t(1);
            let first = if needs_one(rho) { t(1) } else { t(0) };
            let evaluations = [first, t(-1), t(-2), coefficients[4]];
            assert_eq!(interpolate(claim, rho, &evaluations).as_slice(), coefficients);
        }
    }
}
