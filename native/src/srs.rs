//! The structured reference string: [1, τ, τ², …]_1 and [τ]_2.
//!
//! A file is a header of one page and the points, 64 bytes each: x and y in Montgomery form,
//! four little-endian 64-bit limbs each (as in a `.ptau` file), which is how they lie in memory.
//! So a file is read as it is, and only the part that a proof needs.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, UniformRand};
use memmap2::MmapMut;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::error::{Error, Result};
use crate::msm::{msm, FixedBase};
use crate::pairing::{g2_from_bytes, g2_to_bytes, pairing_check, G2_BYTES};
use crate::powers::{is_valid, PowersCheck, PART};

const MAGIC: &[u8; 8] = b"zkm-srs\x01";
/// Bytes before the points: one page.
const HEADER: usize = 4096;
const POINT: usize = std::mem::size_of::<G1Affine>();
/// No slot of any parameter set comes near this.
const MAX_LENGTH: u64 = 1 << 28;
const LENGTH_AT: usize = 8;
const KIND_AT: usize = 16;
const SEED_AT: usize = 24;
const TAU_AT: usize = 56;
const NOTE_AT: usize = TAU_AT + G2_BYTES;
const INSECURE: &[u8] = b"INSECURE: made from a public seed for development. \
    Whoever knows the seed can forge any proof.";

// A file's bytes are used as points directly.
const _: () = assert!(POINT == 64 && std::mem::align_of::<G1Affine>() == 8);
const _: () = assert!(cfg!(target_endian = "little"));

/// Where a reference string comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Made from this public seed: anybody can forge.
    Development([u8; 32]),
    /// A ceremony's result.
    Ceremony,
}

/// A reference string of `length` points.
#[derive(Debug)]
pub struct Srs {
    memory: MmapMut,
    length: usize,
    tau_g2: G2Affine,
    origin: Origin,
}

impl Srs {
    /// The first `length` points of a file. Checked are the header, the file's size and, by a
    /// pairing, that randomly chosen points have the form P, τP; see [`Srs::check`] for all.
    pub fn open(path: &Path, length: usize) -> Result<Self> {
        let (header, mut file) = Header::read(path)?;
        if (length as u64) > header.length {
            return Err(Error::setup(format!(
                "{}: has {} points of the {length} that are needed",
                path.display(),
                header.length
            )));
        }
        let size = file.seek(SeekFrom::End(0))?;
        if size != HEADER as u64 + header.length * POINT as u64 {
            return Err(Error::setup(format!(
                "{}: damaged (its size does not fit the length in its header)",
                path.display()
            )));
        }
        // Not a map of the file: sums read points in random order, for which memory in huge
        // pages is a fifth faster.
        let mut memory = MmapMut::map_anon((length * POINT).max(1))?;
        #[cfg(target_os = "linux")]
        // A system without huge pages refuses, and is only slower.
        let _ = memory.advise(memmap2::Advice::HugePage);
        file.seek(SeekFrom::Start(HEADER as u64))?;
        file.read_exact(&mut memory[..length * POINT])?;
        let srs = Self { memory, length, tau_g2: header.tau_g2, origin: header.origin };
        srs.spot_check().map_err(|error| {
            Error::setup(format!("{}: damaged ({})", path.display(), error.message))
        })?;
        Ok(srs)
    }

