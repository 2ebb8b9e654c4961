//! The opening's prover: Mercury (Eagen and Gabizon, eprint 2025/385) with the batched KZG
//! opening of BDFG20 (eprint 2020/081); protocol, section 7, whose names are used here.
//!
//! F is read as rows of b cells. One claim F̃(u) = V is opened; V itself is not needed.

use std::sync::Arc;

use ark_bn254::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field, One, Zero};
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::field::eq_table;
use crate::msm::msm;
use crate::polynomial::{
    add_scaled, divide_by_linear, evaluate, interpolate, multiply_by_linear, sum_of_products,
};
use crate::slots::Slots;
use crate::srs::Srs;

/// An opening under way. Each method takes the challenge that answers the message before.
pub struct Opening {
    srs: Arc<Srs>,
    side: usize,
    eq_low: Vec<Fr>,
    eq_high: Vec<Fr>,
    f: Vec<Fr>,
    h: Vec<Fr>,
    alpha: Fr,
    q: Vec<Fr>,
    g: Vec<Fr>,
    s: Vec<Fr>,
    d: Vec<Fr>,
    z: Fr,
    /// g, h, S at z and 1/z.
    values: [Fr; 6],
    beta: Fr,
    w2: Vec<Fr>,
}

impl Opening {
    /// F = Σ γ^s f_s, to be opened at a point of N coordinates (N even; b = 2^(N/2)).
    pub fn new(slots: &Slots, srs: Arc<Srs>, gamma: Fr, point: &[Fr]) -> Result<Self> {
        let half = point.len() / 2;
        if point.len() % 2 == 1 || half == 0 || half > 14 {
            return Err(Error::value(format!("a point of {} coordinates", point.len())));
        }
        let side = 1 << half;
        let needed = slots.length().max(side + 1);
        if srs.points().len() < needed {
            return Err(Error::setup(format!(
                "an opening of {needed} cells with a reference string of {} points",
                srs.points().len()
            )));
        }
        let (eq_low, eq_high) = (eq_table(&point[..half]), eq_table(&point[half..]));
        let f = slots.combine(gamma);
        // Rows beyond b (blinding cells beyond n) are part of h as well: its degree is free.
        let h = f
            .par_chunks(side)
            .map(|row| row.iter().zip(&eq_low).map(|(cell, eq)| *cell * eq).sum())
            .collect();
        Ok(Self {
            srs,
            side,
            eq_low,
            eq_high,
            f,
            h,
            alpha: Fr::ZERO,
            q: Vec::new(),
            g: Vec::new(),
            s: Vec::new(),
            d: Vec::new(),
            z: Fr::ZERO,
            values: [Fr::ZERO; 6],
            beta: Fr::ZERO,
            w2: Vec::new(),
        })
    }

    fn commit(&self, polynomial: &[Fr]) -> Result<G1Affine> {
        // A quotient may be longer than F's part of the reference string only by a mistake.
        if polynomial.len() > self.srs.points().len() {
            return Err(Error::setup("a polynomial is longer than the reference string"));
        }
        Ok(msm(&self.srs.points()[..polynomial.len()], polynomial).into_affine())
    }

    /// Step 1: C_h, with h_i = Σ_j F\[ib + j\] eq(u_lo, j).
    pub fn fold(&self) -> Result<G1Affine> {
        self.commit(&self.h)
    }

    /// Step 2: (C_q, C_g), with F = (X^b − α) q + g.
    pub fn divide(&mut self, alpha: Fr) -> Result<[G1Affine; 2]> {
        self.alpha = alpha;
        (self.q, self.g) = divide_by_power(&self.f, self.side, alpha);
        Ok([self.commit(&self.q)?, self.commit(&self.g)?])
    }

    /// Step 3: (C_S, C_D).
    pub fn symmetrize(&mut self, eta: Fr) -> Result<[G1Affine; 2]> {
        let reversed = |f: &[Fr]| f.iter().rev().copied().collect::<Vec<Fr>>();
        // a(X) E(1/X) X^(b−1): the coefficient of X^(b−1±k) is that of X^(±k).
        let product = sum_of_products(&[
            (Fr::one(), &self.g, &reversed(&self.eq_low)),
            (eta, &self.h, &reversed(&self.eq_high)),
        ]);
        let center = self.side - 1;
        let at = |i: Option<usize>| i.and_then(|i| product.get(i)).copied().unwrap_or(Fr::ZERO);
        let terms = center.max(product.len().saturating_sub(self.side));
        self.s =
            (1..=terms).map(|k| at(center.checked_add(k)) + at(center.checked_sub(k))).collect();
        self.d = reversed(&self.g);
        Ok([self.commit(&self.s)?, self.commit(&self.d)?])
    }

