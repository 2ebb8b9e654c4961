//! Keys that a ceremony has made: the sections of a `.zkey` file as points, and the check that they
//! are the key of an R1CS.
//!
//! The points have the form of [`super`] already (snarkjs made it), so reading is copying. Whoever
//! runs a ceremony could put other points into the file. [`check`] recomputes what every section must
//! be from the R1CS and the powers of τ, for all wires at once by a random linear combination: an
//! identity in random weights holds for each wire, or fails but with probability 1/r. What no file can
//! show is that α, β, τ and δ are unknown: that is the ceremony's transcript.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{UniformRand, Zero};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

use super::file::{read_points, Raw, G1, G2};
use super::{domain, ProvingKey, Query, VerifyingKey};
use crate::error::{Error, Result};
use crate::msm::{msm, SumCurve};
use crate::pairing::pairing_check;
use crate::r1cs::{Matrix, R1cs};
use crate::srs::{fresh_rng, Srs};

/// The sections of a `.zkey` file that hold points, in its own form.
pub struct Sections<'a> {
    /// α₁ ‖ β₁ ‖ β₂ ‖ γ₂ ‖ δ₁ ‖ δ₂.
    pub singles: &'a [u8],
    pub ic: &'a [u8],
    pub a: &'a [u8],
    pub b1: &'a [u8],
    pub b2: &'a [u8],
    pub c: &'a [u8],
    pub h: &'a [u8],
}

/// So many points; `name` is what an error says.
fn points<P: SWCurveConfig>(name: &str, bytes: &[u8], count: usize) -> Result<Vec<Affine<P>>>
where
    P::BaseField: Raw,
{
    let size = 2 * P::BaseField::BYTES;
    if bytes.len() != count * size {
        let found = bytes.len() / size;
        return Err(Error::setup(format!("{name}: {found} points, not {count} of this circuit")));
    }
    let points = read_points(bytes)
        .ok_or_else(|| Error::setup(format!("{name}: a point is not on the curve")))?;
    // G1 has no other points than the curve's; in G2 they are a small part.
    let inside =
        points.par_iter().all(|point: &Affine<P>| point.is_in_correct_subgroup_assuming_on_curve());
    inside
        .then_some(points)
        .ok_or_else(|| Error::setup(format!("{name}: a point is not in the group")))
}

/// The key in a `.zkey` file's sections: of the right size, with points of the groups. See [`check`].
pub fn read(r1cs: &R1cs, sections: &Sections<'_>) -> Result<ProvingKey> {
    let (wires, inputs) = (r1cs.wires(), r1cs.public() + 1);
    let singles = sections.singles;
    if singles.len() != 3 * G1 + 3 * G2 {
        return Err(Error::setup("the header's points are incomplete"));
    }
    let g1 = |name: &str, at: usize| -> Result<G1Affine> {
        Ok(points(name, &singles[at..at + G1], 1)?[0])
    };
    let g2 = |name: &str, at: usize| -> Result<G2Affine> {
        Ok(points(name, &singles[at..at + G2], 1)?[0])
    };
    let alpha_g1 = g1("α₁", 0)?;
    let beta_g1 = g1("β₁", G1)?;
    let beta_g2 = g2("β₂", 2 * G1)?;
    let gamma_g2 = g2("γ₂", 2 * G1 + G2)?;
    let delta_g1 = g1("δ₁", 2 * G1 + 2 * G2)?;
    let delta_g2 = g2("δ₂", 3 * G1 + 2 * G2)?;
    if gamma_g2 != G2Affine::generator() {
        return Err(Error::setup("γ₂ is not the generator of G2"));
    }
    Ok(ProvingKey {
        r1cs_digest: *r1cs.digest(),
        development: false,
        verifying: VerifyingKey {
            alpha_g1,
            beta_g2,
            delta_g2,
            ic: points("IC", sections.ic, inputs)?,
        },
        beta_g1,
        delta_g1,
        a: Query::new(0, &points("A", sections.a, wires)?),
        b1: Query::new(0, &points("B₁", sections.b1, wires)?),
        b2: Query::new(0, &points("B₂", sections.b2, wires)?),
        c: Query::new(inputs, &points("C", sections.c, wires - inputs)?),
        h: points("H", sections.h, domain(r1cs)?.size())?,
    })
}

