//! Binding of [`crate::stacking`].

use pyo3::prelude::*;
use pyo3::types::PyList;

use super::columns::Columns;
use super::slots::Slots;
use super::{element, elements, integers, released};
use crate::stacking::{self, Statement};

/// The prover of the reduction from columns to slots; Python drives its rounds.
#[pyclass(module = "zkm._native")]
pub struct Stacking(stacking::Stacking);

#[pymethods]
impl Stacking {
    #[new]
    #[pyo3(signature = (columns, slots, addresses, point, mu, slot_bits, slot_index_bits, output=None))]
    #[allow(clippy::too_many_arguments)] // Python passes them by name
    fn new(
        py: Python<'_>,
        columns: &Columns,
        slots: &Slots,
        addresses: Vec<u64>,
        point: &Bound<'_, PyAny>,
        mu: &Bound<'_, PyAny>,
        slot_bits: usize,
        slot_index_bits: usize,
        output: Option<(usize, Bound<'_, PyAny>)>,
    ) -> PyResult<Self> {
        let (point, mu) = (elements(point)?, element(mu)?);
        let output = output.map(|(column, sigma)| Ok::<_, PyErr>((column, element(&sigma)?)));
        let uncovered = stacking::uncovered(&slots.share(), slot_bits);
        let statement = Statement {
            point: &point,
            mu,
            slot_bits,
            slot_index_bits,
            addresses: &addresses,
            output: output.transpose()?,
            uncovered,
        };
        let store = columns.store.clone();
        Ok(Self(released(py, || stacking::Stacking::new(store, statement))??))
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
        integers(py, &self.0.values()?)
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Stacking>()
}
