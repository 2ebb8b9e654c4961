//! Binding of [`crate::mercury`].

use ark_bn254::G1Affine;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::slots::Slots;
use super::srs::Srs;
use super::{element, elements, integer, integers, interruptible};
use crate::error::Result;
use crate::mercury;
use crate::pairing::g1_to_bytes;

/// An opening under way: one method for each message, in this order.
#[pyclass(module = "zkm._native")]
pub struct Opening {
    inner: mercury::Opening,
}

type Point<'py> = Bound<'py, PyBytes>;

fn bytes<'py>(py: Python<'py>, point: &G1Affine) -> Point<'py> {
    PyBytes::new(py, &g1_to_bytes(point))
}

impl Opening {
    fn run<T: Send>(
        &mut self,
        py: Python<'_>,
        step: impl FnOnce(&mut mercury::Opening) -> Result<T> + Send,
    ) -> PyResult<T> {
        let inner = &mut self.inner;
        Ok(interruptible(py, move |_| step(inner))??)
    }
}

#[pymethods]
impl Opening {
    #[new]
    fn new(
        py: Python<'_>,
        slots: &Slots,
        srs: &Srs,
        gamma: &Bound<'_, PyAny>,
        point: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let (gamma, point) = (element(gamma)?, elements(point)?);
        let (slots, srs) = (slots.share(), srs.inner.clone());
        let inner = interruptible(py, move |_| mercury::Opening::new(&slots, srs, gamma, &point))??;
        Ok(Self { inner })
    }

    fn fold<'py>(&mut self, py: Python<'py>) -> PyResult<Point<'py>> {
        Ok(bytes(py, &self.run(py, |opening| opening.fold())?))
    }

    fn divide<'py>(
        &mut self,
        py: Python<'py>,
        alpha: &Bound<'py, PyAny>,
    ) -> PyResult<(Point<'py>, Point<'py>)> {
        let alpha = element(alpha)?;
        let [q, g] = self.run(py, |opening| opening.divide(alpha))?;
        Ok((bytes(py, &q), bytes(py, &g)))
    }

    fn symmetrize<'py>(
        &mut self,
        py: Python<'py>,
        eta: &Bound<'py, PyAny>,
    ) -> PyResult<(Point<'py>, Point<'py>)> {
        let eta = element(eta)?;
        let [s, d] = self.run(py, |opening| opening.symmetrize(eta))?;
        Ok((bytes(py, &s), bytes(py, &d)))
    }

    fn evaluate<'py>(
        &mut self,
        py: Python<'py>,
        z: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        let z = element(z)?;
        integers(py, &self.run(py, |opening| opening.evaluate(z))?)
    }

    fn open<'py>(&mut self, py: Python<'py>) -> PyResult<Point<'py>> {
        Ok(bytes(py, &self.run(py, |opening| opening.open())?))
    }

    fn batch<'py>(&mut self, py: Python<'py>, beta: &Bound<'py, PyAny>) -> PyResult<Point<'py>> {
        let beta = element(beta)?;
        Ok(bytes(py, &self.run(py, |opening| opening.batch(beta))?))
    }

    #[allow(clippy::type_complexity)]
    fn finish<'py>(
        &mut self,
        py: Python<'py>,
        zeta: &Bound<'py, PyAny>,
    ) -> PyResult<(Point<'py>, Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let zeta = element(zeta)?;
        let (w3, g_z, y) = self.run(py, |opening| opening.finish(zeta))?;
        Ok((bytes(py, &w3), integer(py, &g_z)?, integer(py, &y)?))
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Opening>()
}
