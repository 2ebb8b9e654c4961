//! Rank-one constraint systems: sparse matrices A, B, C with (A w) ∘ (B w) = C w, and the solver
//! that computes all wires from the inputs in one pass.
//!
//! Wire 0 is the constant one; then come the public inputs, the private inputs and the solved
//! wires, each computed by the one constraint that names it.

use std::collections::HashMap;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInteger, Field, One, PrimeField, Zero};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// A constraint with this entry in `solves` solves no wire: it is a check.
pub const CHECK: i32 = -1;

/// A sparse matrix in compressed row form; an entry is (wire, index into the coefficient table).
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    pub indptr: Vec<usize>,
    pub wires: Vec<u32>,
    pub coefficients: Vec<u32>,
}

impl Matrix {
    /// The entries of a row, as (wire, coefficient index).
    pub fn row(&self, index: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let range = self.indptr[index]..self.indptr[index + 1];
        let wires = self.wires[range.clone()].iter().map(|wire| *wire as usize);
        wires.zip(self.coefficients[range].iter().map(|index| *index as usize))
    }

    fn check(&self, name: char, rows: usize, wires: usize, coefficients: usize) -> Result<()> {
        let entries = self.wires.len();
        let ordered = self.indptr.windows(2).all(|pair| pair[0] <= pair[1]);
        if self.indptr.len() != rows + 1
            || self.indptr[0] != 0
            || self.indptr[rows] != entries
            || self.coefficients.len() != entries
            || !ordered
        {
            return Err(Error::value(format!("matrix {name}: the row pointers do not fit")));
        }
        if self.wires.iter().any(|wire| *wire as usize >= wires) {
            return Err(Error::value(format!("matrix {name}: an entry names no wire")));
        }
        if self.coefficients.iter().any(|index| *index as usize >= coefficients) {
            return Err(Error::value(format!("matrix {name}: an entry names no coefficient")));
        }
        Ok(())
    }

    fn absorb(&self, hash: &mut Sha256) {
        for pointer in &self.indptr {
            hash.update((*pointer as u64).to_le_bytes());
        }
        for entries in [&self.wires, &self.coefficients] {
            let bytes: Vec<u8> = entries.iter().flat_map(|entry| entry.to_le_bytes()).collect();
            hash.update(bytes);
        }
    }
}

/// How a coefficient acts on a wire: most are ±1 and cost no multiplication.
#[derive(Clone, Copy)]
enum Factor {
    Plus,
    Minus,
    Times(Fr),
}

impl Factor {
    fn of(value: Fr) -> Self {
        if value.is_one() {
            Self::Plus
        } else if (-value).is_one() {
            Self::Minus
        } else {
            Self::Times(value)
        }
    }

    #[inline]
    fn add_to(self, sum: &mut Fr, wire: &Fr) {
        match self {
            Self::Plus => *sum += wire,
            Self::Minus => *sum -= wire,
            Self::Times(value) => *sum += value * wire,
        }
    }
}

/// Where a solving constraint holds the wire that it solves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Check,
    /// C is the wire alone: it becomes the product.
    Product,
    /// B is the wire alone: it becomes C / A.
    Quotient,
}

/// What a caller hands over to make an [`R1cs`].
pub struct Description {
    pub public: usize,
    pub private: usize,
    pub a: Matrix,
    pub b: Matrix,
    pub c: Matrix,
    pub coefficients: Vec<Fr>,
    /// For each constraint the wire that it solves, or [`CHECK`].
    pub solves: Vec<i32>,
    /// What constraints say, for messages.
    pub labels: HashMap<usize, String>,
}

/// A checked constraint system.
pub struct R1cs {
    description: Description,
    factors: Vec<Factor>,
    steps: Vec<Step>,
    wires: usize,
    digest: [u8; 32],
}

impl R1cs {
    /// Checks shapes, and that every wire that is not an input is solved exactly once, in
    /// ascending order, from wires known by then. So `solve` never reads an unset wire.
    pub fn new(description: Description) -> Result<Self> {
        let Description { public, private, a, b, c, coefficients, solves, .. } = &description;
        let rows = solves.len();
        let solved = solves.iter().filter(|wire| **wire != CHECK).count();
        let wires = [1, *public, *private, solved]
            .iter()
            .try_fold(0usize, |sum, part| sum.checked_add(*part))
            .filter(|wires| *wires <= i32::MAX as usize)
            .ok_or_else(|| Error::value("too many wires"))?;
        for (name, matrix) in [('A', a), ('B', b), ('C', c)] {
            matrix.check(name, rows, wires, coefficients.len())?;
        }
        let factors = coefficients.iter().map(|value| Factor::of(*value)).collect();
        let mut system = Self { factors, steps: vec![], wires, digest: [0; 32], description };
        system.steps = system.plan()?;
        system.digest = system.fingerprint();
        Ok(system)
    }