    /// The insecure reference string of a public seed, from its file; the file is made, or
    /// extended, if it has less than `length` points.
    pub fn development(path: &Path, seed: [u8; 32], length: usize) -> Result<Self> {
        if length as u64 > MAX_LENGTH {
            return Err(Error::setup(format!("a reference string of {length} points")));
        }
        let mut known = None;
        if path.exists() {
            let (header, _) = Header::read(path)?;
            if header.origin != Origin::Development(seed) {
                return Err(Error::setup(format!(
                    "{}: not the development reference string of this seed",
                    path.display()
                )));
            }
            if header.length >= length as u64 {
                return Self::open(path, length);
            }
            known = Some(Self::open(path, header.length as usize)?);
        }
        let tau = Fr::rand(&mut ChaCha20Rng::from_seed(seed));
        let tau_g2 = (G2Affine::generator() * tau).into_affine();
        let header = Header { length: length as u64, tau_g2, origin: Origin::Development(seed) };
        let mut writer = Writer::create(path, &header)?;
        let known = known.as_ref().map_or(&[][..], Srs::points);
        writer.write(known)?;
        let table = FixedBase::new(G1Affine::generator(), length - known.len());
        let mut start = known.len();
        while start < length {
            let end = length.min(start + (1 << 16));
            let first = tau.pow([start as u64]);
            let powers: Vec<Fr> =
                std::iter::successors(Some(first), |p| Some(*p * tau)).take(end - start).collect();
            writer.write(&table.multiples(&powers))?;
            start = end;
        }
        writer.finish()?;
        Self::open(path, length)
    }

    /// Writes a reference string that is read elsewhere (a ceremony's file) and checks all of it before
    /// the file gets its name. Only a part of it is in memory at any time.
    pub fn import(
        path: &Path,
        length: usize,
        tau_g2: G2Affine,
        mut points: impl Read,
    ) -> Result<()> {
        if length as u64 > MAX_LENGTH {
            return Err(Error::setup(format!("a reference string of {length} points")));
        }
        let header = Header { length: length as u64, tau_g2, origin: Origin::Ceremony };
        let mut writer = Writer::create(path, &header)?;
        let mut check = PowersCheck::new()?;
        let mut part = vec![G1Affine::generator(); length.min(PART)];
        let mut left = length;
        while left > 0 {
            part.truncate(left);
            points.read_exact(bytes_of_mut(&mut part))?;
            check.add(&part)?;
            writer.write(&part)?;
            left -= part.len();
        }
        check.finish(tau_g2)?;
        writer.finish()
    }

    pub fn points(&self) -> &[G1Affine] {
        // SAFETY: G1Affine is two arrays of four u64 (size and alignment asserted above), mapped
        // memory is aligned to pages, and every bit pattern is a value (coordinates that are no
        // field elements give wrong sums, never undefined behaviour).
        unsafe { std::slice::from_raw_parts(self.memory.as_ptr().cast(), self.length) }
    }

    pub fn tau_g2(&self) -> G2Affine {
        self.tau_g2
    }

    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Checks every point: canonical coordinates, on the curve, and τ times the one before.
    pub fn check(&self) -> Result<()> {
        let mut check = PowersCheck::new()?;
        for part in self.points().chunks(PART) {
            check.add(part)?;
        }
        check.finish(self.tau_g2)
    }

    fn spot_check(&self) -> Result<()> {
        let Some(first) = self.points().first() else { return Ok(()) };
        if *first != G1Affine::generator() {
            return Err(Error::setup("point 0 is not the generator"));
        }
        if self.length == 1 {
            return Ok(());
        }
        let mut rng = fresh_rng()?;
        let last = self.length as u64 - 1;
        let mut indexes = vec![0, last as usize - 1];
        indexes.extend((0..62).map(|_| (rng.next_u64() % last) as usize));
        for index in indexes.iter().flat_map(|index| [*index, index + 1]) {
            if !is_valid(&self.points()[index]) {
                return Err(Error::setup(format!("point {index} is not on the curve")));
            }
        }
        self.check_powers(&indexes)
    }

    /// Checks points[i + 1] = τ · points[i] at all the given i by one pairing.
    fn check_powers(&self, indexes: &[usize]) -> Result<()> {
        let points = self.points();
        let mut rng = fresh_rng()?;
        let weights: Vec<Fr> = indexes.iter().map(|_| Fr::rand(&mut rng)).collect();
        let combine = |shift: usize| {
            let chosen: Vec<G1Affine> = indexes.iter().map(|i| points[i + shift]).collect();
            msm(&chosen, &weights)
        };
        let (low, high): (G1Projective, G1Projective) = (combine(0), combine(1));
        let pairs = [((-low).into(), self.tau_g2), (high.into(), G2Affine::generator())];
        if pairing_check(&pairs) {
            Ok(())
        } else {
            Err(Error::setup("the points are not the powers of one τ"))
        }
    }
}

