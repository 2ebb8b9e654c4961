//! Binding of [`crate::groth16`].

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::field::FrVec;
use super::r1cs::PyR1cs;
use super::srs::Srs;
use super::{interruptible, released};
use crate::groth16::ceremony::{self, Sections};
use crate::groth16::{prove, setup, ProvingKey};
use crate::pairing::{g1_to_bytes, g2_to_bytes};

#[pyclass(frozen, module = "zkm._native")]
pub struct Groth16Key {
    inner: ProvingKey,
}

#[pymethods]
impl Groth16Key {
    /// `progress`, if given, is called with the fraction done.
    #[staticmethod]
    #[pyo3(signature = (r1cs, seed, progress=None))]
    fn development(
        py: Python<'_>,
        r1cs: &Bound<'_, PyR1cs>,
        seed: [u8; 32],
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let r1cs = &r1cs.get().inner;
        let key = interruptible(py, |stop| {
            setup::development(r1cs, seed, |done| {
                let told = progress
                    .as_ref()
                    .is_none_or(|call| Python::attach(|py| call.call1(py, (done,)).is_ok()));
                told && !stop.requested()
            })
        })??;
        Ok(Self { inner: key })
    }

    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        Ok(Self { inner: released(py, || ProvingKey::load(&path))?? })
    }

    /// The key in a `.zkey` file's sections; `singles`: α₁ ‖ β₁ ‖ β₂ ‖ γ₂ ‖ δ₁ ‖ δ₂.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "the sections of a file")]
    fn from_sections(
        py: Python<'_>,
        r1cs: &Bound<'_, PyR1cs>,
        singles: &[u8],
        ic: &[u8],
        a: &[u8],
        b1: &[u8],
        b2: &[u8],
        c: &[u8],
        h: &[u8],
    ) -> PyResult<Self> {
        let r1cs = &r1cs.get().inner;
        let sections = Sections { singles, ic, a, b1, b2, c, h };
        Ok(Self { inner: released(py, || ceremony::read(r1cs, &sections))?? })
    }

    /// Checks every point against the R1CS and the powers of τ.
    fn check(&self, py: Python<'_>, r1cs: &Bound<'_, PyR1cs>, srs: &Srs) -> PyResult<()> {
        let (r1cs, srs) = (&r1cs.get().inner, &srs.inner);
        Ok(interruptible(py, |_| ceremony::check(&self.inner, r1cs, srs))??)
    }

    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        Ok(released(py, || self.inner.save(&path))??)
    }

    fn prove<'py>(
        &self,
        py: Python<'py>,
        r1cs: &Bound<'py, PyR1cs>,
        wires: &Bound<'py, FrVec>,
        seed: [u8; 32],
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (r1cs, wires) = (&r1cs.get().inner, &wires.get().values);
        let proof = released(py, || prove::prove(&self.inner, r1cs, wires, seed))??;
        Ok(PyBytes::new(py, &proof.to_bytes()))
    }

    /// [`Self::prove`] with arkworks' multi-scalar multiplication.
    fn reference_prove<'py>(
        &self,
        py: Python<'py>,
        r1cs: &Bound<'py, PyR1cs>,
        wires: &Bound<'py, FrVec>,
        seed: [u8; 32],
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (r1cs, wires) = (&r1cs.get().inner, &wires.get().values);
        let proof =
            released(py, || prove::prove_with::<prove::Arkworks>(&self.inner, r1cs, wires, seed))??;
        Ok(PyBytes::new(py, &proof.to_bytes()))
    }

    #[getter]
    fn r1cs_digest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.r1cs_digest)
    }

    #[getter]
    fn is_development(&self) -> bool {
        self.inner.development
    }

    fn verifying_key<'py>(&self, py: Python<'py>) -> KeyPoints<'py> {
        use ark_ec::AffineRepr;
        let key = &self.inner.verifying;
        let gamma = ark_bn254::G2Affine::generator();
        let g2 = |point| PyBytes::new(py, &g2_to_bytes(point));
        let g1 = |point| PyBytes::new(py, &g1_to_bytes(point));
        let ic = key.ic.iter().map(g1).collect();
        (g1(&key.alpha_g1), g2(&key.beta_g2), g2(&gamma), g2(&key.delta_g2), ic)
    }
}

type KeyPoints<'py> = (
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
    Vec<Bound<'py, PyBytes>>,
);

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Groth16Key>()?;
    Ok(())
}