    /// Step 4: g(z), g(1/z), h(z), h(1/z), S(z), S(1/z).
    pub fn evaluate(&mut self, z: Fr) -> Result<[Fr; 6]> {
        let inverse = z
            .inverse()
            .filter(|inverse| *inverse != z && z != self.alpha && *inverse != self.alpha);
        let inverse = inverse.ok_or_else(|| {
            Error::value("z is 0, 1/z, α or 1/α: such a challenge has no proof, try again")
        })?;
        self.z = z;
        let [g, h, s] = [&self.g, &self.h, &self.s];
        self.values = [(g, z), (g, inverse), (h, z), (h, inverse), (s, z), (s, inverse)]
            .map(|(f, x)| evaluate(f, x));
        Ok(self.values)
    }

    /// Step 5: C_W1, with W1 = (F − (z^b − α) q − g(z)) / (X − z).
    pub fn open(&mut self) -> Result<G1Affine> {
        let mut numerator = std::mem::take(&mut self.f);
        let weight = self.z.pow([self.side as u64]) - self.alpha;
        add_scaled(&mut numerator, -weight, &std::mem::take(&mut self.q));
        add_scaled(&mut numerator, -self.values[0], &[Fr::one()]);
        let quotient = exact(divide_by_linear(numerator, self.z))?;
        self.commit(&quotient)
    }

    /// Step 5: C_W2, with W2 = Σ β^i Z_i (f_i − r_i) / Z over g, S, h, D.
    pub fn batch(&mut self, beta: Fr) -> Result<G1Affine> {
        self.beta = beta;
        let z_inverse = self.z_inverse()?;
        let mut numerator = Vec::new();
        let mut weight = Fr::one();
        for (f, remainder, complement) in self.items()? {
            let mut difference = f.clone();
            add_scaled(&mut difference, -Fr::one(), &remainder);
            for (slope, constant) in complement {
                difference = multiply_by_linear(&difference, slope, constant);
            }
            add_scaled(&mut numerator, weight, &difference);
            weight *= beta;
        }
        // Z = (X − z)(zX − 1)(X − α), and zX − 1 = z (X − 1/z).
        for root in [self.z, z_inverse, self.alpha] {
            numerator = exact(divide_by_linear(numerator, root))?;
        }
        numerator.iter_mut().for_each(|coefficient| *coefficient *= z_inverse);
        self.w2 = numerator;
        self.commit(&self.w2)
    }

    /// Step 5: C_W3 and (g(z), y), with
    /// W3 = \[Σ β^i Z_i(ζ) f_i − y − Z(ζ) W2\] / (X − ζ), y = Σ β^i Z_i(ζ) r_i(ζ).
    pub fn finish(&mut self, zeta: Fr) -> Result<(G1Affine, Fr, Fr)> {
        let mut numerator = Vec::new();
        let mut y = Fr::ZERO;
        let mut weight = Fr::one();
        for (f, remainder, complement) in self.items()? {
            let value: Fr =
                complement.iter().map(|(slope, constant)| *slope * zeta + constant).product();
            add_scaled(&mut numerator, weight * value, f);
            y += weight * value * evaluate(&remainder, zeta);
            weight *= self.beta;
        }
        let vanishing = (zeta - self.z) * (self.z * zeta - Fr::one()) * (zeta - self.alpha);
        add_scaled(&mut numerator, -vanishing, &self.w2);
        add_scaled(&mut numerator, -y, &[Fr::one()]);
        let quotient = exact(divide_by_linear(numerator, zeta))?;
        Ok((self.commit(&quotient)?, self.values[0], y))
    }

    fn z_inverse(&self) -> Result<Fr> {
        self.z.inverse().ok_or_else(|| Error::value("the evaluations come before the batch"))
    }