/// The bytes of points, to be read into.
fn bytes_of_mut(points: &mut [G1Affine]) -> &mut [u8] {
    // SAFETY: as in `Srs::points`, every bit pattern is a value.
    unsafe {
        std::slice::from_raw_parts_mut(points.as_mut_ptr().cast(), std::mem::size_of_val(points))
    }
}

/// A generator that nobody can foresee.
pub fn fresh_rng() -> Result<ChaCha20Rng> {
    let mut seed = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut seed)?;
    Ok(ChaCha20Rng::from_seed(seed))
}

struct Header {
    length: u64,
    tau_g2: G2Affine,
    origin: Origin,
}

impl Header {
    fn read(path: &Path) -> Result<(Self, File)> {
        let at = |what: &str| Error::setup(format!("{}: {what}", path.display()));
        let mut file = File::open(path).map_err(|error| at(&error.to_string()))?;
        let mut bytes = [0; HEADER];
        file.read_exact(&mut bytes).map_err(|_| at("too short for a reference string"))?;
        if bytes[..8] != *MAGIC {
            return Err(at("not a reference string of this version"));
        }
        let word = |i: usize| u64::from_le_bytes(bytes[i..i + 8].try_into().expect("eight bytes"));
        let length = word(LENGTH_AT);
        if length > MAX_LENGTH {
            return Err(at("damaged (an impossible length)"));
        }
        let origin = match word(KIND_AT) {
            0 => Origin::Ceremony,
            1 => Origin::Development(bytes[SEED_AT..TAU_AT].try_into().expect("32 bytes")),
            _ => return Err(at("damaged (an unknown origin)")),
        };
        let tau_g2 = g2_from_bytes(&bytes[TAU_AT..NOTE_AT])
            .ok()
            .filter(|tau| !tau.is_zero())
            .ok_or_else(|| at("damaged ([τ]_2 is not a point of G2)"))?;
        Ok((Self { length, tau_g2, origin }, file))
    }

    fn bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[LENGTH_AT..KIND_AT].copy_from_slice(&self.length.to_le_bytes());
        bytes[TAU_AT..NOTE_AT].copy_from_slice(&g2_to_bytes(&self.tau_g2));
        if let Origin::Development(seed) = self.origin {
            bytes[KIND_AT] = 1;
            bytes[SEED_AT..TAU_AT].copy_from_slice(&seed);
            bytes[NOTE_AT..NOTE_AT + INSECURE.len()].copy_from_slice(INSECURE);
        }
        bytes
    }
}

/// Writes a new file beside `path` and moves it there when it is complete, so that an
/// interrupted run leaves no half of a file and a reader never sees one.
struct Writer {
    file: BufWriter<File>,
    temporary: PathBuf,
    path: PathBuf,
}

