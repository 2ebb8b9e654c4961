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

use crate::accumulate::{two_products, Accumulator};
use crate::columns::Columns;
use crate::error::{Error, Result};
use crate::field::eq_table;
use crate::fractions::{leaves, tree, Fingerprint, Fractions, Layer, Numerators};
use crate::lanes;
use crate::sumcheck::{Evaluations, Rounds};
use crate::tails::Tails;

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

/// One interaction's groups (the only part when interactions are bound).
struct Part {
    numerators: Numerators,
    denominators: Vec<Fr>,
    /// Groups from the stored ones up to 2^bits are four times 0 / tail, those behind 0 / 1.
    bits: usize,
    tail: Fr,
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

impl From<Fractions> for Part {
    fn from(fractions: Fractions) -> Self {
        let Fractions { numerators, denominators, bits, tail } = fractions;
        Self { numerators, denominators, bits: bits.saturating_sub(2), tail }
    }
}

impl Part {
    fn dense(numerators: Vec<Fr>, denominators: Vec<Fr>, bits: usize) -> Self {
        Self { numerators: Numerators::Field(numerators), denominators, bits, tail: Fr::ONE }
    }

    fn groups(&self) -> usize {
        self.denominators.len() / 4
    }

    /// A group, stored or not; `shift` is what P_0 holds of Q_0.
    fn group(&self, index: usize, shift: Fr) -> Group {
        if index < self.groups() {
            let q = self.denominators[4 * index..][..4].try_into().expect("four");
            return (self.numerators.group(index), q);
        }
        let q = if index >> self.bits == 0 { self.tail } else { Fr::ONE };
        ([shift * q, Fr::ZERO, Fr::ZERO, Fr::ZERO], [q; 4])
    }

    /// Stores groups until they are whole pairs, and at least one pair if the constant's groups
    /// are none.
    fn fill_pairs(&mut self, shift: Fr) {
        let stored = self.groups();
        let filled = if self.bits == 0 { 2 } else { stored.next_multiple_of(2) };
        for index in stored..filled {
            let (p, q) = self.group(index, shift);
            match &mut self.numerators {
                Numerators::Field(values) => values.extend(p),
                Numerators::Small(values) if shift == Fr::ZERO => values.extend([0; 4]),
                Numerators::Small(_) => unreachable!("shifted numerators are elements"),
            }
            self.denominators.extend(q);
        }
    }

