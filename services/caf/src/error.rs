//! One error for the whole program: a sentence that says what to do, sorted by
//! what the exit code must say.

use std::path::Path;

/// What went wrong, as a person reads it; the technical cause is the source.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The exchange, or a rule, said no (exit code 1).
    #[error("{0}")]
    Refused(String),
    /// What was named is not there (exit code 1).
    #[error("{0}")]
    NotThere(String),
    /// The command was not given what it needs (exit code 2).
    #[error("{0}")]
    Usage(String),
    /// A part of the exchange does not answer (exit code 3).
    #[error("{sentence}")]
    Unreachable { sentence: String, source: Cause },
    /// Something on this machine is not as it should be (exit code 1).
    #[error("{sentence}")]
    Failed { sentence: String, source: Cause },
}

/// The cause beneath a sentence.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A refusal in one sentence.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused(sentence.into())
    }

    /// A mistake in how the command was called.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self::Usage(sentence.into())
    }

    /// Something that does not answer.
    pub fn unreachable(sentence: impl Into<String>, cause: impl Into<Cause>) -> Self {
        Self::Unreachable { sentence: sentence.into(), source: cause.into() }
    }

    /// A failure with its cause.
    pub fn failed(sentence: impl Into<String>, cause: impl Into<Cause>) -> Self {
        Self::Failed { sentence: sentence.into(), source: cause.into() }
    }

    /// A file that could not be read.
    #[must_use]
    pub fn reading(path: &Path, cause: std::io::Error) -> Self {
        Self::failed(format!("cannot read {}", path.display()), cause)
    }

    /// A file that could not be written.
    #[must_use]
    pub fn writing(path: &Path, cause: std::io::Error) -> Self {
        Self::failed(format!("cannot write {}", path.display()), cause)
    }

    /// The exit code of the program: 1 refused, 2 usage, 3 not reachable.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::NotThere(_) | Self::Failed { .. } => 1,
            Self::Usage(_) => 2,
            Self::Unreachable { .. } => 3,
        }
    }
}
