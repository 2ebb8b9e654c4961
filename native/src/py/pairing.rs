//! Binding of [`crate::pairing`]: points as bytes, for verifiers.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt};

use super::{elements, released};
use crate::error::Error;
use crate::pairing::{self, g1_from_bytes, g1_to_bytes, g2_from_bytes};

type Bytes<'a> = Bound<'a, PyBytes>;

/// Σ scalars[i] · points[i] of 64-byte points; a malformed point is a `ValueError` with its index.
#[pyfunction]
fn g1_msm<'py>(
    py: Python<'py>,
    points: Vec<Bytes<'py>>,
    scalars: &Bound<'py, PyAny>,
) -> PyResult<Bytes<'py>> {
    let scalars = elements(scalars)?;
    let points: Vec<_> = points
        .iter()
        .enumerate()
        .map(|(index, bytes)| g1_from_bytes(bytes.as_bytes()).map_err(|error| at(index, error)))
        .collect::<Result<_, _>>()?;
    let sum = released(py, || pairing::g1_msm(&points, &scalars))??;
    Ok(PyBytes::new(py, &g1_to_bytes(&sum)))
}

/// Whether Π e(P_i, Q_i) = 1 for pairs of 64 and 128 bytes; a malformed or foreign point is a
/// `ValueError` with its index.
#[pyfunction]
fn pairing_check(py: Python<'_>, pairs: Vec<(Bytes<'_>, Bytes<'_>)>) -> PyResult<bool> {
    let pairs: Vec<_> = pairs
        .iter()
        .enumerate()
        .map(|(index, (p, q))| {
            let p = g1_from_bytes(p.as_bytes()).map_err(|error| at(index, error))?;
            let q = g2_from_bytes(q.as_bytes()).map_err(|error| at(index, error))?;
            Ok((p, q))
        })
        .collect::<Result<_, Error>>()?;
    released(py, || pairing::pairing_check(&pairs))
}

/// e(P, Q) as twelve integers: the two halves of F_q^12, each three elements of F_q^2.
#[pyfunction]
#[pyo3(name = "pairing")]
fn pairing_value<'py>(py: Python<'py>, p: &[u8], q: &[u8]) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let value = pairing::pairing(g1_from_bytes(p)?, g2_from_bytes(q)?);
    let integer = |bytes: &Vec<u8>| {
        py.get_type::<PyInt>().call_method1("from_bytes", (PyBytes::new(py, bytes), "big"))
    };
    value.iter().map(integer).collect()
}

fn at(index: usize, error: Error) -> Error {
    Error { message: format!("place {index}: {}", error.message), ..error }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(g1_msm, module)?)?;
    module.add_function(wrap_pyfunction!(pairing_check, module)?)?;
    module.add_function(wrap_pyfunction!(pairing_value, module)?)?;
    Ok(())
}
