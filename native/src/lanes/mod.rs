//! The provers' inner loops on eight elements of Fr at a time, on processors with AVX-512 IFMA.
//!
//! Each loop does as many of its steps as it can, from the first on, and says how many; the plain
//! loop of the same name does the rest, and everything on other processors. Which one is meant is
//! decided when the crate is compiled: it is built on the machine that runs it (.cargo/config.toml).

#[cfg(all(target_arch = "x86_64", target_feature = "avx512f", target_feature = "avx512ifma"))]
mod selected {
    pub use super::gkr::{combine, evaluate_pairs, fold_pairs};
    pub use super::zerocheck::{evaluate_folded, SCALE};
}

#[cfg(not(all(
    target_arch = "x86_64",
    target_feature = "avx512f",
    target_feature = "avx512ifma"
)))]
#[path = "plain.rs"]
mod selected;

#[cfg(all(target_arch = "x86_64", target_feature = "avx512f", target_feature = "avx512ifma"))]
mod gkr;
#[cfg(all(target_arch = "x86_64", target_feature = "avx512f", target_feature = "avx512ifma"))]
mod vector;
#[cfg(all(target_arch = "x86_64", target_feature = "avx512f", target_feature = "avx512ifma"))]
mod zerocheck;

pub use selected::{combine, evaluate_folded, evaluate_pairs, fold_pairs, SCALE};
