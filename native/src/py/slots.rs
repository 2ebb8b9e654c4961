//! Binding of [`crate::slots`].

use std::sync::Arc;

use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::field::FrVec;
use super::srs::Srs;
use super::{cells, interruptible};
use crate::error::Error;
use crate::pairing::g1_to_bytes;
use crate::slots;

/// The committed vectors of one proof. Kernels that read them share them (`share`); from then on
/// they cannot change.
#[pyclass(module = "zkm._native")]
pub struct Slots {
    inner: Arc<slots::Slots>,
}

impl Slots {
    pub fn share(&self) -> Arc<slots::Slots> {
        self.inner.clone()
    }
}

#[pymethods]
impl Slots {
    #[new]
    fn new(
        used: usize,
        side: usize,
        count: usize,
        preprocessed: usize,
        seed: [u8; 32],
    ) -> PyResult<Self> {
        Ok(Self { inner: slots::Slots::new(used, side, count, preprocessed, seed)?.into() })
    }

    fn add_column(
        &mut self,
        slot: usize,
        offset: usize,
        column: PyReadonlyArray1<'_, i64>,
    ) -> PyResult<()> {
        let inner = Arc::get_mut(&mut self.inner)
            .ok_or_else(|| Error::value("a column after the slots were first read"))?;
        Ok(inner.add_column(slot, offset, cells(&column)?)?)
    }

    fn __len__(&self) -> usize {
        self.inner.slot.len()
    }

    #[getter]
    fn used(&self) -> usize {
        self.inner.used
    }

    #[getter]
    fn length(&self) -> usize {
        self.inner.length()
    }

    fn commit<'py>(
        &self,
        py: Python<'py>,
        srs: &Srs,
        slot: usize,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (slots, srs) = (self.share(), srs.inner.clone());
        let point = interruptible(py, move |_| slots.commit(&srs, slot))??;
        Ok(PyBytes::new(py, &g1_to_bytes(&point)))
    }

    /// The first `length` cells of a slot.
    fn cells(&self, slot: usize, length: usize) -> PyResult<FrVec> {
        let count = self.inner.slot.len();
        let found = self.inner.slot.get(slot);
        let found = found.ok_or_else(|| Error::value(format!("slot {slot} of {count} slots")));
        if length > 1 << 28 {
            return Err(Error::value("more than 2^28 cells").into());
        }
        Ok(found?.to_fr(length).into())
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Slots>()
}
