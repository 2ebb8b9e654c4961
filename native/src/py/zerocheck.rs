//! Binding of [`crate::zerocheck`].

use pyo3::prelude::*;
use pyo3::types::PyList;

use super::columns::Columns;
use super::{element, elements, integers, released};
use crate::zerocheck::{self, Statement};

/// The prover of the zerocheck; Python drives its rounds.
#[pyclass(module = "zkm._native")]
pub struct Zerocheck(zerocheck::Zerocheck);

#[pymethods]
impl Zerocheck {
    #[new]
    fn new(
        py: Python<'_>,
        columns: &Columns,
        row_point: &Bound<'_, PyAny>,
        interaction_point: &Bound<'_, PyAny>,
        claims: (Bound<'_, PyAny>, Bound<'_, PyAny>),
        delta: &Bound<'_, PyAny>,
        fingerprint: (Bound<'_, PyAny>, Bound<'_, PyAny>),
    ) -> PyResult<Self> {
        let rows = elements(row_point)?;
        let point = [rows.as_slice(), &elements(interaction_point)?].concat();
        let statement = Statement {
            point: &point,
            row_bits: rows.len(),
            claims: (element(&claims.0)?, element(&claims.1)?),
            delta: element(delta)?,
            phi: element(&fingerprint.0)?,
            theta: element(&fingerprint.1)?,
        };
        let store = columns.store.clone();
        Ok(Self(released(py, || zerocheck::Zerocheck::new(store, &statement))??))
    }

    fn round<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let polynomial = released(py, || self.0.round())??;
        integers(py, &polynomial[1..])
    }

    fn bind(&mut self, py: Python<'_>, challenge: &Bound<'_, PyAny>) -> PyResult<()> {
        let challenge = element(challenge)?;
        Ok(released(py, || self.0.bind(challenge))??)
    }

    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        integers(py, &released(py, || self.0.values())??)
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Zerocheck>()
}
