//! Committed vectors (protocol, sections 2 and 9).
//!
//! A slot is a vector of small signed integers (table columns at their offsets, zero elsewhere)
//! plus a few cells of full width: the random ones that hide it.

use ark_bn254::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, BigInt, UniformRand};
use rand_chacha::rand_core::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::field::from_i64;
use crate::msm::{msm, msm_i64};
use crate::srs::Srs;

/// One committed vector. Cells beyond `values` are zero; the two parts never overlap.
#[derive(Clone, Debug, Default)]
pub struct Slot {
    /// Cells 0 … `values.len()` − 1.
    pub values: Vec<i64>,
    /// (index, value) of the cells of full width, by ascending index.
    pub full: Vec<(usize, Fr)>,
}

impl Slot {
    /// The number of cells up to the last one that was set.
    pub fn length(&self) -> usize {
        self.values.len().max(self.full.last().map_or(0, |(index, _)| index + 1))
    }

    /// All cells that were set, by ascending index.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Fr)> + '_ {
        let values = self.values.iter().enumerate().map(|(i, value)| (i, from_i64(*value)));
        let (inside, outside): (Vec<_>, Vec<_>) =
            self.full.iter().copied().partition(|(index, _)| *index < self.values.len());
        values
            .map(move |(i, value)| {
                let full = inside.binary_search_by_key(&i, |(index, _)| *index);
                (i, full.map_or(value, |place| inside[place].1))
            })
            .chain(outside)
    }

    /// The first `length` cells as field elements.
    pub fn to_fr(&self, length: usize) -> Vec<Fr> {
        let mut cells: Vec<Fr> =
            self.values.par_iter().take(length).map(|value| from_i64(*value)).collect();
        cells.resize(length, Fr::ZERO);
        for (index, value) in self.full.iter().filter(|(index, _)| *index < length) {
            cells[*index] = *value;
        }
        cells
    }
}

/// The slots of one proof: preprocessed ones (never blinded), witness slots, and the mask slot
/// at the end.
#[derive(Clone, Debug)]
pub struct Slots {
    /// The vectors, by slot index.
    pub slot: Vec<Slot>,
    /// n', the used length: every column lies in cells 0 … n' − 1.
    pub used: usize,
}

impl Slots {
    /// `count` slots of which the first `preprocessed` are not blinded and the last one is the
    /// mask: two uniform rows of `side` cells. Each other witness slot gets a uniform cell at
    /// index `used`. All randomness is drawn from `seed`, a stream for each slot.
    pub fn new(
        used: usize,
        side: usize,
        count: usize,
        preprocessed: usize,
        seed: [u8; 32],
    ) -> Result<Self> {
        if !used.is_power_of_two() || used > 1 << 28 || !side.is_power_of_two() || side > 1 << 14 {
            return Err(Error::value(format!("slots of length {used} and side {side}")));
        }
        if count <= preprocessed || count > 256 {
            return Err(Error::value(format!(
                "{count} slots, {preprocessed} of them preprocessed, leave no mask slot"
            )));
        }
        let mut slots = vec![Slot::default(); count];
        for (index, slot) in slots.iter_mut().enumerate().skip(preprocessed) {
            let mut rng = ChaCha20Rng::from_seed(seed);
            rng.set_stream(index as u64);
            let cells = if index == count - 1 { 0..2 * side } else { used..used + 1 };
            slot.full = cells.map(|cell| (cell, Fr::rand(&mut rng))).collect();
        }
        Ok(Self { slot: slots, used })
    }