    /// For g, S, h, D: the polynomial f_i, its interpolant r_i and the factors (slope, constant)
    /// of its complement Z_i.
    #[allow(clippy::type_complexity)]
    fn items(&self) -> Result<[(&Vec<Fr>, Vec<Fr>, Vec<(Fr, Fr)>); 4]> {
        let (z, z_inverse) = (self.z, self.z_inverse()?);
        let [g_z, g_inverse, h_z, h_inverse, s_z, s_inverse] = self.values;
        let h_alpha = evaluate(&self.h, self.alpha);
        let d_z = z.pow([self.side as u64 - 1]) * g_inverse;
        let not_alpha = (Fr::one(), -self.alpha);
        let not_inverse = (z, -Fr::one());
        Ok([
            (&self.g, interpolate(&[(z, g_z), (z_inverse, g_inverse)]), vec![not_alpha]),
            (&self.s, interpolate(&[(z, s_z), (z_inverse, s_inverse)]), vec![not_alpha]),
            (
                &self.h,
                interpolate(&[(z, h_z), (z_inverse, h_inverse), (self.alpha, h_alpha)]),
                vec![],
            ),
            (&self.d, vec![d_z], vec![not_inverse, not_alpha]),
        ])
    }
}

/// (q, g) with f = (X^b − α) q + g, deg g < b: Horner's rule over the rows of f, for each of the
/// b columns.
fn divide_by_power(f: &[Fr], side: usize, alpha: Fr) -> (Vec<Fr>, Vec<Fr>) {
    let mut cells = f.to_vec();
    cells.resize(cells.len().max(side), Fr::ZERO);
    // Each row gets α times the row above it; row 0 is then g, the others are q.
    for row in (1..cells.len().div_ceil(side)).rev() {
        let (below, above) = cells.split_at_mut(row * side);
        let below = &mut below[(row - 1) * side..];
        below.iter_mut().zip(above).for_each(|(below, above)| *below += alpha * above);
    }
    let quotient = cells.split_off(side);
    (quotient, cells)
}

