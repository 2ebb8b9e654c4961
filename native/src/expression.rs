//! The compiled form of a table: an expression graph, its constraints and its interactions.
//!
//! Rust never knows a table by name (protocol, section 11): a table is a list of nodes over its
//! columns, each node made of earlier ones, and lists of the nodes that mean something.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;

use crate::error::{Error, Result};
use crate::field::from_i64;

/// Constraints, multiplicities and tuple entries have at most this degree in the columns.
pub const MAX_DEGREE: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    Column(usize),
    Constant(i64),
    Add(usize, usize),
    Sub(usize, usize),
    Mul(usize, usize),
}

/// A tuple on a bus: `sign`·multiplicity copies of (entry / 2^shift, …).
#[derive(Clone, Debug)]
pub struct Interaction {
    pub bus: i64,
    pub negative: bool,
    pub multiplicity: usize,
    pub entries: Vec<(usize, u32)>,
}

/// A table's expressions, checked when made.
#[derive(Clone, Debug)]
pub struct Expressions {
    pub nodes: Vec<Node>,
    pub constraints: Vec<usize>,
    pub interactions: Vec<Interaction>,
    pub columns: usize,
    /// The value of every node that depends on no column.
    constants: Vec<Option<i64>>,
}

impl Expressions {
    /// Checks what the kernels rely on.
    ///
    /// # Errors
    /// A node that names a later node or no column, a constant that does not fit 64 bits, a degree
    /// over [`MAX_DEGREE`], an expression that is not zero in the row of zeros.
    pub fn new(
        nodes: Vec<Node>,
        constraints: Vec<usize>,
        interactions: Vec<Interaction>,
        columns: usize,
    ) -> Result<Self> {
        let mut degrees: Vec<u32> = Vec::with_capacity(nodes.len());
        let mut constants: Vec<Option<i64>> = Vec::with_capacity(nodes.len());
        let mut zero_row: Vec<Fr> = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            if let Node::Add(x, y) | Node::Sub(x, y) | Node::Mul(x, y) = *node {
                if x.max(y) >= index {
                    return Err(Error::value(format!("node {index} is made of a later node")));
                }
            }
            // Checked integer arithmetic on two constants.
            let both = |x: usize, y: usize, operation: fn(i64, i64) -> Option<i64>| {
                let (Some(a), Some(b)) = (constants[x], constants[y]) else { return Ok(None) };
                let value = operation(a, b);
                value.map(Some).ok_or_else(|| Error::value(format!("node {index} exceeds 64 bits")))
            };
            let (degree, constant, zero) = match *node {
                Node::Column(column) if column >= columns => {
                    let what = format!("node {index} names column {column} of {columns}");
                    return Err(Error::value(what));
                }
                Node::Column(_) => (1, None, Fr::ZERO),
                Node::Constant(value) => (0, Some(value), from_i64(value)),
                Node::Add(x, y) => {
                    let constant = both(x, y, i64::checked_add)?;
                    (degrees[x].max(degrees[y]), constant, zero_row[x] + zero_row[y])
                }
                Node::Sub(x, y) => {
                    let constant = both(x, y, i64::checked_sub)?;
                    (degrees[x].max(degrees[y]), constant, zero_row[x] - zero_row[y])
                }
                Node::Mul(x, y) => {
                    let constant = both(x, y, i64::checked_mul)?;
                    let degree = degrees[x].saturating_add(degrees[y]);
                    (degree, constant, zero_row[x] * zero_row[y])
                }
            };
            degrees.push(degree);
            constants.push(constant);
            zero_row.push(zero);
        }
        let check = |root: usize, what: &str| match degrees.get(root) {
            None => Err(Error::value(format!("{what} is node {root}, which is none"))),
            Some(degree) if *degree > MAX_DEGREE => {
                Err(Error::value(format!("{what} has degree {degree}, over {MAX_DEGREE}")))
            }
            Some(_) if zero_row[root] != Fr::ZERO => {
                Err(Error::value(format!("{what} is not zero in the row of zeros")))
            }
            Some(_) => Ok(()),
        };
        for (c, root) in constraints.iter().enumerate() {
            check(*root, &format!("constraint {c}"))?;
        }
        for (j, interaction) in interactions.iter().enumerate() {
            check(interaction.multiplicity, &format!("the multiplicity of interaction {j}"))?;
            for (i, (root, shift)) in interaction.entries.iter().enumerate() {
                check(*root, &format!("entry {i} of interaction {j}"))?;
                if *shift >= i64::BITS {
                    return Err(Error::value(format!("entry {i} of interaction {j} / 2^{shift}")));
                }
            }
        }
        Ok(Self { nodes, constraints, interactions, columns, constants })
    }

    /// The value of a node that depends on no column.
    pub fn constant(&self, node: usize) -> Option<i64> {
        self.constants[node]
    }

    /// Which nodes have to be evaluated to know those of `roots`.
    pub fn reachable(&self, roots: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut needed = vec![false; self.nodes.len()];
        roots.into_iter().for_each(|root| needed[root] = true);
        for index in (0..self.nodes.len()).rev() {
            if needed[index] {
                if let Node::Add(x, y) | Node::Sub(x, y) | Node::Mul(x, y) = self.nodes[index] {
                    needed[x] = true;
                    needed[y] = true;
                }
            }
        }
        needed
    }

    /// An upper bound of every node's magnitude when column c is at most `columns[c]` in
    /// magnitude; saturated at the largest u128.
    pub fn magnitudes(&self, columns: &[u128]) -> Vec<u128> {
        let mut bounds: Vec<u128> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            bounds.push(match *node {
                Node::Column(column) => columns[column],
                Node::Constant(value) => value.unsigned_abs().into(),
                Node::Add(x, y) | Node::Sub(x, y) => bounds[x].saturating_add(bounds[y]),
                Node::Mul(x, y) => bounds[x].saturating_mul(bounds[y]),
            });
        }
        bounds
    }

    /// Takes Σ_n weights[n]·node_n apart into what is linear in the columns and products.
    pub fn combine(&self, mut weights: Vec<Fr>) -> Combination {
        let mut combination = Combination {
            constant: Fr::ZERO,
            columns: vec![Fr::ZERO; self.columns],
            products: Vec::new(),
        };
        for index in (0..self.nodes.len()).rev() {
            let weight = weights[index];
            if weight == Fr::ZERO {
                continue;
            }
            if let Some(value) = self.constant(index) {
                combination.constant += weight * from_i64(value);
                continue;
            }
            match self.nodes[index] {
                Node::Column(column) => combination.columns[column] += weight,
                Node::Constant(_) => unreachable!("a constant depends on no column"),
                Node::Add(x, y) => {
                    weights[x] += weight;
                    weights[y] += weight;
                }
                Node::Sub(x, y) => {
                    weights[x] += weight;
                    weights[y] -= weight;
                }
                Node::Mul(x, y) => match (self.constant(x), self.constant(y)) {
                    (Some(factor), _) => weights[y] += weight * from_i64(factor),
                    (_, Some(factor)) => weights[x] += weight * from_i64(factor),
                    _ => combination.products.push((index, weight)),
                },
            }
        }
        combination
    }
}