    /// Binds the lowest variable of whole pairs, in place.
    fn fold(&mut self, challenge: Fr, unshifted: Option<Fr>) {
        let pairs = self.groups() / 2;
        let mut elements = match &self.numerators {
            Numerators::Field(_) => Vec::new(),
            // Room for the groups that fill the last pair, too.
            Numerators::Small(_) => Vec::with_capacity(4 * (pairs + 2)),
        };
        // A chunk's results replace groups that were read before it or with it.
        let mut results = (vec![Fr::ZERO; 4 * CHUNK], vec![Fr::ZERO; 4 * CHUNK]);
        for start in (0..pairs).step_by(CHUNK) {
            let length = 4 * CHUNK.min(pairs - start);
            let (p, q) = (&mut results.0[..length], &mut results.1[..length]);
            let groups = (&self.numerators, self.denominators.as_slice());
            let done = lanes::fold_pairs(groups, start, challenge, unshifted, (p, q));
            let rest = (&mut p[4 * done..], &mut q[4 * done..]);
            fold_pairs(groups, start + done, challenge, unshifted, rest);
            match &mut self.numerators {
                Numerators::Field(values) => values[4 * start..][..length].copy_from_slice(p),
                Numerators::Small(_) => elements.extend_from_slice(p),
            }
            self.denominators[4 * start..][..length].copy_from_slice(q);
        }
        match &mut self.numerators {
            Numerators::Field(values) => values.truncate(4 * pairs),
            small => *small = Numerators::Field(elements),
        }
        self.denominators.truncate(4 * pairs);
        self.bits = self.bits.saturating_sub(1);
    }
}

/// Binds the lowest variable of pairs of groups from `start` on, as many as there is room for.
fn fold_pairs(
    (p, q): (&Numerators, &[Fr]),
    start: usize,
    challenge: Fr,
    unshifted: Option<Fr>,
    (p_out, q_out): (&mut [Fr], &mut [Fr]),
) {
    let outputs = p_out.chunks_exact_mut(4).zip(q_out.chunks_exact_mut(4));
    for (pair, (p_out, q_out)) in (start..).zip(outputs) {
        let (p_low, p_high) = (p.group(2 * pair), p.group(2 * pair + 1));
        let (q_low, q_high) = q[8 * pair..][..8].split_at(4);
        for c in 0..4 {
            p_out[c] = p_low[c] + challenge * (p_high[c] - p_low[c]);
            q_out[c] = q_low[c] + challenge * (q_high[c] - q_low[c]);
        }
        if let Some(lambda) = unshifted {
            p_out[0] += lambda * q_out[0];
        }
    }
}

/// The round polynomial's evaluations: stored pairs, then the constant ones.
fn evaluate<const AT_ONE: bool>(
    parts: &[Part],
    weights: &[Fr],
    tails: &Tails,
    lambda: Fr,
    unshifted: Option<Fr>,
) -> Evaluations {
    let tasks: Vec<(usize, usize)> = parts
        .iter()
        .enumerate()
        .flat_map(|(j, part)| (0..part.groups() / 2).step_by(CHUNK).map(move |start| (j, start)))
        .collect();
    let stored = tasks
        .into_par_iter()
        .map(|(j, start)| {
            let part = &parts[j];
            let end = (start + CHUNK).min(part.groups() / 2);
            let eq = &tails.table()[start..end];
            let (done, first) = if AT_ONE {
                (0, [Fr::ZERO; 4])
            } else {
                lanes::evaluate_pairs(&part.numerators, &part.denominators, eq, start, unshifted)
            };
            let rest = evaluate_pairs::<AT_ONE>(part, &eq[done..], start + done, unshifted);
            std::array::from_fn(|i| (first[i] + rest[i]) * weights[j])
        })
        .reduce(|| [Fr::ZERO; 4], |a, b| std::array::from_fn(|i| a[i] + b[i]));
    let [constant, ..] = constants(parts, weights, tails, lambda);
    let [first, minus_one, minus_two, leading] = stored.map(|value| value * tails.scale());
    [first + constant, minus_one + constant, minus_two + constant, leading]
}

/// What the pairs that are not stored add to the round polynomial at any five points: G is
/// constant there.
fn constants(parts: &[Part], weights: &[Fr], tails: &Tails, lambda: Fr) -> [Fr; 5] {
    let constant: Fr = parts
        .par_iter()
        .zip(weights)
        .map(|(part, weight)| {
            let stored = part.groups() / 2;
            let end = if part.bits == 0 { 1 } else { 1 << (part.bits - 1) };
            let (from, to) = (tails.below(stored), tails.below(end));
            *weight * (part.tail.square().square() * (to - from) + Fr::ONE - to)
        })
        .sum();
    [lambda * constant; 5]
}

/// Σ eq · G at 0 (or 1), −1 and −2 and the coefficient of X^4 over a part's pairs from `start` on.
fn evaluate_pairs<const AT_ONE: bool>(
    part: &Part,
    eq: &[Fr],
    start: usize,
    unshifted: Option<Fr>,
) -> Evaluations {
    let mut sums = [Accumulator::default(); 4];
    for (pair, weight) in (start..).zip(eq) {
        let groups = &part.denominators[8 * pair..][..8];
        let low = (part.numerators.group(2 * pair), &groups[..4]);
        let high = (part.numerators.group(2 * pair + 1), &groups[4..]);
        let values = evaluate_pair::<AT_ONE>(low, high, unshifted);
        sums.iter_mut().zip(&values).for_each(|(sum, value)| sum.add_product(value, weight));
    }
    sums.map(|sum| sum.reduce())
}

/// G at 0 (or 1), −1 and −2 and its coefficient of X^4, on the line through two groups.
#[inline(always)]
fn evaluate_pair<const AT_ONE: bool>(
    (mut p_low, q_low): ([Fr; 4], &[Fr]),
    (mut p_high, q_high): ([Fr; 4], &[Fr]),
    unshifted: Option<Fr>,
) -> Evaluations {
    if let Some(lambda) = unshifted {
        p_low[0] += lambda * q_low[0];
        p_high[0] += lambda * q_high[0];
    }
    // Two children at a time: numerator and denominator of their sum, polynomials of degree 2.
    let half = |a: usize, b: usize| {
        let at = |low: &Fr, high: &Fr| {
            let slope = *high - low;
            [*low, *low - slope, slope]
        };
        let (p_a, p_b) = (at(&p_low[a], &p_high[a]), at(&p_low[b], &p_high[b]));
        let (q_a, q_b) = (at(&q_low[a], &q_high[a]), at(&q_low[b], &q_high[b]));
        let numerator = [0, 1, 2].map(|i| two_products(&p_a[i], &q_b[i], &p_b[i], &q_a[i]));
        let denominator = [0, 1, 2].map(|i| q_a[i] * q_b[i]);
        (extend::<AT_ONE>(&numerator), extend::<AT_ONE>(&denominator))
    };
    let ((p_01, q_01), (p_23, q_23)) = (half(0, 1), half(2, 3));
    std::array::from_fn(|i| two_products(&p_01[i], &q_23[i], &p_23[i], &q_01[i]))
}

/// The values at 0 (or 1), −1, −2 and the leading coefficient of a polynomial of degree 2 given
/// by those at 0, −1 and its leading coefficient.
#[inline(always)]
fn extend<const AT_ONE: bool>([zero, minus_one, leading]: &[Fr; 3]) -> Evaluations {
    let minus_two = (*leading + minus_one).double() - zero;
    let first = if AT_ONE { (*leading + zero).double() - minus_one } else { *zero };
    [first, *minus_one, minus_two, *leading]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fractions;
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
}
