//! Binding of [`crate::srs`].

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::{interruptible, released};
use crate::error::Error;
use crate::pairing::{g1_to_bytes, g2_from_bytes, g2_to_bytes};
use crate::srs;

/// The first points of a reference string, in memory.
#[pyclass(frozen, module = "zkm._native")]
pub struct Srs {
    pub inner: Arc<srs::Srs>,
}

impl From<srs::Srs> for Srs {
    fn from(inner: srs::Srs) -> Self {
        Self { inner: Arc::new(inner) }
    }
}

#[pymethods]
impl Srs {
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf, length: usize) -> PyResult<Self> {
        Ok(released(py, || srs::Srs::open(&path, length))??.into())
    }

    #[staticmethod]
    fn development(py: Python<'_>, path: PathBuf, seed: [u8; 32], length: usize) -> PyResult<Self> {
        Ok(released(py, || srs::Srs::development(&path, seed, length))??.into())
    }

    /// Points are read from `source` at byte `position`, in the file's own form.
    #[staticmethod]
    fn import_points(
        py: Python<'_>,
        path: PathBuf,
        length: usize,
        tau_g2: &[u8],
        source: PathBuf,
        position: u64,
    ) -> PyResult<()> {
        let tau_g2 = g2_from_bytes(tau_g2)?;
        let import = || {
            let mut file = File::open(source).map_err(Error::from)?;
            file.seek(SeekFrom::Start(position)).map_err(Error::from)?;
            srs::Srs::import(&path, length, tau_g2, file)
        };
        Ok(interruptible(py, |_| import())??)
    }

    fn check(&self, py: Python<'_>) -> PyResult<()> {
        Ok(released(py, || self.inner.check())??)
    }

    fn __len__(&self) -> usize {
        self.inner.points().len()
    }

    fn point<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyBytes>> {
        let point = self.inner.points().get(index).ok_or_else(|| {
            Error::value(format!("point {index} of {}", self.inner.points().len()))
        })?;
        Ok(PyBytes::new(py, &g1_to_bytes(point)))
    }

    #[getter]
    fn tau_g2<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &g2_to_bytes(&self.inner.tau_g2()))
    }

    #[getter]
    fn insecure(&self) -> bool {
        self.inner.origin() != srs::Origin::Ceremony
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Srs>()
}
