//! The prover of the reduction from columns to slots (protocol, section 6).
//!
//! A sumcheck of degree 2 over the cells of all slots, cell · weight. The columns of one table
//! share their weights up to powers of μ, so that while rows are bound a table is one combined
//! column; then each of its columns is one cell. The columns themselves are read twice, to be
//! combined and to be evaluated; the slots' vectors are not needed.
//!
//! Memory: 32 bytes a row for the combined columns and as much for the weights of 2^k rows.

use std::sync::Arc;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use rayon::prelude::*;

use crate::accumulate::Accumulator;
use crate::columns::Columns;
use crate::error::{Error, Result};
use crate::field::eq_table;
use crate::slots::Slots;

/// Pairs that one task works on.
const CHUNK: usize = 1 << 12;

/// What the reduction's claim is made of.
pub struct Statement<'a> {
    /// r*: the columns were evaluated at its low coordinates.
    pub point: &'a [Fr],
    pub mu: Fr,
    /// N: a slot has 2^N cells.
    pub slot_bits: usize,
    pub slot_index_bits: usize,
    /// slot · 2^N + offset of every committed column.
    pub addresses: &'a [u64],
    /// The committed column p of the output and σ: its cells weigh μ^C σ^x more.
    pub output: Option<(usize, Fr)>,
    /// (slot · 2^N + index, value) of the cells that no column covers, such as blinding ones.
    pub uncovered: Vec<(u64, Fr)>,
}

pub struct Stacking {
    columns: Arc<Columns>,
    slot_bits: usize,
    slot_index_bits: usize,
    /// Combined columns whose rows are being bound.
    products: Vec<Product>,
    /// Columns by the table that they enter with, when its rows are bound.
    entries: Vec<Entry>,
    cells: Vec<Cell>,
    challenges: Vec<Fr>,
    waiting: bool,
    slots: Vec<Fr>,
}

/// A column of a table of 2^height rows, and its weights.
struct Product {
    table: usize,
    /// Whether this is the output's column p with its powers of σ.
    output: bool,
    height: usize,
    /// Zero behind its end.
    values: Vec<Fr>,
    weights: Vec<Fr>,
}

/// A committed column.
struct Entry {
    table: usize,
    address: u64,
    power: Fr,
    /// μ^C for the output's column, else 0.
    output_power: Fr,
}

/// One cell with its weight, at its address over 2^round.
#[derive(Clone, Copy)]
struct Cell {
    position: u64,
    value: Fr,
    weight: Fr,
}

