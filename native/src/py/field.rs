//! Binding of [`crate::field`], and the opaque vector of field elements.

use ark_bn254::Fr;
use ark_ff::PrimeField;
use numpy::{
    PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyList;
use rayon::prelude::*;

use super::{cells, elements, integer, integers, released};
use crate::field;

/// An immutable vector of field elements, kept on the Rust side.
#[pyclass(frozen, module = "zkm._native")]
pub struct FrVec {
    pub values: Vec<Fr>,
}

impl From<Vec<Fr>> for FrVec {
    fn from(values: Vec<Fr>) -> Self {
        Self { values }
    }
}

#[pymethods]
impl FrVec {
    #[new]
    fn new(values: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(elements(values)?.into())
    }

    /// The elements of a contiguous int64 array; a negative x stands for r + x.
    #[staticmethod]
    fn from_int64(array: PyReadonlyArray1<'_, i64>) -> PyResult<Self> {
        let values = cells(&array)?;
        let elements: Vec<Fr> =
            released(array.py(), || values.par_iter().map(|x| field::from_i64(*x)).collect())?;
        Ok(elements.into())
    }

    /// The elements of an (n, 4) uint64 array of canonical limbs, lowest first.
    #[staticmethod]
    fn from_limbs(array: PyReadonlyArray2<'_, u64>) -> PyResult<Self> {
        if array.as_array().ncols() != 4 || !array.is_c_contiguous() {
            return Err(PyTypeError::new_err(
                "the limbs are not a C-contiguous array of shape (n, 4)",
            ));
        }
        let limbs = array.as_slice()?;
        let read = |limbs: &[u64]| field::from_limbs(limbs.try_into().expect("four limbs"));
        let elements: Option<Vec<Fr>> =
            released(array.py(), || limbs.par_chunks_exact(4).map(read).collect())?;
        elements.map(Self::from).ok_or_else(|| PyValueError::new_err("limbs are not below r"))
    }

    fn __len__(&self) -> usize {
        self.values.len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        let position = if index < 0 { index + self.values.len() as isize } else { index };
        let value = usize::try_from(position).ok().and_then(|position| self.values.get(position));
        integer(py, value.ok_or_else(|| PyIndexError::new_err("index out of range"))?)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.values == other.values
    }

    fn __repr__(&self) -> String {
        format!("FrVec of {} elements", self.values.len())
    }

    /// All elements as ints.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        integers(py, &self.values)
    }

    /// All elements as an (n, 4) uint64 array of canonical limbs, lowest first.
    fn to_limbs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<u64>>> {
        let limbs: Vec<u64> = released(py, || {
            self.values.par_iter().flat_map_iter(|value| value.into_bigint().0).collect()
        })?;
        PyArray1::from_vec(py, limbs).reshape([self.values.len(), 4])
    }
}

/// The inverses of all elements; `ValueError` names the index of a zero.
#[pyfunction]
fn batch_inverse(py: Python<'_>, values: &Bound<'_, FrVec>) -> PyResult<FrVec> {
    let values = &values.get().values;
    Ok(released(py, || field::batch_inverse(values))??.into())
}

/// eq(point, x) for all x in {0,1}^k: bit 0 of an index belongs to the first coordinate.
#[pyfunction]
fn eq_table(py: Python<'_>, point: &Bound<'_, PyAny>) -> PyResult<FrVec> {
    let point = elements(point)?;
    if point.len() > 30 {
        return Err(PyValueError::new_err("a table of more than 2^30 elements"));
    }
    Ok(released(py, || field::eq_table(&point))?.into())
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<FrVec>()?;
    module.add_function(wrap_pyfunction!(batch_inverse, module)?)?;
    module.add_function(wrap_pyfunction!(eq_table, module)?)?;
    Ok(())
}