/// A quotient whose remainder must be zero.
fn exact((quotient, remainder): (Vec<Fr>, Fr)) -> Result<Vec<Fr>> {
    if remainder.is_zero() {
        Ok(quotient)
    } else {
        Err(Error::value("the steps of an opening were called out of order"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairing::pairing_check;
    use ark_bn254::{G1Projective, G2Affine};
    use ark_ec::AffineRepr;
    use ark_ff::UniformRand;
    use ark_std::test_rng;

    struct Run {
        slots: Slots,
        srs: Arc<Srs>,
        challenges: [Fr; 6],
        point: Vec<Fr>,
    }

    struct Messages {
        slots: Vec<G1Affine>,
        q: G1Affine,
        batched: [G1Affine; 4],
        w: [G1Affine; 3],
        g_z: Fr,
        y: Fr,
    }

    /// Slots of `used` cells at b = 8.
    fn run(used: usize) -> Run {
        let mut rng = test_rng();
        let mut slots = Slots::new(used, 8, 4, 1, [9; 32]).unwrap();
        let column: Vec<i64> = (0..used as i64).map(|i| i * i - 50).collect();
        for slot in 0..3 {
            slots.add_column(slot, 0, &column[slot..]).unwrap();
        }
        let path = std::env::temp_dir().join(format!("zkm-mercury-{used}-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let srs = Arc::new(Srs::development(&path, [1; 32], 80).unwrap());
        std::fs::remove_file(path).unwrap();
        let challenges = std::array::from_fn(|_| Fr::rand(&mut rng));
        Run { slots, srs, challenges, point: (0..6).map(|_| Fr::rand(&mut rng)).collect() }
    }

    fn prove(run: &Run) -> Messages {
        let [gamma, alpha, eta, z, beta, zeta] = run.challenges;
        let mut opening = Opening::new(&run.slots, run.srs.clone(), gamma, &run.point).unwrap();
        let h = opening.fold().unwrap();
        let [q, g] = opening.divide(alpha).unwrap();
        let [s, d] = opening.symmetrize(eta).unwrap();
        let values = opening.evaluate(z).unwrap();
        let w1 = opening.open().unwrap();
        let w2 = opening.batch(beta).unwrap();
        let (w3, g_z, y) = opening.finish(zeta).unwrap();
        assert_eq!(g_z, values[0]);
        let slots = (0..4).map(|slot| run.slots.commit(&run.srs, slot).unwrap()).collect();
        Messages { slots, q, batched: [g, s, h, d], w: [w1, w2, w3], g_z, y }
    }

    /// L1 and L2 of step 6.
    fn group_equations(run: &Run, m: &Messages) -> [(G1Projective, G1Affine); 2] {
        let [gamma, alpha, _, z, beta, zeta] = run.challenges;
        let generator = G1Affine::generator();
        let mut first = m.slots.iter().rev().fold(G1Projective::zero(), |sum, c| sum * gamma + c);
        first += m.q * (alpha - z.pow([8]));
        first += m.w[0] * z - generator * m.g_z;
        let complements =
            [zeta - alpha, zeta - alpha, Fr::one(), (z * zeta - Fr::one()) * (zeta - alpha)];
        let mut second = m.w[2] * zeta - generator * m.y;
        let mut power = Fr::one();
        for (point, complement) in m.batched.iter().zip(complements) {
            second += *point * (power * complement);
            power *= beta;
        }
        second -= m.w[1] * ((zeta - z) * complements[3]);
        [(first, m.w[0]), (second, m.w[2])]
    }

    fn holds(run: &Run, (l, w): (G1Projective, G1Affine)) -> bool {
        pairing_check(&[(l.into_affine(), G2Affine::generator()), (-w, run.srs.tau_g2())])
    }

    #[test]
    fn both_group_equations_hold() {
        // Shorter than a row, than the square, the whole square (blinding beyond it).
        for used in [4, 16, 32, 64] {
            let run = run(used);
            let messages = prove(&run);
            assert!(group_equations(&run, &messages).into_iter().all(|e| holds(&run, e)));
        }
    }

    #[test]
    fn changed_messages_break_an_equation() {
        let run = run(32);
        let changes: [fn(&mut Messages); 12] = [
            |m| m.slots[0] = m.slots[1],
            |m| m.slots[3] = G1Affine::zero(),
            |m| m.q = m.w[0],
            |m| m.batched[0] = m.q,
            |m| m.batched[1] = -m.batched[1],
            |m| m.batched[2] = m.q,
            |m| m.batched[3] = m.batched[0],
            |m| m.w[0] = -m.w[0],
            |m| m.w[1] = m.w[2],
            |m| m.w[2] = G1Affine::generator(),
            |m| m.g_z += Fr::one(),
            |m| m.y = -m.y,
        ];
        for change in changes {
            let mut messages = prove(&run);
            change(&mut messages);
            assert!(!group_equations(&run, &messages).into_iter().all(|e| holds(&run, e)));
        }
    }

    /// Step 3 pins V: h(α) of the identity with the true V is the true h(α), with any other not.
    #[test]
    fn evaluations_pin_the_claim() {
        let run = run(64);
        let [gamma, alpha, eta, z, ..] = run.challenges;
        let mut opening = Opening::new(&run.slots, run.srs.clone(), gamma, &run.point).unwrap();
        let _ = opening.divide(alpha).unwrap();
        let _ = opening.symmetrize(eta).unwrap();
        let [g_z, g_i, h_z, h_i, s_z, s_i] = opening.evaluate(z).unwrap();
        let i = z.inverse().unwrap();
        let eq = eq_table(&run.point);
        // Cells beyond n = 64 do not count.
        let value: Fr = run.slots.combine(gamma).iter().zip(&eq).map(|(f, eq)| *f * eq).sum();
        let low = |x| evaluate(&opening.eq_low, x);
        let high = |x| evaluate(&opening.eq_high, x);
        let doubled =
            g_z * low(i) + g_i * low(z) + eta * (h_z * high(i) + h_i * high(z)) - z * s_z - i * s_i;
        let h_alpha = doubled / Fr::from(2u64) - eta * value;
        assert_eq!(h_alpha, evaluate(&opening.h, alpha));
    }

    #[test]
    fn misuse() {
        let run = run(16);
        let [gamma, alpha, eta, ..] = run.challenges;
        let new = |point: &[Fr]| Opening::new(&run.slots, run.srs.clone(), gamma, point);
        assert!(new(&run.point[..5]).is_err());
        assert!(new(&[]).is_err());
        // b = 2^7: the reference string of 80 points is too short.
        assert!(
            new(&[run.point.clone(), run.point.clone(), run.point[..2].to_vec()].concat()).is_err()
        );
        let mut opening = new(&run.point).unwrap();
        assert!(opening.batch(alpha).is_err());
        let _ = opening.divide(alpha).unwrap();
        let _ = opening.symmetrize(eta).unwrap();
        for z in [Fr::ZERO, Fr::one(), -Fr::one(), alpha, alpha.inverse().unwrap()] {
            assert!(opening.evaluate(z).is_err());
        }
    }
}