/// The polynomial that interpolates rows over a domain.
fn interpolate(domain: &Radix2EvaluationDomain<Fr>, mut rows: Vec<Fr>) -> Vec<Fr> {
    rows.resize(domain.size(), Fr::zero());
    domain.ifft_in_place(&mut rows);
    rows
}

/// Σ_w weight_w times the point of wire w.
fn sum<P: SumCurve<ScalarField = Fr>>(
    query: &Query<Affine<P>>,
    weights: &[Fr],
) -> ark_ec::short_weierstrass::Projective<P> {
    let weights: Vec<Fr> = query.wires.iter().map(|wire| weights[*wire as usize]).collect();
    msm(&query.points, &weights)
}

fn same_exponent(name: &str, one: G1Affine, two: G2Affine) -> Result<()> {
    demand(name, &[(-one, G2Affine::generator()), (G1Affine::generator(), two)])
}

fn demand(name: &str, pairs: &[(G1Affine, G2Affine)]) -> Result<()> {
    pairing_check(pairs).then_some(()).ok_or_else(|| wrong(name))
}

fn wrong(name: &str) -> Error {
    Error::setup(format!("{name}: not what the circuit and the powers of τ demand"))
}

/// Checks every point of a key against the R1CS and the powers of τ, given α₁, β₂ and δ₂:
///
/// - A_w(τ) and B_w(τ) in both groups; β and δ are the same in both groups,
/// - e(IC_w, [1]_2) = e(δ C_w, [1]_2) = e(A_w, β₂) e(α₁, B_w) e(C_w(τ), [1]_2),
/// - H_j is the Lagrange polynomial of the doubled domain at τ, divided by δ.
///
/// With a ceremony of 2^k powers for a domain of 2^k, [τ^(2^(k+1) − 1)] does not exist and snarkjs
/// leaves that term of every H_j out. A proof is the same (the numerator has a lower degree), and
/// both forms are accepted.
pub fn check(key: &ProvingKey, r1cs: &R1cs, srs: &Srs) -> Result<()> {
    if key.r1cs_digest != *r1cs.digest() {
        return Err(Error::setup("the Groth16 key belongs to another circuit"));
    }
    let domain = domain(r1cs)?;
    let size = domain.size();
    let powers = srs.points();
    if powers.len() < 2 * size - 1 {
        return Err(Error::setup(format!(
            "{} powers of τ, {} are needed for a circuit of this size",
            powers.len(),
            2 * size - 1
        )));
    }
    let mut rng = fresh_rng()?;
    let weights: Vec<Fr> = (0..r1cs.wires()).map(|_| Fr::rand(&mut rng)).collect();
    let inputs = r1cs.public() + 1;
    let evaluate = |matrix: &Matrix, extra: &[Fr]| {
        let rows = (0..r1cs.constraints()).into_par_iter().with_min_len(1 << 10);
        let mut rows: Vec<Fr> = rows.map(|row| r1cs.dot(matrix, row, &weights)).collect();
        rows.extend_from_slice(extra);
        msm(&powers[..size], &interpolate(&domain, rows))
    };
    let [a, b, c] = r1cs.matrices();
    let generator = G2Affine::generator();

    same_exponent("β", key.beta_g1, key.verifying.beta_g2)?;
    same_exponent("δ", key.delta_g1, key.verifying.delta_g2)?;
    let sum_a = sum(&key.a, &weights);
    if sum_a != evaluate(a, &weights[..inputs]) {
        return Err(wrong("A"));
    }
    let sum_b1 = sum(&key.b1, &weights);
    if sum_b1 != evaluate(b, &[]) {
        return Err(wrong("B₁"));
    }
    let sum_b2 = sum(&key.b2, &weights).into_affine();
    same_exponent("B₂", sum_b1.into_affine(), sum_b2)?;

    let ic = key.verifying.ic.iter().zip(&weights);
    let ic: G1Projective = ic.map(|(point, weight)| *point * weight).sum();
    demand(
        "IC or C",
        &[
            ((ic - evaluate(c, &[])).into_affine(), generator),
            (sum(&key.c, &weights).into_affine(), key.verifying.delta_g2),
            ((-sum_a).into_affine(), key.verifying.beta_g2),
            (-key.verifying.alpha_g1, sum_b2),
        ],
    )?;
    check_h(key, size, powers)
}

