//! The prover of LogUp-GKR over a 4-ary tree (protocol, section 4).
//!
//! Only stored fractions are touched; the constant ones behind them are added in closed form.
//! Memory, with L = Σ over tables of rows · interactions: the leaves take 40 L bytes (64 L where a
//! numerator does not fit 64 bits), the tree above them 64 (1/4 + 1/16 + …) L = 21 L; it is freed
//! from the root down. Variables are bound in place, which makes elements of the numerators: 16 L
//! bytes more in the last layer. The peak is that of leaves and tree, 61 bytes a row and
//! interaction.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use rayon::prelude::*;

use crate::columns::Columns;
use crate::error::{Error, Result};
use crate::field::eq_table;
use crate::fractions::{leaves, tree, Fingerprint, Layer};
use crate::sumcheck::Rounds;
use crate::tails::Tails;

use evaluate::{constants, evaluate};
use part::Part;

mod evaluate;
mod part;

/// Pairs of groups that one task works on.
const CHUNK: usize = 1 << 9;

/// The numerators and denominators of four fractions.
type Group = ([Fr; 4], [Fr; 4]);

/// The state between layers, and the sumcheck of the open one.
pub struct Gkr {
    layers: Vec<Layer>,
    root: (Fr, Fr),
    /// The claims p and q on the layer that is opened next, at `point`.
    claims: (Fr, Fr),
    point: Vec<Fr>,
    open: Option<Open>,
}

/// The sumcheck of one layer.
struct Open {
    lambda: Fr,
    rounds: Rounds,
    challenges: Vec<Fr>,
    parts: Vec<Part>,
    /// eq of the variables that the parts are indexed by.
    tails: Tails,
    /// The coordinates of the variables that number the parts; bound after the others.
    outer: Vec<Fr>,
    /// eq(outer, j) for every part.
    weights: Vec<Fr>,
    /// Whether P_0 stands for P_0 + λ Q_0, which makes the λ term of G disappear.
    shifted: bool,
}

impl Gkr {
    /// Computes the tree over 2^row_bits rows and 2^interaction_bits interactions.
    ///
    /// # Errors
    /// Sizes that the tables exceed, or an odd number of bits in all.
    pub fn new(
        columns: &Columns,
        row_bits: usize,
        interaction_bits: usize,
        phi: Fr,
        theta: Fr,
    ) -> Result<Self> {
        if (row_bits + interaction_bits) % 2 != 0 || row_bits > 30 || interaction_bits > 16 {
            return Err(Error::value(format!(
                "no 4-ary tree over 2^{row_bits} rows and 2^{interaction_bits} interactions"
            )));
        }
        let fingerprint = Fingerprint::of(columns, phi, theta);
        let leaves = leaves(columns, &fingerprint, row_bits, 1 << interaction_bits)?;
        let (layers, root) = tree(leaves, row_bits);
        Ok(Self { layers, root, claims: root, point: Vec::new(), open: None })
    }

    /// The sum of all fractions, as numerator and denominator.
    pub fn root(&self) -> (Fr, Fr) {
        self.root
    }

    /// Opens the next layer with the challenge λ.
    ///
    /// # Errors
    /// A layer is open already, or none is left.
    pub fn layer(&mut self, lambda: Fr) -> Result<()> {
        if self.open.is_some() {
            return Err(Error::value("a layer is open already"));
        }
        let layer = self.layers.pop().ok_or_else(|| Error::value("no layer is left"))?;
        let claim = self.claims.0 + lambda * self.claims.1;
        self.open = Some(Open::new(layer, lambda, claim, &self.point));
        Ok(())
    }

    /// The next round's polynomial a_0 … a_4.
    ///
    /// # Errors
    /// No layer is open, or it waits for a challenge, or all its variables are bound.
    pub fn round(&mut self) -> Result<[Fr; 5]> {
        self.open()?.round()
    }

    /// The next round's polynomial at 0, 1, 2, 3 and 4, by the formula of the protocol and
    /// arkworks' arithmetic alone: what [`Self::round`] is compared with.
    ///
    /// # Errors
    /// No layer is open, or all its variables are bound.
    pub fn reference_round(&mut self) -> Result<[Fr; 5]> {
        self.open()?.reference_round()
    }

    /// Takes the challenge of the last round.
    ///
    /// # Errors
    /// No round waits for one.
    pub fn bind(&mut self, challenge: Fr) -> Result<()> {
        self.open()?.bind(challenge)
    }

    /// The eight values P_0 … P_3, Q_0 … Q_3 at the end of a layer's sumcheck.
    ///
    /// # Errors
    /// No layer is open, or variables are left.
    pub fn values(&mut self) -> Result<Group> {
        self.open()?.values()
    }

    /// Takes the challenges t_0, t_1 and moves the claims one layer down.
    ///
    /// # Errors
    /// As [`Self::values`].
    pub fn descend(&mut self, challenges: [Fr; 2]) -> Result<(Fr, Fr)> {
        let (p, q) = self.values()?;
        let weights = eq_table(&challenges);
        let at = |values: [Fr; 4]| values.iter().zip(&weights).map(|(v, w)| *v * w).sum();
        self.claims = (at(p), at(q));
        let open = self.open.take().expect("values were read from it");
        self.point = challenges.into_iter().chain(open.challenges).collect();
        Ok(self.claims)
    }

