//! Key files: points as raw coordinates in Montgomery form, so that loading is copying.
//!
//! Layout (integers are little-endian): magic, digest of the R1CS, flags, lengths of the parts,
//! SHA-256 of all other bytes, then the parts. A file is read only if its length is the one that
//! its header demands, so that no count makes the reader allocate more than the file's size. The
//! hash finds damage; it is no signature. Coordinates and the curve equation are checked as well.

use std::fs;
use std::io::Write;
use std::path::Path;

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInt, PrimeField};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{ProvingKey, Query, VerifyingKey};
use crate::error::{Error, Result};

/// The last byte is the version of the format.
const MAGIC: [u8; 8] = *b"zkmg16\0\x01";
const DEVELOPMENT: u64 = 1;
/// Parts whose lengths vary: IC, A, B in G1, B in G2, C, H.
const PARTS: usize = 6;
const HASH_AT: usize = 8 + 32 + 8 + 8 * PARTS;
const HEADER: usize = HASH_AT + 32;
pub const G1: usize = 64;
pub const G2: usize = 128;
const SINGLES: usize = 3 * G1 + 2 * G2;

/// A coordinate field as raw bytes.
pub trait Raw: Sized {
    const BYTES: usize;
    fn write(&self, out: &mut [u8]);
    fn read(bytes: &[u8]) -> Option<Self>;
}

impl Raw for Fq {
    const BYTES: usize = 32;

    fn write(&self, out: &mut [u8]) {
        for (limb, out) in self.0 .0.iter().zip(out.chunks_exact_mut(8)) {
            out.copy_from_slice(&limb.to_le_bytes());
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut limbs = BigInt::new([0; 4]);
        for (limb, bytes) in limbs.0.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        }
        (limbs < Fq::MODULUS).then(|| Fq::new_unchecked(limbs))
    }
}

impl Raw for Fq2 {
    const BYTES: usize = 64;

    fn write(&self, out: &mut [u8]) {
        self.c0.write(&mut out[..32]);
        self.c1.write(&mut out[32..]);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Some(Self::new(Fq::read(&bytes[..32])?, Fq::read(&bytes[32..])?))
    }
}

/// Appends points as raw coordinates; infinity is zeros.
pub fn write_points<P: SWCurveConfig>(points: &[Affine<P>], out: &mut Vec<u8>)
where
    P::BaseField: Raw,
{
    let size = P::BaseField::BYTES;
    let start = out.len();
    out.resize(start + points.len() * 2 * size, 0);
    out[start..].par_chunks_exact_mut(2 * size).zip(points).for_each(|(out, point)| {
        if let Some((x, y)) = point.xy() {
            x.write(&mut out[..size]);
            y.write(&mut out[size..]);
        }
    });
}

/// Points of raw coordinates, unless a coordinate is not canonical or a point is off its curve.
pub fn read_points<P: SWCurveConfig>(bytes: &[u8]) -> Option<Vec<Affine<P>>>
where
    P::BaseField: Raw,
{
    let size = P::BaseField::BYTES;
    let read = |bytes: &[u8]| {
        let (x, y) = (P::BaseField::read(&bytes[..size])?, P::BaseField::read(&bytes[size..])?);
        if x == P::BaseField::ZERO && y == P::BaseField::ZERO {
            return Some(Affine::zero());
        }
        let point = Affine::new_unchecked(x, y);
        point.is_on_curve().then_some(point)
    };
    bytes.par_chunks_exact(2 * size).map(read).collect()
}

fn write_query<P: SWCurveConfig>(query: &Query<Affine<P>>, out: &mut Vec<u8>)
where
    P::BaseField: Raw,
{
    out.extend(query.wires.iter().flat_map(|wire| wire.to_le_bytes()));
    write_points(&query.points, out);
}

/// Takes parts off the front of a file.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (head, tail) = self
            .0
            .split_at_checked(length)
            .ok_or_else(|| Error::setup("the key file is truncated"))?;
        self.0 = tail;
        Ok(head)
    }

    fn number(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.take(8)?.try_into().expect("eight bytes")))
    }

    fn points<P: SWCurveConfig>(&mut self, count: usize) -> Result<Vec<Affine<P>>>
    where
        P::BaseField: Raw,
    {
        read_points(self.take(count * 2 * P::BaseField::BYTES)?)
            .ok_or_else(|| Error::setup("the key file holds a point off the curve"))
    }

    fn single<P: SWCurveConfig>(&mut self) -> Result<Affine<P>>
    where
        P::BaseField: Raw,
    {
        Ok(self.points(1)?[0])
    }

    fn query<P: SWCurveConfig>(&mut self, count: usize) -> Result<Query<Affine<P>>>
    where
        P::BaseField: Raw,
    {
        let wires = self.take(4 * count)?.chunks_exact(4);
        let wires: Vec<u32> =
            wires.map(|wire| u32::from_le_bytes(wire.try_into().expect("four bytes"))).collect();
        if wires.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Error::setup("the key file's wires are not ascending"));
        }
        Ok(Query { wires, points: self.points(count)? })
    }
}

