//! What a kernel reports when it cannot do what was asked.

use std::fmt;

/// The kind of an [`Error`]; it decides the Python exception (`py::mod`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An argument has the wrong shape or range: `ValueError`.
    Value,
    /// Keys or a reference string are missing, damaged or too small: `zkm.errors.SetupError`.
    Setup,
    /// A trace or witness contradicts a constraint: `zkm.errors.ConstraintViolation`.
    Constraint,
    /// The guest did something that cannot be run: `zkm.errors.GuestFault`.
    Guest,
    /// A file could not be read or written: `OSError`.
    File,
}

/// An error of a kernel: its kind and a sentence that says what and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: Kind,
    pub message: String,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn value(message: impl Into<String>) -> Self {
        Self { kind: Kind::Value, message: message.into() }
    }

    pub fn setup(message: impl Into<String>) -> Self {
        Self { kind: Kind::Setup, message: message.into() }
    }

    pub fn constraint(message: impl Into<String>) -> Self {
        Self { kind: Kind::Constraint, message: message.into() }
    }

    pub fn guest(message: impl Into<String>) -> Self {
        Self { kind: Kind::Guest, message: message.into() }
    }

    pub fn file(message: impl Into<String>) -> Self {
        Self { kind: Kind::File, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::file(error.to_string())
    }
}
