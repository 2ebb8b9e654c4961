//! Binding of [`crate::columns`]: the witness store, made of compiled tables and their cells.

use std::sync::Arc;

use numpy::{PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::{cells, cells_2d, elements, integers, released};
use crate::columns::{Columns as Store, Table};
use crate::expression::{Expressions, Interaction, Node};

/// The cells of all tables beside their compiled expressions.
#[pyclass(frozen, module = "zkm._native")]
pub struct Columns {
    pub store: Arc<Store>,
}

/// A table as `CompiledTable.native()` gives it: nodes, constraints, interactions, columns.
type Compiled<'py> = (
    PyReadonlyArray2<'py, i64>,
    PyReadonlyArray1<'py, i64>,
    Vec<(i64, i64, i64, Vec<(i64, i64)>)>,
    usize,
);

fn index(value: i64) -> PyResult<usize> {
    usize::try_from(value).map_err(|_| PyValueError::new_err(format!("index {value}")))
}

fn node(row: &[i64]) -> PyResult<Node> {
    let operands = || Ok::<_, PyErr>((index(row[1])?, index(row[2])?));
    Ok(match row[0] {
        0 => Node::Column(index(row[1])?),
        1 => Node::Constant(row[1]),
        2 => operands().map(|(x, y)| Node::Add(x, y))?,
        3 => operands().map(|(x, y)| Node::Sub(x, y))?,
        4 => operands().map(|(x, y)| Node::Mul(x, y))?,
        other => return Err(PyValueError::new_err(format!("node operation {other}"))),
    })
}

fn expressions(compiled: &Compiled<'_>) -> PyResult<Expressions> {
    let (nodes, constraints, interactions, columns) = compiled;
    if nodes.as_array().ncols() != 3 {
        return Err(PyValueError::new_err("nodes are not of shape (n, 3)"));
    }
    let nodes = cells_2d(nodes)?.chunks_exact(3).map(node).collect::<PyResult<_>>()?;
    let constraints =
        cells(constraints)?.iter().map(|root| index(*root)).collect::<PyResult<_>>()?;
    let interaction = |(bus, sign, multiplicity, entries): &(_, i64, i64, Vec<(i64, i64)>)| {
        let entry = |(node, shift): &(i64, i64)| {
            let shift = u32::try_from(*shift)
                .map_err(|_| PyValueError::new_err(format!("an entry / 2^{shift}")))?;
            Ok((index(*node)?, shift))
        };
        if sign.abs() != 1 {
            return Err(PyValueError::new_err(format!("sign {sign}")));
        }
        Ok(Interaction {
            bus: *bus,
            negative: *sign < 0,
            multiplicity: index(*multiplicity)?,
            entries: entries.iter().map(entry).collect::<PyResult<_>>()?,
        })
    };
    let interactions = interactions.iter().map(interaction).collect::<PyResult<_>>()?;
    Ok(Expressions::new(nodes, constraints, interactions, *columns)?)
}

#[pymethods]
impl Columns {
    #[new]
    fn new(
        tables: Vec<(Compiled<'_>, usize)>,
        data: Vec<(usize, PyReadonlyArray2<'_, i64>)>,
    ) -> PyResult<Self> {
        if tables.len() != data.len() {
            return Err(PyValueError::new_err("not one array of cells for each table"));
        }
        let mut store = Vec::with_capacity(tables.len());
        for ((compiled, committed), (height, array)) in tables.iter().zip(&data) {
            let expressions = expressions(compiled)?;
            let [columns, rows] = *array.shape() else { unreachable!("two dimensions") };
            if columns != expressions.columns {
                return Err(PyValueError::new_err(format!(
                    "{columns} columns of cells, {} in the table",
                    expressions.columns
                )));
            }
            let cells = cells_2d(array)?.to_vec();
            store.push(Table::new(expressions, *committed, *height, rows, cells)?);
        }
        Ok(Self { store: Arc::new(Store { tables: store }) })
    }

    /// Evaluations of all committed columns.
    fn evaluate<'py>(
        &self,
        py: Python<'py>,
        point: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let point = elements(point)?;
        if point.len() < self.store.height() {
            return Err(PyValueError::new_err("the point has too few coordinates"));
        }
        let values = released(py, || self.store.evaluate(&point).concat())?;
        Ok(integers(py, &values)?.into_any())
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Columns>()
}
