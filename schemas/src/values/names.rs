//! A child's names, and the form in which two names are compared.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Line, PersonName};

/// What a child is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Names {
    /// May be empty: a child not yet named, or one who has a single name (then `family`).
    pub given: Vec<Line>,
    pub family: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_as: Option<Line>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Line>,
}

/// Names for comparison: without marks, case, spaces, hyphens and apostrophes. Personal data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoldedName {
    given: String,
    family: String,
}
personal!(FoldedName);

impl FoldedName {
    #[must_use]
    pub fn given(&self) -> &str {
        &self.given
    }

    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }
}

impl Names {
    /// The form for comparison; none where given or family name has no letter, since then a name
    /// does not tell one child from another (newborn twins of one family).
    #[must_use]
    pub fn folded(&self) -> Option<FoldedName> {
        let given: String = self.given.iter().flat_map(|name| folded(name.as_str())).collect();
        let family: String = folded(self.family.as_str()).collect();
        (!given.is_empty() && !family.is_empty()).then_some(FoldedName { given, family })
    }
}

impl PersonName {
    /// The form for comparison.
    #[must_use]
    pub fn folded(&self) -> String {
        folded(self.as_str()).collect()
    }
}

fn folded(name: &str) -> impl Iterator<Item = char> + '_ {
    name.nfkd()
        .filter(|place| !is_combining_mark(*place))
        .flat_map(char::to_lowercase)
        // Lower case may bring a mark of its own: Turkish I with a dot.
        .filter(|place| place.is_alphanumeric())
        .flat_map(|place| match letters_of(place) {
            Some(letters) => Spelt::Letters(letters.chars()),
            None => Spelt::Itself(Some(place)),
        })
}

/// Letters that Unicode does not take apart, as English systems write them.
const fn letters_of(place: char) -> Option<&'static str> {
    match place {
        'ß' => Some("ss"),
        'æ' => Some("ae"),
        'œ' => Some("oe"),
        'ø' => Some("o"),
        'đ' | 'ð' => Some("d"),
        'ł' => Some("l"),
        'þ' => Some("th"),
        'ı' => Some("i"),
        'ħ' => Some("h"),
        _ => None,
    }
}

enum Spelt {
    Letters(std::str::Chars<'static>),
    Itself(Option<char>),
}

impl Iterator for Spelt {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::Letters(letters) => letters.next(),
            Self::Itself(place) => place.take(),
        }
    }
}
