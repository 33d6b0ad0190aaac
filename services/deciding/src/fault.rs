//! What is wrong with a folder of policies, in words for whoever keeps it: where, what, and what to do.

use std::fmt;

/// The folder was refused, and why. Policies are public text, so they may be quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct LoadError {
    /// Below the folder: `consent-led/consent.cedar`.
    pub file: String,
    /// The policy or the example, where it is one.
    pub of: Option<String>,
    pub fault: Fault,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(of) = &self.of {
            write!(f, ", {of}")?;
        }
        write!(f, ": {} To do: {}", self.fault, self.fault.to_do())
    }
}

impl LoadError {
    pub(crate) fn new(file: impl Into<String>, fault: Fault) -> Self {
        Self { file: file.into(), of: None, fault }
    }

    pub(crate) fn of(file: impl Into<String>, of: impl Into<String>, fault: Fault) -> Self {
        Self { file: file.into(), of: Some(of.into()), fault }
    }
}

/// Each kind of fault that a folder can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("It cannot be read: {0}.")]
    Unreadable(String),
    #[error("It is not written as such a file must be: {0}.")]
    Unparsable(String),
    #[error("The set \"{0}\" is switched, but there is no folder of that name.")]
    SetMissing(String),
    #[error("The set \"{0}\" is neither on nor off.")]
    SetNotSwitched(String),
    #[error("It would not be read: a set has no folders within it, and its files end in .{0}.")]
    NotRead(&'static str),
    #[error("It is a template, with a blank to be filled in.")]
    Template,
    #[error("A policy has no @id (it begins: {0}).")]
    NoId(String),
    #[error("Another policy has the same @id; it stands in {0}.")]
    DuplicateId(String),
    #[error("The @id is not of letters, digits and hyphens, or is kept for the exchange.")]
    BadId,
    #[error("It has no @{0}.")]
    Missing(&'static str),
    #[error("@{0} does not belong there.")]
    OutOfPlace(String),
    #[error("\"{0}\" is no code of the list withheld-code.")]
    UnknownCode(String),
    #[error("\"{0}\" is no outcome that a policy can have.")]
    UnknownOutcome(String),
    #[error("It speaks of something that does not exist, or compares what cannot be compared: {0}.")]
    Invalid(String),
    #[error("\"{0}\" is neither a part of the form nor a group of parts.")]
    UnknownPart(String),
    #[error("\"{0}\" is neither a kind of agency nor a group of kinds.")]
    UnknownKind(String),
    #[error("\"{0}\" is no purpose.")]
    UnknownPurpose(String),
    #[error("The purpose \"{0}\" is missing.")]
    PurposeMissing(&'static str),
    #[error("The example comes out as {came}, and should as {should}.")]
    CaseFails { should: String, came: String },
}

impl Fault {
    /// What the keeper of the folder does about it.
    #[must_use]
    pub const fn to_do(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "see that the file is there and may be read by the service.",
            Self::Unparsable(_) => {
                "compare the line with a neighbouring one; quotes, brackets and semicolons count."
            }
            Self::SetMissing(_) => "take the set out of rules.toml, or make its folder.",
            Self::SetNotSwitched(_) => "write the set into rules.toml, as on or off.",
            Self::NotRead(_) => {
                "put the file into the set's own folder, with this ending in small letters; or take it out."
            }
            Self::Template => "write the principal and the resource out.",
            Self::NoId(_) | Self::BadId => "give it an @id such as D-C5-excluded-part or local-police-1.",
            Self::DuplicateId(_) => "give one of the two another @id.",
            Self::Missing(_) => {
                "add it. Each policy has @id, @cites (the paragraph or agreement) and @says (words that a family could \
                 be told); a forbid also @outcome and, unless it refers to the holder, @code."
            }
            Self::OutOfPlace(_) => {
                "take it out. Only @id, @cites and @says belong to every policy; @outcome to a forbid; @code to a \
                 forbid that does not refer to the holder."
            }
            Self::UnknownCode(_) => "take a code of the list; docs/deciding.md names them.",
            Self::UnknownOutcome(_) => {
                "write do-not-share, pending-advice, pending-consent or referred-to-holder."
            }
            Self::Invalid(_) => {
                "compare the word with schema.cedarschema, which lists every fact and its words."
            }
            Self::UnknownPart(_) | Self::UnknownKind(_) | Self::UnknownPurpose(_) => {
                "take a word of the lists in schema.cedarschema, or a group named at the top of purposes.toml."
            }
            Self::PurposeMissing(_) => "add it to purposes.toml; with an empty list it needs no part.",
            Self::CaseFails { .. } => {
                "if the policy is wrong, mend it; if the example is meant to come out otherwise now, have that agreed \
                 and change the example."
            }
        }
    }
}