    /// Puts a column at `offset` of a slot; the cells must still be free.
    pub fn add_column(&mut self, slot: usize, offset: usize, column: &[i64]) -> Result<()> {
        let mask = self.slot.len() - 1;
        let Some(target) = self.slot.get_mut(slot).filter(|_| slot != mask) else {
            return Err(Error::value(format!("slot {slot} takes no columns")));
        };
        let end = offset.checked_add(column.len()).filter(|end| *end <= self.used);
        let Some(end) = end else {
            return Err(Error::value(format!("a column beyond the {} cells used", self.used)));
        };
        let values = &mut target.values;
        if values.len() <= offset {
            // Columns usually come in the order of their offsets.
            values.reserve_exact(self.used - values.len());
            values.resize(offset, 0);
            values.extend_from_slice(column);
            return Ok(());
        }
        if values.len() < end {
            values.resize(end, 0);
        }
        if values[offset..end].iter().any(|cell| *cell != 0) {
            return Err(Error::value(format!("a column over another one in slot {slot}")));
        }
        values[offset..end].copy_from_slice(column);
        Ok(())
    }

    /// C_s = Σ_i f_s\[i\]·[τ^i]_1.
    pub fn commit(&self, srs: &Srs, slot: usize) -> Result<G1Affine> {
        let count = self.slot.len();
        let slot = self
            .slot
            .get(slot)
            .ok_or_else(|| Error::value(format!("slot {slot} of {count} slots")))?;
        let points = srs.points();
        if slot.length() > points.len() {
            return Err(Error::setup(format!(
                "a slot has {} cells, the reference string {} points",
                slot.length(),
                points.len()
            )));
        }
        let (places, values): (Vec<G1Affine>, Vec<Fr>) =
            slot.full.iter().map(|(index, value)| (points[*index], *value)).unzip();
        Ok((msm_i64(points, &slot.values) + msm(&places, &values)).into_affine())
    }

    /// The length of the longest slot, blinding included.
    pub fn length(&self) -> usize {
        self.slot.iter().map(Slot::length).max().unwrap_or(0)
    }

    /// F = Σ_s γ^s f_s, all [`Slots::length`] cells.
    pub fn combine(&self, gamma: Fr) -> Vec<Fr> {
        let weights: Vec<Fr> =
            std::iter::successors(Some(Fr::from(1u64)), |power| Some(*power * gamma))
                .take(self.slot.len())
                .collect();
        let mut sum = vec![Fr::ZERO; self.length()];
        const CHUNK: usize = 1 << 12;
        sum.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, sum)| {
            let start = chunk * CHUNK;
            let mut wide = vec![SmallSum::default(); sum.len()];
            for (slot, weight) in self.slot.iter().zip(&weights) {
                let Some(values) = slot.values.get(start..) else { continue };
                for (wide, value) in wide.iter_mut().zip(values) {
                    wide.add(weight, *value);
                }
            }
            for (sum, wide) in sum.iter_mut().zip(wide) {
                *sum = wide.reduce();
            }
        });
        for (slot, weight) in self.slot.iter().zip(&weights) {
            for (index, value) in &slot.full {
                sum[*index] += *weight * value;
            }
        }
        sum
    }
}

/// Σ w_i v_i for field elements w_i and i64 v_i, reduced once at the end: positive and negative
/// terms apart, six limbs each (254 + 63 bits a term, so room for 2^67 terms).
#[derive(Clone, Default)]
struct SmallSum {
    positive: [u64; 6],
    negative: [u64; 6],
}

impl SmallSum {
    #[inline]
    fn add(&mut self, weight: &Fr, value: i64) {
        if value == 0 {
            return;
        }
        let limbs = if value > 0 { &mut self.positive } else { &mut self.negative };
        let factor = u128::from(value.unsigned_abs());
        let mut carry = 0u128;
        for (limb, weight) in limbs.iter_mut().zip(weight.0 .0) {
            // (2^64 − 1)² + 2·(2^64 − 1) < 2^128.
            let total = u128::from(weight) * factor + u128::from(*limb) + carry;
            *limb = total as u64;
            carry = total >> 64;
        }
        let (sum, overflow) = limbs[4].overflowing_add(carry as u64);
        limbs[4] = sum;
        limbs[5] += u64::from(overflow);
    }

