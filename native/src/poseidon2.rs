//! The Poseidon2 permutation (eprint 2023/323) over Fr with S-box x^5.
//!
//! The constants come from the caller, so that they are described in one place
//! (`zkm/verify/poseidon2.py`).

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use crate::error::{Error, Result};

/// The permutation of one width t: 3 or a multiple of 4.
pub struct Poseidon2 {
    width: usize,
    /// t constants for each full round.
    external: Vec<Vec<Fr>>,
    /// One constant for each partial round.
    internal: Vec<Fr>,
    /// The internal matrix is (all ones) + diag(these).
    diagonal: Vec<Fr>,
}

impl Poseidon2 {
    pub fn new(external: Vec<Vec<Fr>>, internal: Vec<Fr>, diagonal: Vec<Fr>) -> Result<Self> {
        let width = diagonal.len();
        if width != 3 && (width == 0 || width % 4 != 0) {
            return Err(Error::value(format!("no Poseidon2 matrix of width {width}")));
        }
        if external.len() % 2 != 0 || external.iter().any(|round| round.len() != width) {
            return Err(Error::value("the full rounds' constants are not an even number of rows"));
        }
        Ok(Self { width, external, internal, diagonal })
    }

    /// Permutes a state of t elements in place.
    pub fn permute(&self, state: &mut [Fr]) -> Result<()> {
        if state.len() != self.width {
            return Err(Error::value(format!("{} elements, not {}", state.len(), self.width)));
        }
        let (first, second) = self.external.split_at(self.external.len() / 2);
        external_layer(state);
        first.iter().for_each(|constants| full_round(state, constants));
        for constant in &self.internal {
            state[0] = sbox(state[0] + constant);
            let total: Fr = state.iter().sum();
            for (lane, factor) in state.iter_mut().zip(&self.diagonal) {
                *lane = *lane * factor + total;
            }
        }
        second.iter().for_each(|constants| full_round(state, constants));
        Ok(())
    }
}

fn full_round(state: &mut [Fr], constants: &[Fr]) {
    for (lane, constant) in state.iter_mut().zip(constants) {
        *lane = sbox(*lane + constant);
    }
    external_layer(state);
}

fn sbox(x: Fr) -> Fr {
    x.square().square() * x
}

/// circ(2, 1, 1) for width 3, M4 for width 4, else circ(2 M4, M4, …).
fn external_layer(state: &mut [Fr]) {
    if state.len() == 3 {
        let total: Fr = state.iter().sum();
        state.iter_mut().for_each(|lane| *lane += total);
        return;
    }
    state.chunks_exact_mut(4).for_each(m4);
    if state.len() > 4 {
        let mut sums = [Fr::ZERO; 4];
        for (index, lane) in state.iter().enumerate() {
            sums[index % 4] += lane;
        }
        for (index, lane) in state.iter_mut().enumerate() {
            *lane += sums[index % 4];
        }
    }
}

/// The matrix ((5 7 1 3) (4 6 1 1) (1 3 5 7) (1 1 4 6)) on four lanes.
fn m4(x: &mut [Fr]) {
    let low = x[0] + x[1];
    let high = x[2] + x[3];
    let a = x[1].double() + high;
    let b = x[3].double() + low;
    let c = high.double().double() + b;
    let d = low.double().double() + a;
    x[0] = b + d;
    x[1] = d;
    x[2] = a + c;
    x[3] = c;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zero_round_permutation(width: usize) -> Poseidon2 {
        Poseidon2::new(vec![], vec![], vec![Fr::ONE; width]).unwrap()
    }

    /// Without rounds only the first linear layer acts: its columns are those of the paper.
    #[test]
    fn linear_layers() {
        let number = |row: &[u64]| row.iter().map(|x| Fr::from(*x)).collect::<Vec<_>>();
        let mut state = number(&[1, 0, 0, 0]);
        zero_round_permutation(4).permute(&mut state).unwrap();
        assert_eq!(state, number(&[5, 4, 1, 1]));
        let mut state = number(&[0, 1, 0]);
        zero_round_permutation(3).permute(&mut state).unwrap();
        assert_eq!(state, number(&[1, 2, 1]));
        let mut state = number(&[0, 0, 0, 0, 0, 1, 0, 0]);
        zero_round_permutation(8).permute(&mut state).unwrap();
        assert_eq!(state, number(&[7, 6, 3, 1, 14, 12, 6, 2]));
    }

    #[test]
    fn wrong_sizes_are_refused() {
        assert!(Poseidon2::new(vec![], vec![], vec![Fr::ONE; 5]).is_err());
        assert!(Poseidon2::new(vec![vec![Fr::ONE; 3]; 3], vec![], vec![Fr::ONE; 3]).is_err());
        assert!(zero_round_permutation(4).permute(&mut [Fr::ONE; 3]).is_err());
    }
}