    fn open(&mut self) -> Result<&mut Open> {
        self.open.as_mut().ok_or_else(|| Error::value("no layer is open"))
    }
}

impl Open {
    fn new(layer: Layer, lambda: Fr, claim: Fr, point: &[Fr]) -> Self {
        let (parts, bits) = match layer {
            Layer::Rows { bits, interactions } => {
                (interactions.into_iter().map(Part::from).collect(), bits - 2)
            }
            Layer::Dense { numerators, denominators } => {
                let bits = point.len();
                (vec![Part::dense(numerators, denominators, bits)], bits)
            }
        };
        let (inner, outer) = point.split_at(bits);
        let mut open = Self {
            lambda,
            rounds: Rounds::new(claim),
            challenges: Vec::with_capacity(point.len()),
            tails: tails(inner, &parts),
            weights: eq_table(outer),
            outer: outer.to_vec(),
            parts,
            shifted: false,
        };
        open.settle();
        open
    }

    /// Makes every part's stored groups whole pairs or, when the parts' variables are all bound,
    /// makes one part of them, indexed by the variables that numbered them.
    fn settle(&mut self) {
        if self.tails.coordinate().is_none() && !self.outer.is_empty() {
            let groups: Vec<Group> =
                self.parts.iter().map(|part| part.group(0, self.shift())).collect();
            let numerators = groups.iter().flat_map(|(p, _)| *p).collect();
            let denominators = groups.iter().flat_map(|(_, q)| *q).collect();
            let outer = std::mem::take(&mut self.outer);
            self.parts = vec![Part::dense(numerators, denominators, outer.len())];
            self.weights = vec![Fr::ONE];
            self.tails = tails(&outer, &self.parts);
        }
        if self.tails.coordinate().is_some() {
            let shift = self.shift();
            self.parts.par_iter_mut().for_each(|part| part.fill_pairs(shift));
        }
    }

    /// What P_0 holds of Q_0.
    fn shift(&self) -> Fr {
        if self.shifted {
            self.lambda
        } else {
            Fr::ZERO
        }
    }

    fn round(&mut self) -> Result<[Fr; 5]> {
        let Self { rounds, tails, parts, weights, lambda, shifted, .. } = self;
        let unshifted = (!*shifted).then_some(*lambda);
        rounds.send(tails, |at_one| {
            if at_one {
                evaluate::<true>(parts, weights, tails, *lambda, unshifted)
            } else {
                evaluate::<false>(parts, weights, tails, *lambda, unshifted)
            }
        })
    }

    fn reference_round(&self) -> Result<[Fr; 5]> {
        if self.tails.coordinate().is_none() {
            return Err(Error::value("all variables are bound"));
        }
        let mut sums = constants(&self.parts, &self.weights, &self.tails, self.lambda);
        for (part, weight) in self.parts.iter().zip(&self.weights) {
            let pairs = part.groups() / 2;
            let stored = (0..pairs)
                .into_par_iter()
                .with_min_len(CHUNK)
                .map(|pair| {
                    let (low, high) =
                        (part.group(2 * pair, Fr::ZERO), part.group(2 * pair + 1, Fr::ZERO));
                    std::array::from_fn(|x| {
                        let x = Fr::from(x as u64);
                        let at = |low: [Fr; 4], high: [Fr; 4]| -> [Fr; 4] {
                            std::array::from_fn(|c| low[c] + x * (high[c] - low[c]))
                        };
                        let (mut p, q) = (at(low.0, high.0), at(low.1, high.1));
                        p[0] -= self.shift() * q[0];
                        let numerator = p[0] * q[1] * q[2] * q[3]
                            + p[1] * q[0] * q[2] * q[3]
                            + p[2] * q[0] * q[1] * q[3]
                            + p[3] * q[0] * q[1] * q[2];
                        let denominator = q[0] * q[1] * q[2] * q[3];
                        (numerator + self.lambda * denominator) * self.tails.table()[pair]
                    })
                })
                .reduce(|| [Fr::ZERO; 5], |a, b| std::array::from_fn(|i| a[i] + b[i]));
            let weight = *weight * self.tails.scale();
            sums.iter_mut().zip(stored).for_each(|(sum, value)| *sum += weight * value);
        }
        Ok(sums)
    }

    fn bind(&mut self, challenge: Fr) -> Result<()> {
        self.rounds.receive(challenge)?;
        self.challenges.push(challenge);
        let unshifted = (!self.shifted).then_some(self.lambda);
        self.parts.par_iter_mut().for_each(|part| part.fold(challenge, unshifted));
        self.shifted = true;
        self.tails.advance();
        self.settle();
        Ok(())
    }

    fn values(&self) -> Result<Group> {
        if self.tails.coordinate().is_some() {
            return Err(Error::value("variables of the layer are left"));
        }
        let (mut p, q) = self.parts[0].group(0, self.shift());
        p[0] -= self.shift() * q[0];
        Ok((p, q))
    }
}

fn tails(point: &[Fr], parts: &[Part]) -> Tails {
    let longest = parts.iter().map(Part::groups).max().unwrap_or(0);
    Tails::new(point, longest.next_power_of_two().ilog2() as usize)
}

#[cfg(test)]
mod tests;