    fn plan(&self) -> Result<Vec<Step>> {
        let Description { public, private, a, b, c, coefficients, solves, .. } = &self.description;
        let mut next = 1 + public + private;
        let mut steps = Vec::with_capacity(solves.len());
        for (row, solves) in solves.iter().enumerate() {
            let known = |matrix: &Matrix| matrix.row(row).all(|(wire, _)| wire < next);
            let alone = |matrix: &Matrix| {
                let mut entries = matrix.row(row);
                let first = entries.next().filter(|_| entries.next().is_none());
                first.is_some_and(|(wire, index)| wire == next && coefficients[index].is_one())
            };
            let (a_known, b_known, c_known) = (known(a), known(b), known(c));
            let step = if *solves == CHECK {
                (a_known && b_known && c_known).then_some(Step::Check)
            } else if usize::try_from(*solves) != Ok(next) {
                None
            } else if a_known && b_known && alone(c) {
                Some(Step::Product)
            } else if a_known && c_known && alone(b) {
                Some(Step::Quotient)
            } else {
                None
            };
            let step = step.ok_or_else(|| {
                Error::value(format!(
                    "constraint {} cannot be solved in order (next wire {next}, solves {solves})",
                    self.place(row)
                ))
            })?;
            next += usize::from(step != Step::Check);
            steps.push(step);
        }
        Ok(steps)
    }

    fn fingerprint(&self) -> [u8; 32] {
        let Description { public, private, a, b, c, coefficients, .. } = &self.description;
        let mut hash = Sha256::new();
        for size in [*public, *private, self.wires, self.constraints()] {
            hash.update((size as u64).to_le_bytes());
        }
        for value in coefficients {
            hash.update(value.into_bigint().to_bytes_be());
        }
        for matrix in [a, b, c] {
            matrix.absorb(&mut hash);
        }
        hash.finalize().into()
    }

