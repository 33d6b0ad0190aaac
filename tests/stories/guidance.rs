//! docs/guidance.md: each rule of the index, where it stands in code and which tests hold it, read from the
//! citations in comments. `CAF_WRITE_GUIDANCE=1` in the environment writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use Part::{Later, Now};

/// Whether a rule is wholly of a part that is still to come.
#[derive(Clone, Copy)]
enum Part {
    Now,
    Later(&'static str),
}

const RULES: [(&str, &str, Part); 14] = [
    ("D-A1", "Which agencies take part.", Now),
    ("D-A2", "A practitioner works for an agency that vouches for them and their check.", Now),
    ("D-A3", "Every child and CAF belongs to an authority, whose CAF team keeps the log.", Now),
    ("D-A4", "One lead professional is the single point of contact.", Now),
    (
        "D-A5",
        "A team around the child; a forum that hears several cases.",
        Later("plans, with meetings and forums"),
    ),
    ("D-A6", "A child, young person, parent or carer may ask for a CAF.", Now),
    (
        "D-I1",
        "What the index holds: who a child is, who works with them, that there is a CAF; no case data.",
        Now,
    ),
    ("D-I2", "The notice that a CAF exists needs no consent, unless its area asks for agreement.", Now),
    ("D-I3", "Children to the 18th birthday; a CAF may be for an unborn baby, or go on beyond 18.", Now),
    (
        "D-I4",
        "Before a CAF is started whoever intends it is advised; advice informs and does not block.",
        Now,
    ),
    ("D-I5", "Lookups are for registered practitioners, for a stated purpose; each is recorded.", Now),
    ("D-I6", "Sensitive services and records restricted for safety are answered as an unknown child.", Now),
    ("D-I7", "The form goes to the CAF team and is checked; gaps go back to the assessor.", Now),
    ("D-C7", "A family's refusal of a CAF is in the CAF team's log and nowhere else.", Now),
];

/// Where each rule is cited.
#[derive(Default)]
struct Cited {
    code: BTreeMap<String, BTreeSet<String>>,
    tests: BTreeMap<String, BTreeSet<String>>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

/// All files in a folder and those below it.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/stories/") || path.ends_with("_tests.rs") || path.contains("/histories")
}

/// The comment that a line holds, if any.
fn comment<'a>(path: &str, line: &'a str) -> Option<&'a str> {
    let mark = if path.contains("/migrations/") { "--" } else { "//" };
    line.split_once(mark).map(|(_, comment)| comment)
}

/// The rules that a comment names: `D-I4`, `D-C7 (a)`.
fn rules_in(comment: &str) -> Vec<String> {
    let words = comment.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let rule =
        |word: &&str| ["D-A", "D-I", "D-C7"].iter().any(|begin| word.starts_with(begin)) && word.len() == 4;
    words.filter(rule).map(str::to_owned).collect()
}

fn cited() -> Cited {
    let mut cited = Cited::default();
    let mut found = Vec::new();
    for folder in [
        "schemas/src",
        "services/index/src",
        "services/index/migrations",
        "services/linking/src",
        "services/caf/src",
        "tests/stories",
    ] {
        files(&root().join(folder), &mut found);
    }
    found.sort();
    for file in found {
        let path = file.strip_prefix(root()).expect("in the repository").display().to_string();
        // This file names every rule.
        if path.ends_with("stories/guidance.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a text");
        let mut in_tests = is_test(&path);
        for line in text.lines() {
            in_tests |= line.starts_with("mod tests {");
            let place = if in_tests { &mut cited.tests } else { &mut cited.code };
            for rule in comment(&path, line).map(rules_in).unwrap_or_default() {
                place.entry(rule).or_default().insert(path.clone());
            }
        }
    }
    cited
}

fn document(cited: &Cited) -> String {
    let mut text = String::from(
        "# The guidance in the code\n\nThe rules of the index that come from the guidance on the Common Assessment \
         Framework, where each stands\nin code and which tests hold it. Generated from the citations in comments; \
         `CAF_WRITE_GUIDANCE=1 tests/run --test\nstories guidance` writes it anew, and a test compares.\n",
    );
    for (rule, says, part) in RULES {
        let list = |of: &BTreeMap<String, BTreeSet<String>>| -> String {
            let files = of.get(rule).into_iter().flatten();
            files.fold(String::new(), |mut list, file| {
                let _ = writeln!(list, "- [{file}](../{file})");
                list
            })
        };
        let _ = write!(text, "\n## {rule}\n\n{says}\n");
        match part {
            Later(with) => {
                let _ = write!(text, "\nOf a later part: {with}.\n");
            }
            Now => {
                let _ = write!(text, "\nCode:\n\n{}\nTests:\n\n{}", list(&cited.code), list(&cited.tests));
            }
        }
    }
    text
}

#[test]
fn every_rule_of_the_index_stands_in_code_and_is_held_by_a_test() {
    let cited = cited();
    for (rule, _, part) in RULES {
        match part {
            Now => {
                assert!(cited.code.contains_key(rule), "no code cites {rule}");
                assert!(cited.tests.contains_key(rule), "no test cites {rule}");
            }
            Later(_) => assert!(!cited.code.contains_key(rule), "{rule} is there: it is of this part"),
        }
    }
    let known: BTreeSet<&str> = RULES.iter().map(|(rule, ..)| *rule).collect();
    for rule in cited.code.keys().chain(cited.tests.keys()) {
        assert!(known.contains(rule.as_str()), "there is no rule {rule}");
    }
}

#[test]
fn the_document_of_the_guidance_says_what_the_sources_say() {
    let path = root().join("docs/guidance.md");
    let text = document(&cited());
    if std::env::var_os("CAF_WRITE_GUIDANCE").is_some() {
        std::fs::write(&path, &text).expect("the document can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "docs/guidance.md is out of date: write it anew with CAF_WRITE_GUIDANCE=1");
}