/// constant + Σ columns[c]·column_c + Σ weight·product node.
pub struct Combination {
    pub constant: Fr,
    pub columns: Vec<Fr>,
    pub products: Vec<(usize, Fr)>,
}

/// What an expression graph can be evaluated over.
pub trait Value: Copy + Send + Sync {
    fn constant(value: i64) -> Self;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
}

/// Integers, for expressions whose magnitude was bounded before.
impl Value for i128 {
    fn constant(value: i64) -> Self {
        value.into()
    }
    fn add(self, other: Self) -> Self {
        self + other
    }
    fn sub(self, other: Self) -> Self {
        self - other
    }
    fn mul(self, other: Self) -> Self {
        self * other
    }
}

impl Value for i64 {
    fn constant(value: i64) -> Self {
        value
    }
    fn add(self, other: Self) -> Self {
        self + other
    }
    fn sub(self, other: Self) -> Self {
        self - other
    }
    fn mul(self, other: Self) -> Self {
        self * other
    }
}

impl Value for Fr {
    fn constant(value: i64) -> Self {
        from_i64(value)
    }
    fn add(self, other: Self) -> Self {
        self + other
    }
    fn sub(self, other: Self) -> Self {
        self - other
    }
    fn mul(self, other: Self) -> Self {
        self * other
    }
}

/// Evaluates the needed nodes of a graph for up to `width` rows at a time.
pub struct Batch<'a, T> {
    expressions: &'a Expressions,
    /// The needed nodes in order, without the constants.
    order: Vec<usize>,
    width: usize,
    /// Node n's values are at n·width.
    values: Vec<T>,
}

impl<'a, T: Value> Batch<'a, T> {
    pub fn new(expressions: &'a Expressions, needed: &[bool], width: usize) -> Self {
        let mut values = vec![T::constant(0); expressions.nodes.len() * width];
        let mut order = Vec::new();
        for (index, _) in needed.iter().enumerate().filter(|(_, needed)| **needed) {
            match expressions.constant(index) {
                Some(value) => {
                    values[index * width..][..width].fill(T::constant(value));
                }
                None => order.push(index),
            }
        }
        Self { expressions, order, width, values }
    }

    /// Evaluates `count` ≤ width rows; `load` writes a column's values of these rows.
    pub fn evaluate(&mut self, count: usize, mut load: impl FnMut(usize, &mut [T])) {
        for &index in &self.order {
            let (earlier, rest) = self.values.split_at_mut(index * self.width);
            let out = &mut rest[..count];
            let operand = |node: usize| &earlier[node * self.width..][..count];
            match self.expressions.nodes[index] {
                Node::Column(column) => load(column, out),
                Node::Constant(_) => unreachable!("constants are filled in before"),
                Node::Add(x, y) => apply(out, operand(x), operand(y), T::add),
                Node::Sub(x, y) => apply(out, operand(x), operand(y), T::sub),
                Node::Mul(x, y) => apply(out, operand(x), operand(y), T::mul),
            }
        }
    }

    /// The values of a node, `count` of which the last evaluation wrote.
    pub fn node(&self, node: usize) -> &[T] {
        &self.values[node * self.width..][..self.width]
    }
}

#[inline(always)]
fn apply<T: Copy>(out: &mut [T], x: &[T], y: &[T], operation: impl Fn(T, T) -> T) {
    for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
        *out = operation(*x, *y);
    }
}
