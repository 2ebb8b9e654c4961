//! Python bindings: one file for each kernel, conversions and error mapping here.
//!
//! A kernel's file has `pub fn register(module)`, called from [`_native`]. Field elements are
//! Python ints in [0, r) and [`field::FrVec`] for long vectors; table cells are numpy int64.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{channel, RecvTimeoutError};
use std::time::Duration;

use ark_bn254::Fr;
use ark_ff::{BigInteger, PrimeField};
use numpy::{PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::{PyOSError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyList};

use crate::error::{Error, Kind};

pub mod columns;
pub mod field;
pub mod gkr;
pub mod groth16;
pub mod machine;
pub mod mercury;
pub mod msm;
pub mod pairing;
pub mod poseidon2;
pub mod r1cs;
pub mod slots;
pub mod srs;
pub mod stacking;
pub mod zerocheck;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    field::register(module)?;
    poseidon2::register(module)?;
    mercury::register(module)?;
    msm::register(module)?;
    pairing::register(module)?;
    slots::register(module)?;
    srs::register(module)?;
    machine::register(module)?;
    columns::register(module)?;
    gkr::register(module)?;
    zerocheck::register(module)?;
    stacking::register(module)?;
    groth16::register(module)?;
    r1cs::register(module)?;
    Ok(())
}

// ------------------------------------------------------------------ errors

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let Error { kind, message } = error;
        match kind {
            Kind::Value => PyValueError::new_err(message),
            Kind::File => PyOSError::new_err(message),
            Kind::Setup => zkm_error("SetupError", message),
            Kind::Constraint => zkm_error("ConstraintViolation", message),
            Kind::Guest => zkm_error("GuestFault", message),
        }
    }
}

/// An exception of a class in `zkm.errors`.
pub fn zkm_error(class: &str, message: String) -> PyErr {
    Python::attach(|py| {
        let error =
            py.import("zkm.errors").and_then(|errors| errors.getattr(class)?.call1((message,)));
        error.map_or_else(|failure| failure, PyErr::from_value)
    })
}

// ------------------------------------------------------------------ field elements

/// The element of a Python int in [0, r).
pub fn element(value: &Bound<'_, PyAny>) -> PyResult<Fr> {
    let py = value.py();
    let integer = value.cast::<PyInt>()?;
    let bytes = integer.call_method1("to_bytes", (32, "little")).map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(py) {
            not_an_element()
        } else {
            error
        }
    })?;
    let bytes = bytes.cast::<PyBytes>()?.as_bytes();
    let limb =
        |i: usize| u64::from_le_bytes(bytes[8 * i..8 * i + 8].try_into().expect("eight bytes"));
    crate::field::from_limbs([limb(0), limb(1), limb(2), limb(3)]).ok_or_else(not_an_element)
}

fn not_an_element() -> PyErr {
    PyValueError::new_err("an integer is not in [0, r), r the order of BN254")
}

/// The elements of any Python iterable of ints in [0, r).
pub fn elements(values: &Bound<'_, PyAny>) -> PyResult<Vec<Fr>> {
    values.try_iter()?.map(|value| element(&value?)).collect()
}

/// The Python int of an element.
pub fn integer<'py>(py: Python<'py>, value: &Fr) -> PyResult<Bound<'py, PyAny>> {
    let bytes = PyBytes::new(py, &value.into_bigint().to_bytes_le());
    py.get_type::<PyInt>().call_method1("from_bytes", (bytes, "little"))
}

/// The list of Python ints of some elements.
pub fn integers<'py>(py: Python<'py>, values: &[Fr]) -> PyResult<Bound<'py, PyList>> {
    let values: Vec<_> = values.iter().map(|value| integer(py, value)).collect::<PyResult<_>>()?;
    PyList::new(py, values)
}

// ------------------------------------------------------------------ arrays

/// The cells of a contiguous one-dimensional int64 array, without a copy.
pub fn cells<'a>(array: &'a PyReadonlyArray1<'_, i64>) -> PyResult<&'a [i64]> {
    array.as_slice().map_err(|_| PyTypeError::new_err("the int64 array is not contiguous"))
}

/// The cells of a C-contiguous two-dimensional int64 array, row after row, without a copy.
pub fn cells_2d<'a>(array: &'a PyReadonlyArray2<'_, i64>) -> PyResult<&'a [i64]> {
    if !array.is_c_contiguous() {
        return Err(PyTypeError::new_err("the int64 array is not C-contiguous"));
    }
    array.as_slice().map_err(|_| PyTypeError::new_err("the int64 array is not contiguous"))
}

// ------------------------------------------------------------------ running kernels

/// Runs a short kernel without the GIL; Ctrl-C acts when it is done.
pub fn released<T: Send>(py: Python<'_>, kernel: impl FnOnce() -> T + Send) -> PyResult<T> {
    let result = py.detach(kernel);
    py.check_signals()?;
    Ok(result)
}

/// Set when the user asked to stop; a long kernel looks at it now and then and returns early.
#[derive(Default)]
pub struct Stop(AtomicBool);

impl Stop {
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs a long kernel on a thread of its own, without the GIL. Ctrl-C sets the kernel's [`Stop`];
/// its result is then dropped and `KeyboardInterrupt` raised.
pub fn interruptible<T: Send>(
    py: Python<'_>,
    kernel: impl FnOnce(&Stop) -> T + Send,
) -> PyResult<T> {
    let stop = Stop::default();
    py.detach(|| {
        std::thread::scope(|scope| {
            let (done, finished) = channel::<()>();
            let stop = &stop;
            let worker = scope.spawn(move || {
                let _dropped_at_the_end = done;
                kernel(stop)
            });
            let mut signal = Ok(());
            while finished.recv_timeout(Duration::from_millis(50)) == Err(RecvTimeoutError::Timeout)
            {
                if signal.is_ok() {
                    signal = Python::attach(|py| py.check_signals());
                    stop.0.store(signal.is_err(), Ordering::Relaxed);
                }
            }
            let result = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            signal.map(|()| result)
        })
    })
}