fn check_h(key: &ProvingKey, size: usize, powers: &[G1Affine]) -> Result<()> {
    let doubled = Radix2EvaluationDomain::<Fr>::new(2 * size)
        .ok_or_else(|| Error::value("the doubled domain is too large"))?;
    let mut rng = fresh_rng()?;
    let weights: Vec<Fr> = (0..size).map(|_| Fr::rand(&mut rng)).collect();
    let values = weights.iter().flat_map(|weight| [Fr::zero(), *weight]).collect();
    let coefficients = interpolate(&doubled, values);
    let live = Query::new(0, &key.h);
    let found = sum(&live, &weights).into_affine();
    let last = 2 * size - 1;
    let without_last = msm(&powers[..last], &coefficients[..last]);
    let fits = |expected: G1Projective| {
        pairing_check(&[
            (found, key.verifying.delta_g2),
            ((-expected).into_affine(), G2Affine::generator()),
        ])
    };
    let full = powers.get(last).map(|power| without_last + *power * coefficients[last]);
    if full.is_some_and(fits) || fits(without_last) {
        Ok(())
    } else {
        Err(wrong("H"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::write_points;
    use super::super::tests::squarings;
    use super::*;
    use crate::groth16::setup::from_trapdoor;
    use crate::groth16::setup::Trapdoor;

    fn with_infinity<P: SWCurveConfig>(
        query: &Query<Affine<P>>,
        first: usize,
        count: usize,
    ) -> Vec<u8>
    where
        P::BaseField: Raw,
    {
        let mut points = vec![Affine::<P>::zero(); count];
        for (wire, point) in query.wires.iter().zip(&query.points) {
            points[*wire as usize - first] = *point;
        }
        let mut bytes = Vec::new();
        write_points(&points, &mut bytes);
        bytes
    }

    /// What a `.zkey` file would hold of a key.
    fn sections(key: &ProvingKey, r1cs: &R1cs) -> [Vec<u8>; 7] {
        let mut singles = Vec::new();
        write_points(&[key.verifying.alpha_g1, key.beta_g1], &mut singles);
        write_points(&[key.verifying.beta_g2, G2Affine::generator()], &mut singles);
        write_points(&[key.delta_g1], &mut singles);
        write_points(&[key.verifying.delta_g2], &mut singles);
        let (mut ic, mut h) = (Vec::new(), Vec::new());
        write_points(&key.verifying.ic, &mut ic);
        write_points(&key.h, &mut h);
        let (wires, inputs) = (r1cs.wires(), r1cs.public() + 1);
        let [a, b1] = [&key.a, &key.b1].map(|query| with_infinity(query, 0, wires));
        let b2 = with_infinity(&key.b2, 0, wires);
        [singles, ic, a, b1, b2, with_infinity(&key.c, inputs, wires - inputs), h]
    }

    fn parse(r1cs: &R1cs, parts: &[Vec<u8>; 7]) -> Result<ProvingKey> {
        let [singles, ic, a, b1, b2, c, h] = parts;
        read(r1cs, &Sections { singles, ic, a, b1, b2, c, h })
    }

    fn example() -> (R1cs, ProvingKey, Srs) {
        let r1cs = squarings(4);
        let path = std::env::temp_dir().join(format!(
            "zkm-ceremony-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        let srs = Srs::development(&path, [9; 32], 16).unwrap();
        std::fs::remove_file(path).unwrap();
        let tau = Fr::rand(
            &mut <rand_chacha::ChaCha20Rng as rand_chacha::rand_core::SeedableRng>::from_seed(
                [9; 32],
            ),
        );
        let secrets = Trapdoor { tau, alpha: 5.into(), beta: 6.into(), delta: 7.into() };
        let key = from_trapdoor(&r1cs, &secrets, |_| true).unwrap();
        (r1cs, ProvingKey { development: false, ..key }, srs)
    }

    #[test]
    fn a_key_survives_its_sections() {
        let (r1cs, key, srs) = example();
        let read = parse(&r1cs, &sections(&key, &r1cs)).unwrap();
        assert_eq!(read, key);
        check(&read, &r1cs, &srs).unwrap();
    }

    /// H without the highest power of τ, as snarkjs makes it where that power is missing.
    #[test]
    fn keys_of_a_string_that_is_just_long_enough() {
        let (r1cs, mut key, srs) = example();
        let doubled = Radix2EvaluationDomain::<Fr>::new(16).unwrap();
        let tau15 = srs.points()[15];
        let seventh = ark_ff::Field::inverse(&Fr::from(7)).unwrap();
        for (j, point) in key.h.iter_mut().enumerate() {
            let mut unit = vec![Fr::zero(); 16];
            unit[2 * j + 1] = Fr::from(1);
            doubled.ifft_in_place(&mut unit);
            *point = (*point - tau15 * unit[15] * seventh).into_affine();
        }
        check(&key, &r1cs, &srs).unwrap();
        key.h[3] = key.h[2];
        assert!(check(&key, &r1cs, &srs).unwrap_err().message.starts_with('H'));
    }

    #[test]
    fn every_point_of_a_key_counts() {
        let (r1cs, key, srs) = example();
        let other = (G1Affine::generator() * Fr::from(11)).into_affine();
        let other_g2 = (G2Affine::generator() * Fr::from(11)).into_affine();
        let refused = |what: &str, change: &dyn Fn(&mut ProvingKey)| {
            let mut changed = key.clone();
            change(&mut changed);
            assert!(check(&changed, &r1cs, &srs).is_err(), "{what}");
        };
        refused("α", &|key| key.verifying.alpha_g1 = other);
        refused("β₁", &|key| key.beta_g1 = other);
        refused("β₂", &|key| key.verifying.beta_g2 = other_g2);
        refused("β", &|key| (key.beta_g1, key.verifying.beta_g2) = (other, other_g2));
        refused("δ₁", &|key| key.delta_g1 = other);
        refused("δ₂", &|key| key.verifying.delta_g2 = other_g2);
        refused("δ", &|key| (key.delta_g1, key.verifying.delta_g2) = (other, other_g2));
        for i in 0..key.verifying.ic.len() {
            refused("IC", &|key| key.verifying.ic[i] = other);
        }
        for i in 0..key.a.points.len() {
            refused("A", &|key| key.a.points[i] = other);
        }
        for i in 0..key.b1.points.len() {
            refused("B₁", &|key| key.b1.points[i] = other);
            refused("B₂", &|key| key.b2.points[i] = other_g2);
            refused("B", &|key| (key.b1.points[i], key.b2.points[i]) = (other, other_g2));
        }
        for i in 0..key.c.points.len() {
            refused("C", &|key| key.c.points[i] = other);
        }
        for i in 0..key.h.len() {
            refused("H", &|key| key.h[i] = other);
        }
    }

    #[test]
    fn sections_of_wrong_sizes_and_points_are_refused() {
        let (r1cs, key, srs) = example();
        let good = sections(&key, &r1cs);
        for i in 0..good.len() {
            for change in [-1i64, 1, -64, 64] {
                let mut parts = good.clone();
                let length = (parts[i].len() as i64 + change) as usize;
                parts[i].resize(length, 0);
                assert!(parse(&r1cs, &parts).is_err(), "section {i}, {change} bytes");
            }
            // (x + 1, y), and a coordinate that is not canonical.
            for (at, value) in [(0, None), (31, Some(0xff))] {
                let mut parts = good.clone();
                let last = parts[i].len() - 64;
                parts[i][last + at] = value.unwrap_or(parts[i][last + at] ^ 1);
                assert!(parse(&r1cs, &parts).is_err(), "section {i}, byte {at}");
            }
        }
        let gamma = {
            let mut parts = good.clone();
            parts[0].copy_within(2 * G1..2 * G1 + G2, 2 * G1 + G2);
            parts
        };
        assert!(parse(&r1cs, &gamma).unwrap_err().message.contains("γ₂"));
        assert!(parse(&squarings(5), &good).is_err());
        assert!(check(&key, &squarings(3), &srs).is_err());
    }
}
