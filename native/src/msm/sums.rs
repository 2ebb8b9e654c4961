//! Sums of groups of affine points, the one operation that a multi-scalar multiplication needs.
//!
//! The points of a group are added in pairs, then the sums in pairs, and so on: all additions of
//! one level are independent, so that their slopes share one inversion (Montgomery's trick) and
//! an addition costs six field multiplications instead of a dozen.

use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, Field, One, Zero};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Points of a group that one thread adds up at a time: the points, their sums and the scratch
/// values then stay in a core's second-level cache.
const PIECE: usize = 1 << 13;

/// One term of a sum: a point's index and its sign. Atomic, as several threads write a list of
/// terms (each its own places); nothing reads a list before it is complete.
pub struct Term(AtomicU32);

impl Term {
    pub fn new(index: usize, negative: bool) -> Self {
        Self(AtomicU32::new((index as u32) << 1 | u32::from(negative)))
    }

    pub fn set(&self, index: usize, negative: bool) {
        self.0.store((index as u32) << 1 | u32::from(negative), Ordering::Relaxed);
    }

    /// Twice the index, plus 1 if negative.
    pub fn code(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The additions of one level: operands coded as terms are, and the places of their sums. The
/// lists of operands are filled up with copies to a multiple of [`Pairs::STEP`].
#[derive(Default)]
pub struct Pairs {
    pub left: Vec<u32>,
    pub right: Vec<u32>,
    pub out: Vec<u32>,
}

impl Pairs {
    pub const STEP: usize = 16;

    /// The point of an operand.
    pub fn point<P: SWCurveConfig>(points: &[Affine<P>], code: u32) -> Affine<P> {
        let point = points[(code >> 1) as usize];
        if code & 1 == 1 {
            -point
        } else {
            point
        }
    }
}

/// Adds the pairs of one level. A curve may have a faster way than [`Plain`].
pub trait PairAdder<P: SWCurveConfig>: Default {
    /// Adds pairs of points; `out` receives sums, in the adder's own representation.
    fn add_points(&mut self, points: &[Affine<P>], pairs: &Pairs, out: &mut [Affine<P>]);
    /// Adds pairs of sums.
    fn add_sums(&mut self, sums: &[Affine<P>], pairs: &Pairs, out: &mut [Affine<P>]);
    /// A point alone, in the adder's own representation.
    fn single(&mut self, point: &Affine<P>) -> Affine<P>;
    /// Sums, from the adder's own representation.
    fn finish(&mut self, sums: &mut [Affine<P>]);
}

/// A curve whose points can be summed; `Adder` is the fastest for this machine.
pub trait SumCurve: SWCurveConfig {
    /// The sums of `groups` consecutive ranges of terms, see [`group_sums`].
    fn sums(points: &[Affine<Self>], terms: &[Term], bounds: &[usize]) -> Vec<Affine<Self>> {
        group_sums::<Self, Plain<Self>>(points, terms, bounds)
    }
}

/// A part of a group, small enough for one thread: `length` terms from `start`.
#[derive(Clone, Copy)]
struct Piece {
    start: usize,
    length: usize,
}

/// For each i, the sum of the terms `bounds[i] .. bounds[i + 1]`.
pub fn group_sums<P: SWCurveConfig, A: PairAdder<P>>(
    points: &[Affine<P>],
    terms: &[Term],
    bounds: &[usize],
) -> Vec<Affine<P>> {
    let groups = bounds.len() - 1;
    let mut pieces = Vec::with_capacity(groups);
    let mut firsts = Vec::with_capacity(groups + 1); // first piece of each group
    for range in bounds.windows(2) {
        firsts.push(pieces.len());
        let mut start = range[0];
        while start < range[1] {
            let length = (range[1] - start).min(PIECE);
            pieces.push(Piece { start, length });
            start += length;
        }
    }
    firsts.push(pieces.len());
    let sums = piece_sums::<P, A>(points, terms, &pieces);
    if pieces.len() <= groups && firsts.windows(2).all(|range| range[1] - range[0] <= 1) {
        let sum = |range: &[usize]| {
            if range[0] == range[1] {
                Affine::zero()
            } else {
                sums[range[0]]
            }
        };
        return firsts.windows(2).map(sum).collect();
    }
    let terms: Vec<Term> = (0..sums.len()).map(|index| Term::new(index, false)).collect();
    group_sums::<P, A>(&sums, &terms, &firsts)
}

fn piece_sums<P: SWCurveConfig, A: PairAdder<P>>(
    points: &[Affine<P>],
    terms: &[Term],
    pieces: &[Piece],
) -> Vec<Affine<P>> {
    // Runs of pieces with about PIECE terms together.
    let mut runs = Vec::new();
    let (mut first, mut length) = (0, 0);
    for (index, piece) in pieces.iter().enumerate() {
        if length + piece.length > PIECE {
            runs.push(first..index);
            (first, length) = (index, 0);
        }
        length += piece.length;
    }
    if first < pieces.len() {
        runs.push(first..pieces.len());
    }
    let sums: Vec<Vec<Affine<P>>> = runs
        .into_par_iter()
        .map_init(Workspace::<P, A>::default, |workspace, run| {
            workspace.sums(points, terms, &pieces[run])
        })
        .collect();
    sums.concat()
}

struct Workspace<P: SWCurveConfig, A> {
    adder: A,
    current: Vec<Affine<P>>,
    next: Vec<Affine<P>>,
    pairs: Pairs,
}

impl<P: SWCurveConfig, A: PairAdder<P>> Default for Workspace<P, A> {
    fn default() -> Self {
        Self { adder: A::default(), current: Vec::new(), next: Vec::new(), pairs: Pairs::default() }
    }
}

impl<P: SWCurveConfig, A: PairAdder<P>> Workspace<P, A> {
    /// The sum of each piece.
    fn sums(&mut self, points: &[Affine<P>], terms: &[Term], pieces: &[Piece]) -> Vec<Affine<P>> {
        let Some(first) = pieces.first() else { return Vec::new() };
        let terms = &terms[first.start..];
        let mut lengths: Vec<u32> = pieces.iter().map(|piece| piece.length as u32).collect();
        let total: usize = lengths.iter().map(|length| *length as usize).sum();
        let terms = &terms[..total];
        self.next.resize(total.max(self.next.len()), Affine::zero());
        self.current.resize(total.max(self.current.len()), Affine::zero());
        for (code, out) in pair_up(&mut lengths, |i| terms[i].code(), &mut self.pairs) {
            self.current[out as usize] = self.adder.single(&Pairs::point(points, code));
        }
        self.adder.add_points(points, &self.pairs, &mut self.current);
        while lengths.iter().any(|length| *length > 1) {
            for (code, out) in pair_up(&mut lengths, |i| 2 * i as u32, &mut self.pairs) {
                self.next[out as usize] = self.current[(code >> 1) as usize];
            }
            self.adder.add_sums(&self.current, &self.pairs, &mut self.next);
            std::mem::swap(&mut self.current, &mut self.next);
        }
        let mut sums = self.current[..lengths.len()].to_vec();
        self.adder.finish(&mut sums);
        sums
    }
}

/// Lists the pairs of neighbours of each list (lists stand one after the other), returns the odd
/// ones out with their places and replaces the lengths by those of the lists of sums.
fn pair_up(lengths: &mut [u32], code: impl Fn(usize) -> u32, pairs: &mut Pairs) -> Vec<(u32, u32)> {
    let Pairs { left, right, out } = pairs;
    left.clear();
    right.clear();
    out.clear();
    let mut singles = Vec::new();
    let (mut from, mut to) = (0, 0);
    for length in lengths {
        let half = *length as usize / 2;
        left.extend((0..half).map(|i| code(from + 2 * i)));
        right.extend((0..half).map(|i| code(from + 2 * i + 1)));
        out.extend((0..half).map(|i| to + i as u32));
        if *length % 2 == 1 {
            singles.push((code(from + 2 * half), to + half as u32));
        }
        from += *length as usize;
        *length = length.div_ceil(2);
        to += *length;
    }
    let filled = out.len().next_multiple_of(Pairs::STEP);
    for list in [left, right] {
        list.resize(filled, list.last().copied().unwrap_or(0));
    }
    singles
}

/// The portable adder, for any curve: exact also where points are equal, opposite or infinite.
pub struct Plain<P: SWCurveConfig> {
    denominators: Vec<P::BaseField>,
    products: Vec<P::BaseField>,
}

impl<P: SWCurveConfig> Default for Plain<P> {
    fn default() -> Self {
        Self { denominators: Vec::new(), products: Vec::new() }
    }
}

impl<P: SWCurveConfig> Plain<P> {
    pub fn add(
        &mut self,
        operand: impl Fn(u32) -> Affine<P>,
        pairs: &Pairs,
        out: &mut [Affine<P>],
    ) {
        self.denominators.clear();
        self.products.clear();
        let mut product = P::BaseField::one();
        for (left, right) in pairs.left.iter().zip(&pairs.right).take(pairs.out.len()) {
            let denominator = slope_denominator(&operand(*left), &operand(*right));
            self.denominators.push(denominator);
            self.products.push(product);
            product *= denominator;
        }
        let mut inverse = product.inverse().expect("no denominator is zero");
        for (i, place) in pairs.out.iter().enumerate().rev() {
            let slope_inverse = inverse * self.products[i];
            inverse *= self.denominators[i];
            out[*place as usize] =
                add_affine(&operand(pairs.left[i]), &operand(pairs.right[i]), slope_inverse);
        }
    }
}

/// What the slope of the line through two points is divided by; 1 where the sum needs no slope.
fn slope_denominator<P: SWCurveConfig>(a: &Affine<P>, b: &Affine<P>) -> P::BaseField {
    if a.is_zero() || b.is_zero() {
        P::BaseField::one()
    } else if a.x != b.x {
        b.x - a.x
    } else if a.y == b.y && !a.y.is_zero() {
        a.y.double()
    } else {
        P::BaseField::one()
    }
}

/// a + b, given the inverse of [`slope_denominator`].
fn add_affine<P: SWCurveConfig>(a: &Affine<P>, b: &Affine<P>, inverse: P::BaseField) -> Affine<P> {
    if a.is_zero() {
        return *b;
    }
    if b.is_zero() {
        return *a;
    }
    let slope = if a.x != b.x {
        (b.y - a.y) * inverse
    } else if a.y == b.y && !a.y.is_zero() {
        let square = a.x.square();
        (square.double() + square + P::COEFF_A) * inverse
    } else {
        return Affine::zero();
    };
    let x = slope.square() - a.x - b.x;
    Affine::new_unchecked(x, slope * (a.x - x) - a.y)
}

impl<P: SWCurveConfig> PairAdder<P> for Plain<P> {
    fn add_points(&mut self, points: &[Affine<P>], pairs: &Pairs, out: &mut [Affine<P>]) {
        self.add(|code| Pairs::point(points, code), pairs, out);
    }

    fn add_sums(&mut self, sums: &[Affine<P>], pairs: &Pairs, out: &mut [Affine<P>]) {
        self.add(|code| Pairs::point(sums, code), pairs, out);
    }

    fn single(&mut self, point: &Affine<P>) -> Affine<P> {
        *point
    }

    fn finish(&mut self, _: &mut [Affine<P>]) {}
}
