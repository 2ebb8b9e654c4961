//! Binding of [`crate::r1cs`].

use std::collections::HashMap;

use numpy::PyReadonlyArray1;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::field::FrVec;
use super::{cells, elements, released};
use crate::r1cs::{Description, Matrix, R1cs};

/// Row pointers, wires and coefficient indexes.
type Rows<'py> =
    (PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, i32>, PyReadonlyArray1<'py, i32>);

fn unsigned(array: &PyReadonlyArray1<'_, i32>) -> PyResult<Vec<u32>> {
    let values =
        array.as_slice().map_err(|_| PyTypeError::new_err("an array is not contiguous"))?;
    values
        .iter()
        .map(|value| u32::try_from(*value).map_err(|_| PyValueError::new_err("a negative index")))
        .collect()
}

fn matrix((indptr, wires, coefficients): &Rows<'_>) -> PyResult<Matrix> {
    let indptr = cells(indptr)?.iter().map(|pointer| {
        usize::try_from(*pointer).map_err(|_| PyValueError::new_err("a negative row pointer"))
    });
    Ok(Matrix {
        indptr: indptr.collect::<PyResult<_>>()?,
        wires: unsigned(wires)?,
        coefficients: unsigned(coefficients)?,
    })
}

/// The elements of a vector or of a list of ints.
fn vector(values: &Bound<'_, PyAny>) -> PyResult<Vec<ark_bn254::Fr>> {
    match values.cast::<FrVec>() {
        Ok(vector) => Ok(vector.get().values.clone()),
        Err(_) => elements(values),
    }
}

#[pyclass(frozen, name = "R1cs", module = "zkm._native")]
pub struct PyR1cs {
    pub inner: R1cs,
}

#[pymethods]
impl PyR1cs {
    #[new]
    #[pyo3(signature = (public, private, a, b, c, coefficients, solves, labels=HashMap::new()))]
    #[expect(clippy::too_many_arguments, reason = "the parts of a constraint system")]
    fn new(
        public: usize,
        private: usize,
        a: Rows<'_>,
        b: Rows<'_>,
        c: Rows<'_>,
        coefficients: &Bound<'_, PyAny>,
        solves: PyReadonlyArray1<'_, i32>,
        labels: HashMap<usize, String>,
    ) -> PyResult<Self> {
        let solves = solves
            .as_slice()
            .map_err(|_| PyTypeError::new_err("an array is not contiguous"))?
            .to_vec();
        let description = Description {
            public,
            private,
            a: matrix(&a)?,
            b: matrix(&b)?,
            c: matrix(&c)?,
            coefficients: elements(coefficients)?,
            solves,
            labels,
        };
        Ok(Self { inner: R1cs::new(description)? })
    }

    fn solve(
        &self,
        py: Python<'_>,
        public: &Bound<'_, PyAny>,
        private: &Bound<'_, PyAny>,
    ) -> PyResult<FrVec> {
        let (public, private) = (vector(public)?, vector(private)?);
        Ok(released(py, || self.inner.solve(&public, &private))??.into())
    }

    fn check(&self, py: Python<'_>, wires: &Bound<'_, FrVec>) -> PyResult<()> {
        let wires = &wires.get().values;
        released(py, || self.inner.products(wires))??;
        Ok(())
    }

    #[getter]
    fn digest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.inner.digest())
    }

    #[getter]
    fn constraints(&self) -> usize {
        self.inner.constraints()
    }

    #[getter]
    fn wires(&self) -> usize {
        self.inner.wires()
    }

    #[getter]
    fn public(&self) -> usize {
        self.inner.public()
    }

    #[getter]
    fn private(&self) -> usize {
        self.inner.private()
    }

    /// Entries of A, B and C together.
    #[getter]
    fn entries(&self) -> usize {
        self.inner.matrices().iter().map(|matrix| matrix.wires.len()).sum()
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyR1cs>()
}
