//! Binding of [`crate::poseidon2`].

use pyo3::prelude::*;
use pyo3::types::PyList;

use super::{elements, integers};
use crate::poseidon2;

/// The Poseidon2 permutation of one width.
#[pyclass(frozen, module = "zkm._native")]
pub struct Poseidon2(poseidon2::Poseidon2);

#[pymethods]
impl Poseidon2 {
    /// `external`: t constants for each full round; `internal`: one for each partial round;
    /// `diagonal`: t numbers, of the internal matrix minus (all ones).
    #[new]
    fn new(
        external: &Bound<'_, PyAny>,
        internal: &Bound<'_, PyAny>,
        diagonal: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let external =
            external.try_iter()?.map(|row| elements(&row?)).collect::<PyResult<Vec<_>>>()?;
        Ok(Self(poseidon2::Poseidon2::new(external, elements(internal)?, elements(diagonal)?)?))
    }

    /// The permutation of t integers in [0, r).
    fn permute<'py>(
        &self,
        py: Python<'py>,
        state: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut state = elements(state)?;
        self.0.permute(&mut state)?;
        integers(py, &state)
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Poseidon2>()
}