impl ProvingKey {
    fn lengths(&self) -> [usize; PARTS] {
        [
            self.verifying.ic.len(),
            self.a.points.len(),
            self.b1.points.len(),
            self.b2.points.len(),
            self.c.points.len(),
            self.h.len(),
        ]
    }

    /// The key as the bytes of a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::from(MAGIC);
        out.extend(self.r1cs_digest);
        out.extend((if self.development { DEVELOPMENT } else { 0 }).to_le_bytes());
        out.extend(self.lengths().iter().flat_map(|length| (*length as u64).to_le_bytes()));
        out.extend([0; 32]);
        write_points(&[self.verifying.alpha_g1, self.beta_g1, self.delta_g1], &mut out);
        write_points(&[self.verifying.beta_g2, self.verifying.delta_g2], &mut out);
        write_points(&self.verifying.ic, &mut out);
        write_query(&self.a, &mut out);
        write_query(&self.b1, &mut out);
        write_query(&self.b2, &mut out);
        write_query(&self.c, &mut out);
        write_points(&self.h, &mut out);
        let hash = hash(&out);
        out[HASH_AT..HEADER].copy_from_slice(&hash);
        out
    }

    /// The key in a file's bytes; `Setup` errors say what is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader(bytes);
        if reader.take(8)? != MAGIC {
            return Err(Error::setup("this is no Groth16 key file of this version"));
        }
        let r1cs_digest = reader.take(32)?.try_into().expect("32 bytes");
        let flags = reader.number()?;
        let mut lengths = [0u64; PARTS];
        for length in &mut lengths {
            *length = reader.number()?;
        }
        // Bytes of one entry of each part; a query's points come with their wires.
        let entry = [G1, 4 + G1, 4 + G1, 4 + G2, 4 + G1, G1];
        let expected = lengths
            .iter()
            .zip(entry)
            .try_fold((HEADER + SINGLES) as u64, |sum, (length, entry)| {
                sum.checked_add(length.checked_mul(entry as u64)?)
            });
        if expected != Some(bytes.len() as u64) {
            return Err(Error::setup(format!(
                "the key file has {} bytes, not the number that its header demands",
                bytes.len()
            )));
        }
        let stored = reader.take(32)?;
        if stored != hash(bytes) {
            return Err(Error::setup("the key file is damaged: its hash does not fit"));
        }
        if flags & !DEVELOPMENT != 0 {
            return Err(Error::setup("the key file has unknown flags"));
        }
        let [ic, a, b1, b2, c, h] = lengths.map(|length| length as usize);
        let [alpha_g1, beta_g1, delta_g1]: [G1Affine; 3] =
            [reader.single()?, reader.single()?, reader.single()?];
        let [beta_g2, delta_g2]: [G2Affine; 2] = [reader.single()?, reader.single()?];
        Ok(Self {
            r1cs_digest,
            development: flags & DEVELOPMENT != 0,
            verifying: VerifyingKey { alpha_g1, beta_g2, delta_g2, ic: reader.points(ic)? },
            beta_g1,
            delta_g1,
            a: reader.query(a)?,
            b1: reader.query(b1)?,
            b2: reader.query(b2)?,
            c: reader.query(c)?,
            h: reader.points(h)?,
        })
    }

    /// Writes the file under a temporary name beside `path`, then renames it: a file of that name
    /// is always whole.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let written = (|| {
            let mut file = fs::File::create(&name)?;
            file.write_all(&self.to_bytes())?;
            file.sync_all()?;
            fs::rename(&name, path)
        })();
        written.map_err(|error| {
            let _ = fs::remove_file(&name);
            Error::file(format!("{}: {error}", path.display()))
        })
    }

    pub fn load(path: &Path) -> Result<Self> {
        let bytes =
            fs::read(path).map_err(|error| Error::file(format!("{}: {error}", path.display())))?;
        Self::from_bytes(&bytes).map_err(|error| Error {
            kind: error.kind,
            message: format!("{}: {}", path.display(), error.message),
        })
    }
}

/// SHA-256 of a file without its hash.
fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(&bytes[..HASH_AT]).chain_update(&bytes[HEADER..]).finalize().into()
}