    /// The sum. The limbs of the weights' Montgomery forms were added up, so the limbs are a
    /// Montgomery form too, cut here into two parts below r.
    fn reduce(&self) -> Fr {
        let element =
            |limbs: &[u64]| Fr::new_unchecked(BigInt::new([limbs[0], limbs[1], limbs[2], 0]));
        let two_to_192 = Fr::from(BigInt::new([0, 0, 0, 1]));
        let sum = |limbs: &[u64; 6]| element(&limbs[..3]) + element(&limbs[3..]) * two_to_192;
        sum(&self.positive) - sum(&self.negative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_std::rand::Rng;
    use ark_std::test_rng;

    fn slots() -> Slots {
        let mut slots = Slots::new(64, 8, 5, 2, [7; 32]).unwrap();
        let mut rng = test_rng();
        for slot in 0..4 {
            for offset in [0, 16, 48] {
                let column: Vec<i64> =
                    (0..13).map(|_| rng.gen::<i64>() >> rng.gen_range(0..64)).collect();
                slots.add_column(slot, offset, &column).unwrap();
            }
        }
        slots.add_column(3, 32, &[i64::MIN, i64::MAX, 0, -1]).unwrap();
        slots
    }

    #[test]
    fn combination_is_the_sum_over_slots() {
        let slots = slots();
        let gamma = Fr::rand(&mut test_rng());
        let mut expected = vec![Fr::ZERO; slots.length()];
        let mut power = Fr::from(1u64);
        for slot in &slots.slot {
            for (sum, cell) in expected.iter_mut().zip(slot.to_fr(slots.length())) {
                *sum += power * cell;
            }
            power *= gamma;
        }
        assert_eq!(slots.combine(gamma), expected);
    }

    #[test]
    fn small_sums_have_room_for_the_largest_terms() {
        let weight = -Fr::from(1u64);
        let mut sum = SmallSum::default();
        for _ in 0..300 {
            sum.add(&weight, i64::MIN);
        }
        assert_eq!(sum.reduce(), Fr::from(300u64) * Fr::from(1u64 << 63));
    }

    #[test]
    fn blinding() {
        let slots = slots();
        assert!(slots.slot[..2].iter().all(|slot| slot.full.is_empty()));
        assert!(slots.slot[2..4].iter().all(|slot| slot.full.len() == 1 && slot.full[0].0 == 64));
        assert!(slots.slot[4].values.is_empty());
        assert_eq!(slots.slot[4].full.len(), 16);
        let mut cells: Vec<Fr> =
            slots.slot.iter().flat_map(|slot| slot.full.iter().map(|(_, x)| *x)).collect();
        cells.sort();
        cells.dedup();
        assert_eq!(cells.len(), 18, "all random cells differ");
        assert_eq!(slots.length(), 65);
    }

    #[test]
    fn iteration_agrees_with_the_dense_form() {
        let mut slots = slots();
        slots.slot[3].full.insert(0, (5, Fr::from(9u64)));
        for slot in &slots.slot {
            let mut dense = vec![Fr::ZERO; slot.length()];
            for (index, value) in slot.iter() {
                dense[index] = value;
            }
            assert_eq!(dense, slot.to_fr(slot.length()));
        }
    }

    #[test]
    fn columns_must_fit_and_not_overlap() {
        let mut slots = slots();
        assert!(slots.add_column(4, 0, &[1]).is_err());
        assert!(slots.add_column(9, 0, &[1]).is_err());
        assert!(slots.add_column(2, 60, &[0; 5]).is_err());
        assert!(slots.add_column(2, usize::MAX, &[0; 5]).is_err());
        let error = slots.add_column(2, 12, &[1, 2]).unwrap_err();
        assert!(error.message.contains("over another"));
        slots.add_column(2, 13, &[1, 2]).unwrap();
        assert!(Slots::new(63, 8, 5, 2, [0; 32]).is_err());
        assert!(Slots::new(64, 8, 2, 2, [0; 32]).is_err());
    }
}