impl Stacking {
    /// # Errors
    /// Addresses outside the slots or not aligned to the columns, or other sizes that do not fit.
    pub fn new(columns: Arc<Columns>, statement: Statement<'_>) -> Result<Self> {
        let Statement { point, mu, slot_bits, slot_index_bits, addresses, output, uncovered } =
            statement;
        if slot_bits > 40 || slot_index_bits > 10 {
            return Err(Error::value(format!("2^{slot_index_bits} slots of 2^{slot_bits} cells")));
        }
        if columns.height() > slot_bits.min(point.len()) {
            return Err(Error::value(format!("a table of height {}", columns.height())));
        }
        if addresses.len() != columns.committed() {
            return Err(Error::value(format!(
                "{} addresses of {} columns",
                addresses.len(),
                columns.committed()
            )));
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(addresses.len());
        let mut power = Fr::ONE;
        for (index, table) in columns.tables.iter().enumerate() {
            for _ in 0..table.committed {
                let address = addresses[entries.len()];
                let inside = address >> (slot_bits + slot_index_bits) == 0;
                if !inside || address % (1 << table.height) != 0 {
                    return Err(Error::value(format!("address {address} of a column")));
                }
                entries.push(Entry { table: index, address, power, output_power: Fr::ZERO });
                power *= mu;
            }
        }
        let mut products = Vec::new();
        let mut first = 0;
        for (index, table) in columns.tables.iter().enumerate() {
            let mut weights = vec![Fr::ZERO; table.expressions.columns];
            let own = &entries[first..first + table.committed];
            weights.iter_mut().zip(own).for_each(|(weight, entry)| *weight = entry.power);
            first += table.committed;
            products.push(Product {
                table: index,
                output: false,
                height: table.height,
                values: table.combine(&weights),
                weights: eq_table(&point[..table.height]),
            });
        }
        if let Some((column, sigma)) = output {
            let count = entries.len();
            let entry = entries
                .get_mut(column)
                .ok_or_else(|| Error::value(format!("output column {column} of {count}")))?;
            entry.output_power = power;
            let first: usize = columns.tables[..entry.table].iter().map(|t| t.committed).sum();
            let table = &columns.tables[entry.table];
            let mut weights = vec![Fr::ZERO; table.expressions.columns];
            weights[column - first] = power;
            products.push(Product {
                table: entry.table,
                output: true,
                height: table.height,
                values: table.combine(&weights),
                weights: powers(sigma, 1 << table.height),
            });
        }
        let cells = uncovered.into_iter().map(|(position, value)| {
            if position >> (slot_bits + slot_index_bits) != 0 {
                return Err(Error::value(format!("a cell at {position}, outside the slots")));
            }
            Ok(Cell { position, value, weight: Fr::ZERO })
        });
        let mut stacking = Self {
            cells: cells.collect::<Result<_>>()?,
            columns,
            slot_bits,
            slot_index_bits,
            products,
            entries,
            challenges: Vec::new(),
            waiting: false,
            slots: Vec::new(),
        };
        stacking.settle();
        Ok(stacking)
    }

    /// The next round's polynomial a_0 … a_2.
    ///
    /// # Errors
    /// The last one waits for its challenge, or all variables are bound.
    pub fn round(&mut self) -> Result<[Fr; 3]> {
        if self.waiting || self.challenges.len() == self.slot_bits + self.slot_index_bits {
            return Err(Error::value("a challenge is missing, or all variables are bound"));
        }
        self.waiting = true;
        let mut sums = [Fr::ZERO; 3];
        for part in self.products.iter().map(Product::evaluate).chain([self.evaluate_cells()]) {
            sums.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
        }
        let [zero, one, leading] = sums;
        Ok([zero, one - zero - leading, leading])
    }

    /// Takes the challenge of the last round.
    ///
    /// # Errors
    /// No round waits for one.
    pub fn bind(&mut self, challenge: Fr) -> Result<()> {
        if !std::mem::take(&mut self.waiting) {
            return Err(Error::value("no round waits for a challenge"));
        }
        self.challenges.push(challenge);
        self.products.iter_mut().for_each(|product| product.fold(challenge));
        self.cells = pairs(&self.cells)
            .into_iter()
            .map(|(low, high)| Cell {
                position: low.position / 2,
                value: low.value + challenge * (high.value - low.value),
                weight: low.weight + challenge * (high.weight - low.weight),
            })
            .collect();
        self.settle();
        Ok(())
    }

    /// The evaluation of every slot at the first N challenges.
    ///
    /// # Errors
    /// Variables are left.
    pub fn values(&self) -> Result<Vec<Fr>> {
        if self.waiting || self.challenges.len() != self.slot_bits + self.slot_index_bits {
            return Err(Error::value("variables are left"));
        }
        Ok(self.slots.clone())
    }

    /// Makes cells of the columns whose rows are all bound, and reads the slots' values once
    /// their cells are.
    fn settle(&mut self) {
        let round = self.challenges.len();
        let (done, rest): (Vec<Product>, Vec<Product>) =
            std::mem::take(&mut self.products).into_iter().partition(|p| p.height == round);
        self.products = rest;
        if !done.is_empty() {
            let eq = eq_table(&self.challenges);
            let mut weights = vec![(Fr::ZERO, Fr::ZERO); self.columns.tables.len()];
            for product in &done {
                let weight = &mut weights[product.table];
                *(if product.output { &mut weight.1 } else { &mut weight.0 }) = product.weights[0];
            }
            for (index, table) in self.columns.tables.iter().enumerate() {
                if table.height != round {
                    continue;
                }
                let entries = self.entries.iter().filter(|entry| entry.table == index);
                for (entry, value) in entries.zip(table.evaluate(&eq)) {
                    let (weight, output_weight) = weights[index];
                    let weight = entry.power * weight + entry.output_power * output_weight;
                    self.cells.push(Cell { position: entry.address >> round, value, weight });
                }
            }
        }
        self.cells.sort_by_key(|cell| cell.position);
        self.cells.dedup_by(|next, cell| {
            let same = next.position == cell.position;
            if same {
                cell.value += next.value;
                cell.weight += next.weight;
            }
            same
        });
        if round == self.slot_bits {
            self.slots = vec![Fr::ZERO; 1 << self.slot_index_bits];
            for cell in &self.cells {
                self.slots[cell.position as usize] = cell.value;
            }
        }
    }

    fn evaluate_cells(&self) -> [Fr; 3] {
        let mut sums = [Fr::ZERO; 3];
        for (low, high) in pairs(&self.cells) {
            sums[0] += low.value * low.weight;
            sums[1] += high.value * high.weight;
            sums[2] += (high.value - low.value) * (high.weight - low.weight);
        }
        sums
    }
}

/// The cells of some slots that hide them: no column covers them. Those beyond 2^slot_bits are
/// none that the argument sees (protocol, section 9).
pub fn uncovered(slots: &Slots, slot_bits: usize) -> Vec<(u64, Fr)> {
    let cells = slots.slot.iter().enumerate().flat_map(|(slot, cells)| {
        let inside = cells.full.iter().filter(|(index, _)| *index < 1 << slot_bits);
        inside.map(move |(index, value)| (((slot << slot_bits) + index) as u64, *value))
    });
    cells.collect()
}

/// Cells, by ascending position, in pairs that differ in the lowest bit; a missing one is zero.
fn pairs(cells: &[Cell]) -> Vec<(Cell, Cell)> {
    let mut pairs: Vec<(Cell, Cell)> = Vec::with_capacity(cells.len());
    for cell in cells {
        let even = cell.position & !1;
        let odd = cell.position & 1 == 1;
        if pairs.last().is_none_or(|(low, _)| low.position != even) {
            let zero = |position| Cell { position, value: Fr::ZERO, weight: Fr::ZERO };
            pairs.push((zero(even), zero(even + 1)));
        }
        let (low, high) = pairs.last_mut().expect("one was pushed");
        *(if odd { high } else { low }) = *cell;
    }
    pairs
}

/// 1, x, …, x^(count − 1).
fn powers(x: Fr, count: usize) -> Vec<Fr> {
    std::iter::successors(Some(Fr::ONE), |power| Some(*power * x)).take(count).collect()
}

impl Product {
    /// Σ value · weight at 0 and at 1, and the coefficient of X².
    fn evaluate(&self) -> [Fr; 3] {
        self.values
            .par_chunks(2 * CHUNK)
            .zip(self.weights.par_chunks(2 * CHUNK))
            .map(|(values, weights)| {
                let mut sums = [Accumulator::default(); 3];
                for (value, weight) in values.chunks(2).zip(weights.chunks_exact(2)) {
                    let high = value.get(1).copied().unwrap_or(Fr::ZERO);
                    sums[0].add_product(&value[0], &weight[0]);
                    sums[1].add_product(&high, &weight[1]);
                    sums[2].add_product(&(high - value[0]), &(weight[1] - weight[0]));
                }
                sums.map(|sum| sum.reduce())
            })
            .reduce(|| [Fr::ZERO; 3], |a, b| std::array::from_fn(|i| a[i] + b[i]))
    }

    fn fold(&mut self, challenge: Fr) {
        let fold = |values: &[Fr]| -> Vec<Fr> {
            let pair = |pair: &[Fr]| {
                let high = pair.get(1).copied().unwrap_or(Fr::ZERO);
                pair[0] + challenge * (high - pair[0])
            };
            values.par_chunks(2).with_min_len(CHUNK).map(pair).collect()
        };
        self.values = fold(&self.values);
        self.weights = fold(&self.weights);
    }
}
