//! The arithmetic kernels of zkm: the Python extension module `zkm._native`.
//!
//! A kernel is two files of one name: the arithmetic here, in plain Rust with unit tests, and its
//! Python binding in `py`.

pub mod accumulate;
pub mod columns;
pub mod error;
pub mod expression;
pub mod field;
pub mod fractions;
pub mod gkr;
pub mod groth16;
pub mod lanes;
pub mod machine;
pub mod mercury;
pub mod msm;
pub mod pairing;
pub mod polynomial;
pub mod poseidon2;
pub mod powers;
#[cfg(feature = "python")]
pub mod py;
pub mod r1cs;
pub mod slots;
pub mod srs;
pub mod stacking;
pub mod sumcheck;
pub mod tails;
pub mod zerocheck;