impl Writer {
    fn create(path: &Path, header: &Header) -> Result<Self> {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}", std::process::id()));
        let temporary = PathBuf::from(name);
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&temporary)?);
        file.write_all(&header.bytes())?;
        Ok(Self { file, temporary, path: path.to_owned() })
    }

    fn write(&mut self, points: &[G1Affine]) -> Result<()> {
        // SAFETY: the reverse of `Srs::points`.
        let bytes = unsafe {
            std::slice::from_raw_parts(points.as_ptr().cast::<u8>(), points.len() * POINT)
        };
        Ok(self.file.write_all(bytes)?)
    }

    fn finish(mut self) -> Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(std::fs::rename(&self.temporary, &self.path)?)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Gone already if it was moved to its place.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new file name in the directory for temporary files.
    fn path(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("zkm-srs-{name}-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    fn tau(seed: [u8; 32]) -> Fr {
        Fr::rand(&mut ChaCha20Rng::from_seed(seed))
    }

    #[test]
    fn development_points_are_the_powers() {
        let path = path("powers");
        let srs = Srs::development(&path, [3; 32], 100).unwrap();
        let tau = tau([3; 32]);
        for (index, point) in srs.points().iter().enumerate() {
            assert_eq!(*point, G1Affine::generator() * tau.pow([index as u64]));
        }
        assert_eq!(srs.tau_g2(), G2Affine::generator() * tau);
        srs.check().unwrap();
        // Longer: extended. Shorter: only the beginning is read.
        let longer = Srs::development(&path, [3; 32], 300).unwrap();
        longer.check().unwrap();
        assert_eq!(longer.points()[..100], *srs.points());
        assert_eq!(Srs::development(&path, [3; 32], 7).unwrap().points().len(), 7);
        assert_eq!(Srs::open(&path, 300).unwrap().points().len(), 300);
        assert!(Srs::open(&path, 301).unwrap_err().message.contains("300 points of the 301"));
        assert!(Srs::development(&path, [4; 32], 7).is_err(), "another seed");
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len(), HEADER + 300 * POINT);
        assert!(bytes[..HEADER].windows(8).any(|text| text == b"INSECURE"));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn damaged_files_are_refused() {
        let path = path("damaged");
        Srs::development(&path, [3; 32], 50).unwrap();
        let good = std::fs::read(&path).unwrap();
        let refused = |bytes: &[u8], what: &str| {
            std::fs::write(&path, bytes).unwrap();
            let error = Srs::open(&path, 50).unwrap_err();
            assert!(error.message.contains(what), "{}", error.message);
        };
        let change = |place: usize, bytes: &[u8]| {
            let mut changed = good.clone();
            changed[place..place + bytes.len()].copy_from_slice(bytes);
            changed
        };
        refused(&good[..100], "too short");
        refused(&good[..good.len() - 1], "size");
        refused(&[&good[..], &[0]].concat(), "size");
        refused(&change(0, b"x"), "version");
        refused(&change(LENGTH_AT, &u64::MAX.to_le_bytes()), "impossible length");
        refused(&change(KIND_AT, &[9]), "origin");
        refused(&change(TAU_AT, &[0; 128]), "[τ]_2");
        refused(&change(TAU_AT, &g2_to_bytes(&G2Affine::generator())), "powers");
        refused(&change(HEADER + 100, &[1]), "curve");
        refused(&change(HEADER, &good[HEADER + POINT..HEADER + 2 * POINT]), "generator");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn full_check_finds_any_wrong_point() {
        let path = path("check");
        Srs::development(&path, [3; 32], 600).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let (from, to) = (HEADER + 9 * POINT, HEADER + 333 * POINT);
        bytes.copy_within(from..from + POINT, to);
        std::fs::write(&path, &bytes).unwrap();
        // The spot check may miss it: the part before the change is good.
        let part = Srs::open(&path, 333).unwrap();
        part.check().unwrap();
        if let Ok(all) = Srs::open(&path, 600) {
            assert!(all.check().unwrap_err().message.contains("powers"));
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn import_checks_what_it_writes() {
        let (development, path) = (path("source"), path("import"));
        let source = Srs::development(&development, [3; 32], 64).unwrap();
        let points = std::fs::read(&development).unwrap()[HEADER..].to_vec();
        Srs::import(&path, 64, source.tau_g2(), &points[..]).unwrap();
        let srs = Srs::open(&path, 64).unwrap();
        assert_eq!(srs.origin(), Origin::Ceremony);
        assert_eq!(srs.points(), source.points());
        std::fs::remove_file(&path).unwrap();
        let wrong = (G2Affine::generator() * Fr::from(5u64)).into_affine();
        assert!(Srs::import(&path, 64, wrong, &points[..]).is_err());
        assert!(Srs::import(&path, 65, source.tau_g2(), &points[..]).is_err());
        assert!(!path.exists(), "nothing is left of a refused import");
        std::fs::remove_file(development).unwrap();
    }
}
