//! The witness store: the cells of all tables beside their compiled expressions.

use ark_bn254::Fr;
use rayon::prelude::*;

use crate::accumulate::{Accumulator, Multiplicand};
use crate::error::{Error, Result};
use crate::expression::Expressions;
use crate::field::eq_table;

/// No table has more than 2^MAX_HEIGHT rows, whatever the parameter set says.
pub const MAX_HEIGHT: usize = 30;

/// One table: 2^height rows, the first `rows` of them stored, the rest zero.
pub struct Table {
    pub expressions: Expressions,
    /// The first `committed` columns are committed, the others structured.
    pub committed: usize,
    pub height: usize,
    pub rows: usize,
    /// Column after column.
    cells: Vec<i64>,
}

impl Table {
    /// # Errors
    /// Cells that are no whole number of columns, or more rows than 2^height.
    pub fn new(
        expressions: Expressions,
        committed: usize,
        height: usize,
        rows: usize,
        cells: Vec<i64>,
    ) -> Result<Self> {
        let columns = expressions.columns;
        if committed > columns {
            return Err(Error::value(format!("{committed} committed columns of {columns}")));
        }
        if height > MAX_HEIGHT || rows > 1 << height {
            return Err(Error::value(format!("{rows} rows in a table of height {height}")));
        }
        if Some(cells.len()) != columns.checked_mul(rows) {
            return Err(Error::value(format!(
                "{} cells are not {columns} columns of {rows} rows",
                cells.len()
            )));
        }
        Ok(Self { expressions, committed, height, rows, cells })
    }

    /// The stored cells of a column.
    pub fn column(&self, column: usize) -> &[i64] {
        &self.cells[column * self.rows..][..self.rows]
    }

    /// The largest magnitude in each column.
    pub fn magnitudes(&self) -> Vec<u128> {
        let largest = |column: usize| {
            let magnitudes = self.column(column).iter().map(|cell| cell.unsigned_abs());
            magnitudes.max().unwrap_or(0).into()
        };
        (0..self.expressions.columns).into_par_iter().map(largest).collect()
    }

    /// Σ_x eq(point_{<height}, x)·column(x) for every committed column.
    pub fn evaluate(&self, eq: &[Fr]) -> Vec<Fr> {
        let weights: Vec<Multiplicand> =
            eq[..self.rows].par_iter().map(|weight| Multiplicand::new(*weight)).collect();
        (0..self.committed)
            .into_par_iter()
            .map(|column| {
                let mut sum = Accumulator::default();
                for (cell, weight) in self.column(column).iter().zip(&weights) {
                    if *cell != 0 {
                        sum.add_small_multiple(weight, *cell);
                    }
                }
                sum.reduce()
            })
            .collect()
    }

    /// Σ_c weights[c]·column_c(x) for every stored row x.
    pub fn combine(&self, weights: &[Fr]) -> Vec<Fr> {
        const ROWS: usize = 256;
        let weights: Vec<(&[i64], Multiplicand)> = weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight != Fr::from(0u64))
            .map(|(column, weight)| (self.column(column), Multiplicand::new(*weight)))
            .collect();
        let mut combined = vec![Fr::from(0u64); self.rows];
        combined.par_chunks_mut(ROWS).enumerate().for_each(|(chunk, out)| {
            let mut sums = [Accumulator::default(); ROWS];
            for (column, weight) in &weights {
                for (sum, cell) in sums.iter_mut().zip(&column[chunk * ROWS..][..out.len()]) {
                    if *cell != 0 {
                        sum.add_small_multiple(weight, *cell);
                    }
                }
            }
            for (out, sum) in out.iter_mut().zip(&sums) {
                *out = sum.reduce();
            }
        });
        combined
    }
}

/// All tables of a system, in its order.
pub struct Columns {
    pub tables: Vec<Table>,
}

impl Columns {
    /// The greatest height.
    pub fn height(&self) -> usize {
        self.tables.iter().map(|table| table.height).max().unwrap_or(0)
    }

    pub fn interactions(&self) -> usize {
        self.tables.iter().map(|table| table.expressions.interactions.len()).sum()
    }

    pub fn committed(&self) -> usize {
        self.tables.iter().map(|table| table.committed).sum()
    }

    /// For every table the evaluations of its committed columns at the first coordinates of
    /// `point`, as many as the table is high.
    pub fn evaluate(&self, point: &[Fr]) -> Vec<Vec<Fr>> {
        let mut heights: Vec<usize> = self.tables.iter().map(|table| table.height).collect();
        heights.sort_unstable();
        heights.dedup();
        let mut evaluations = vec![Vec::new(); self.tables.len()];
        for height in heights {
            let eq = eq_table(&point[..height]);
            for (out, table) in evaluations.iter_mut().zip(&self.tables) {
                if table.height == height {
                    *out = table.evaluate(&eq);
                }
            }
        }
        evaluations
    }
}