    /// SHA-256 of the relation (not of how it is solved), as `zkm/wrap/r1cs.py` defines it.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    pub fn constraints(&self) -> usize {
        self.description.solves.len()
    }

    pub fn wires(&self) -> usize {
        self.wires
    }

    pub fn public(&self) -> usize {
        self.description.public
    }

    pub fn private(&self) -> usize {
        self.description.private
    }

    /// A, B and C.
    pub fn matrices(&self) -> [&Matrix; 3] {
        [&self.description.a, &self.description.b, &self.description.c]
    }

    pub fn coefficients(&self) -> &[Fr] {
        &self.description.coefficients
    }

    /// A constraint's number and label, for messages.
    pub fn place(&self, row: usize) -> String {
        match self.description.labels.get(&row) {
            Some(label) => format!("{row} ({label})"),
            None => row.to_string(),
        }
    }

    /// ⟨row of `matrix`, wires⟩.
    pub fn dot(&self, matrix: &Matrix, row: usize, wires: &[Fr]) -> Fr {
        let mut sum = Fr::ZERO;
        for (wire, index) in matrix.row(row) {
            self.factors[index].add_to(&mut sum, &wires[wire]);
        }
        sum
    }

    /// All wires from the inputs. The first constraint that fails is an error that names it.
    pub fn solve(&self, public: &[Fr], private: &[Fr]) -> Result<Vec<Fr>> {
        let Description { a, b, c, .. } = &self.description;
        if public.len() != self.public() || private.len() != self.private() {
            return Err(Error::value(format!(
                "{} public and {} private inputs given, {} and {} expected",
                public.len(),
                private.len(),
                self.public(),
                self.private()
            )));
        }
        let mut wires = Vec::with_capacity(self.wires);
        wires.push(Fr::ONE);
        wires.extend_from_slice(public);
        wires.extend_from_slice(private);
        for (row, step) in self.steps.iter().enumerate() {
            let left = self.dot(a, row, &wires);
            match step {
                Step::Product => wires.push(left * self.dot(b, row, &wires)),
                Step::Quotient => {
                    let inverse = left.inverse().ok_or_else(|| {
                        Error::constraint(format!("constraint {}: 0 inverted", self.place(row)))
                    })?;
                    wires.push(inverse * self.dot(c, row, &wires));
                }
                Step::Check => {
                    if left * self.dot(b, row, &wires) != self.dot(c, row, &wires) {
                        return Err(self.violated(row));
                    }
                }
            }
        }
        Ok(wires)
    }

    fn violated(&self, row: usize) -> Error {
        Error::constraint(format!("constraint {} does not hold", self.place(row)))
    }

    /// A w and B w for wires that satisfy every constraint; the first that fails is an error.
    pub fn products(&self, wires: &[Fr]) -> Result<(Vec<Fr>, Vec<Fr>)> {
        let Description { a, b, c, .. } = &self.description;
        if wires.len() != self.wires || !wires[0].is_one() {
            return Err(Error::value(format!(
                "{} wires given, {} expected, the first of them 1",
                wires.len(),
                self.wires
            )));
        }
        let rows = (0..self.constraints()).into_par_iter().with_min_len(1 << 10);
        let rows: Vec<(Fr, Fr)> = rows
            .map(|row| {
                let (left, right) = (self.dot(a, row, wires), self.dot(b, row, wires));
                let holds = (left * right - self.dot(c, row, wires)).is_zero();
                holds.then_some((left, right)).ok_or_else(|| self.violated(row))
            })
            .collect::<Result<_>>()?;
        Ok(rows.into_iter().unzip())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[(u32, u32)]]) -> Matrix {
        let mut matrix = Matrix { indptr: vec![0], ..Matrix::default() };
        for row in rows {
            for (wire, coefficient) in *row {
                matrix.wires.push(*wire);
                matrix.coefficients.push(*coefficient);
            }
            matrix.indptr.push(matrix.wires.len());
        }
        matrix
    }

    /// Public y, private x: w3 = x·x, w4 = 1/x, and (w3 + 2 w4)·1 = y.
    pub fn example() -> Description {
        Description {
            public: 1,
            private: 1,
            a: matrix(&[&[(2, 0)], &[(2, 0)], &[(3, 0), (4, 1)]]),
            b: matrix(&[&[(2, 0)], &[(4, 0)], &[(0, 0)]]),
            c: matrix(&[&[(3, 0)], &[(0, 0)], &[(1, 0)]]),
            coefficients: vec![Fr::from(1), Fr::from(2)],
            solves: vec![3, 4, CHECK],
            labels: [(1, "inverse".into()), (2, "sum".into())].into(),
        }
    }

    #[test]
    fn solves_in_order() {
        let system = R1cs::new(example()).unwrap();
        let x = Fr::from(5);
        let inverse = x.inverse().unwrap();
        let y = Fr::from(25) + inverse.double();
        let wires = system.solve(&[y], &[x]).unwrap();
        assert_eq!(wires, vec![Fr::ONE, y, x, Fr::from(25), inverse]);
        assert!(system.products(&wires).is_ok());
    }

    #[test]
    fn names_the_constraint_that_fails() {
        let system = R1cs::new(example()).unwrap();
        let failed = system.solve(&[Fr::from(7)], &[Fr::from(5)]).unwrap_err();
        assert_eq!(failed.message, "constraint 2 (sum) does not hold");
        let failed = system.solve(&[Fr::from(7)], &[Fr::ZERO]).unwrap_err();
        assert_eq!(failed.message, "constraint 1 (inverse): 0 inverted");
    }

    #[test]
    fn refuses_what_cannot_be_solved() {
        for (row, wire) in [(0, 4), (1, 3), (0, CHECK), (2, 5)] {
            let mut description = example();
            description.solves[row] = wire;
            assert!(R1cs::new(description).is_err(), "row {row} solving {wire}");
        }
        let mut description = example();
        description.c.coefficients[0] = 1; // C = 2·w3
        assert!(R1cs::new(description).is_err());
    }

    #[test]
    fn refuses_entries_out_of_range() {
        let mut description = example();
        description.a.wires[0] = 9;
        assert!(R1cs::new(description).is_err());
        let mut description = example();
        description.b.coefficients[0] = 2;
        assert!(R1cs::new(description).is_err());
        let mut description = example();
        description.a.indptr[1] = 9;
        assert!(R1cs::new(description).is_err());
    }

    #[test]
    fn digest_depends_on_the_relation_only() {
        let digest = |change: fn(&mut Description)| {
            let mut description = example();
            change(&mut description);
            *R1cs::new(description).unwrap().digest()
        };
        let original = digest(|_| ());
        assert_eq!(original, digest(|description| description.labels.clear()));
        assert_ne!(original, digest(|description| description.coefficients[1] = Fr::from(3)));
    }
}
