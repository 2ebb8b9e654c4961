//! Binding of [`crate::msm`], and arkworks' own for comparison.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::short_weierstrass::Affine;
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::field::FrVec;
use super::srs::Srs;
use super::{cells, interruptible};
use crate::error::{Error, Result};
use crate::field::from_i64;
use crate::groth16::file::{write_points, Raw};
use crate::msm::{self, FixedBase, SumCurve};
use crate::pairing::g1_to_bytes;

type Scalars<'py> = PyReadonlyArray1<'py, i64>;

fn points(srs: &Srs, length: usize) -> Result<&[G1Affine]> {
    let points = srs.inner.points();
    points.get(..length).ok_or_else(|| {
        Error::setup(format!("{length} scalars for a reference string of {} points", points.len()))
    })
}

fn run<'py>(
    py: Python<'py>,
    sum: impl FnOnce() -> G1Projective + Send,
) -> PyResult<Bound<'py, PyBytes>> {
    let sum = interruptible(py, |_| sum().into_affine())?;
    Ok(PyBytes::new(py, &g1_to_bytes(&sum)))
}

/// Σ scalars[i] · [τ^i]_1.
#[pyfunction]
#[pyo3(name = "msm")]
fn msm_full<'py>(py: Python<'py>, srs: &Srs, scalars: &FrVec) -> PyResult<Bound<'py, PyBytes>> {
    let points = points(srs, scalars.values.len())?;
    run(py, || msm::msm(points, &scalars.values))
}

/// The same for small signed scalars.
#[pyfunction]
fn msm_int64<'py>(
    py: Python<'py>,
    srs: &Srs,
    scalars: Scalars<'py>,
) -> PyResult<Bound<'py, PyBytes>> {
    let scalars = cells(&scalars)?;
    let points = points(srs, scalars.len())?;
    run(py, || msm::msm_i64(points, scalars))
}

/// [`msm_full`] by arkworks.
#[pyfunction]
fn reference_msm<'py>(
    py: Python<'py>,
    srs: &Srs,
    scalars: &FrVec,
) -> PyResult<Bound<'py, PyBytes>> {
    let points = points(srs, scalars.values.len())?;
    run(py, || G1Projective::msm_unchecked(points, &scalars.values))
}

/// [`msm_int64`] by arkworks, which takes it for any signed scalars only as field elements (it
/// looks for small ones itself).
#[pyfunction]
fn reference_msm_int64<'py>(
    py: Python<'py>,
    srs: &Srs,
    scalars: Scalars<'py>,
) -> PyResult<Bound<'py, PyBytes>> {
    let scalars = cells(&scalars)?;
    let points = points(srs, scalars.len())?;
    run(py, || {
        let scalars: Vec<Fr> = scalars.iter().map(|scalar| from_i64(*scalar)).collect();
        G1Projective::msm_unchecked(points, &scalars)
    })
}

/// [scalars[i]]_1 for all i, 64 bytes each in the raw form of files.
#[pyfunction]
fn g1_multiples<'py>(py: Python<'py>, scalars: &FrVec) -> PyResult<Bound<'py, PyBytes>> {
    multiples(py, G1Affine::generator(), &scalars.values)
}

/// [scalars[i]]_2 for all i, 128 bytes each in the raw form of files.
#[pyfunction]
fn g2_multiples<'py>(py: Python<'py>, scalars: &FrVec) -> PyResult<Bound<'py, PyBytes>> {
    multiples(py, G2Affine::generator(), &scalars.values)
}

fn multiples<'py, P: SumCurve<ScalarField = Fr>>(
    py: Python<'py>,
    base: Affine<P>,
    scalars: &[Fr],
) -> PyResult<Bound<'py, PyBytes>>
where
    P::BaseField: Raw,
{
    let bytes = interruptible(py, |_| {
        let mut bytes = Vec::new();
        write_points(&FixedBase::new(base, scalars.len()).multiples(scalars), &mut bytes);
        bytes
    })?;
    Ok(PyBytes::new(py, &bytes))
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(msm_full, module)?)?;
    module.add_function(wrap_pyfunction!(msm_int64, module)?)?;
    module.add_function(wrap_pyfunction!(reference_msm, module)?)?;
    module.add_function(wrap_pyfunction!(reference_msm_int64, module)?)?;
    module.add_function(wrap_pyfunction!(g1_multiples, module)?)?;
    module.add_function(wrap_pyfunction!(g2_multiples, module)?)
}
