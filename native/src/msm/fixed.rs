//! Many multiples of one point.

use ark_bn254::Fr;
use ark_ec::short_weierstrass::Affine;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, PrimeField};
use rayon::prelude::*;

use super::sums::Term;
use super::{add, bits, SumCurve, Windows, FULL_BITS};

/// Multiples computed together: their terms fit a core's cache.
const BATCH: usize = 1 << 12;

/// The digits' multiples of a point: entry (w, d) is (d + 1)·2^(w·width) times the point. A
/// multiple is then a sum of one entry per window, and many sums are made together.
pub struct FixedBase<P: SumCurve> {
    windows: Windows,
    table: Vec<Affine<P>>,
}

impl<P: SumCurve<ScalarField = Fr>> FixedBase<P> {
    /// The table that is best for about `count` multiples.
    pub fn new(base: Affine<P>, count: usize) -> Self {
        let cost = |width: usize| (FULL_BITS / width + 1) * (count + (1 << (width - 1)));
        let width = (4..=14).min_by_key(|width| cost(*width)).expect("several widths");
        let windows = Windows { width, count: FULL_BITS / width + 1 };
        let entries = 1 << (width - 1);
        let mut table = Vec::with_capacity(windows.count * entries);
        let mut base = base.into_group();
        for _ in 0..windows.count {
            let first = table.len();
            table.push(base.into_affine());
            base.double_in_place();
            // From m to 2m multiples: entry m − 1 is added to all, the last one is a doubling.
            while table.len() - first < entries {
                let m = table.len() - first;
                let terms: Vec<Term> = (0..m - 1)
                    .flat_map(|i| [Term::new(first + i, false), Term::new(first + m - 1, false)])
                    .collect();
                let bounds: Vec<usize> = (0..m).map(|i| 2 * i).collect();
                let sums = P::sums(&table, &terms, &bounds);
                table.extend(sums);
                table.push(base.into_affine());
                base.double_in_place();
            }
        }
        Self { windows, table }
    }

    /// scalars[i] times the point, for all i.
    pub fn multiples(&self, scalars: &[Fr]) -> Vec<Affine<P>> {
        let offset = self.windows.offset();
        let entries = 1 << (self.windows.width - 1);
        let batch = |scalars: &[Fr]| {
            let mut terms = Vec::with_capacity(scalars.len() * self.windows.count);
            let mut bounds = vec![0];
            for scalar in scalars {
                let shifted = add(scalar.into_bigint().0, offset);
                for window in 0..self.windows.count {
                    let position = window * self.windows.width;
                    let digit = self.windows.digit(window)(bits(&shifted, position));
                    if digit != 0 {
                        let entry = window * entries + digit.unsigned_abs() as usize - 1;
                        terms.push(Term::new(entry, digit < 0));
                    }
                }
                bounds.push(terms.len());
            }
            P::sums(&self.table, &terms, &bounds)
        };
        scalars.par_chunks(BATCH).map(batch).collect::<Vec<_>>().concat()
    }
}
