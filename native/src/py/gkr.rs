//! Binding of [`crate::gkr`].

use pyo3::prelude::*;
use pyo3::types::PyList;

use super::columns::Columns;
use super::{element, integer, integers, released};
use crate::gkr;

/// The prover of LogUp-GKR; Python drives its rounds.
#[pyclass(module = "zkm._native")]
pub struct Gkr(gkr::Gkr);

#[pymethods]
impl Gkr {
    #[new]
    fn new(
        py: Python<'_>,
        columns: &Columns,
        row_bits: usize,
        interaction_bits: usize,
        phi: &Bound<'_, PyAny>,
        theta: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let (phi, theta) = (element(phi)?, element(theta)?);
        let store = &columns.store;
        let new = || gkr::Gkr::new(store, row_bits, interaction_bits, phi, theta);
        Ok(Self(released(py, new)??))
    }

    fn root<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let (p, q) = self.0.root();
        Ok((integer(py, &p)?, integer(py, &q)?))
    }

    fn layer(&mut self, py: Python<'_>, lambda_: &Bound<'_, PyAny>) -> PyResult<()> {
        let lambda = element(lambda_)?;
        Ok(released(py, || self.0.layer(lambda))??)
    }

    fn round<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let polynomial = released(py, || self.0.round())??;
        integers(py, &polynomial[1..])
    }

    fn reference_round<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        integers(py, &released(py, || self.0.reference_round())??)
    }

    fn bind(&mut self, py: Python<'_>, challenge: &Bound<'_, PyAny>) -> PyResult<()> {
        let challenge = element(challenge)?;
        Ok(released(py, || self.0.bind(challenge))??)
    }

    fn values<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let (p, q) = self.0.values()?;
        integers(py, &[p, q].concat())
    }

    fn descend<'py>(
        &mut self,
        py: Python<'py>,
        t0: &Bound<'_, PyAny>,
        t1: &Bound<'_, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let (p, q) = self.0.descend([element(t0)?, element(t1)?])?;
        Ok((integer(py, &p)?, integer(py, &q)?))
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Gkr>()
}
