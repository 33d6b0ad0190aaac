//! docs/guidance.md: the paragraphs that each rule is from, the policies and examples of them that decide by it, where
//! it stands in code and which tests hold it, read from the policies and from citations in comments.
//! `CAF_WRITE_GUIDANCE=1` in the environment writes it anew.

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

/// A rule, the paragraphs that it is from, and what it says in short.
const RULES: [(&str, &str, &str, Part); 30] = [
    ("D-A1", "MG 2.18, 3.7, 6; LG 4.6.1", "Which agencies take part.", Now),
    (
        "D-A2",
        "MG 3.9; LG 2.4",
        "A practitioner works for an agency that vouches for them and their check.",
        Now,
    ),
    (
        "D-A3",
        "MG 2.6, 5.5; LG 3.1, 3.3, 3.11, 3.12, 4.2 to 4.6, 7",
        "Every child and CAF belongs to an authority, whose CAF team keeps the log.",
        Now,
    ),
    ("D-A4", "MG 3.8, 4.10; LG 5.3 to 5.8", "One lead professional is the single point of contact.", Now),
    (
        "D-A5",
        "LG 4.5.2, 4.6",
        "A team around the child; a forum that hears several cases.",
        Later("plans, with meetings and forums"),
    ),
    ("D-A6", "MG 3.8, 3.10", "A child, young person, parent or carer may ask for a CAF.", Now),
    (
        "D-I1",
        "MG 2.12, 2.13, 5.11",
        "What the index holds: who a child is, who works with them, that there is a CAF; no case data.",
        Now,
    ),
    (
        "D-I2",
        "MG 2.15",
        "The notice that a CAF exists needs no consent, unless its area asks for agreement.",
        Now,
    ),
    (
        "D-I3",
        "MG 3.4",
        "Children to the 18th birthday; a CAF may be for an unborn baby, or go on beyond 18.",
        Now,
    ),
    (
        "D-I4",
        "MG 3.5, 4.2, 5.10; LG 2.2, 3.1 to 3.5",
        "Before a CAF is started whoever intends it is advised; advice informs and does not block.",
        Now,
    ),
    (
        "D-I5",
        "MG 3.6, 5.11",
        "Lookups are for registered practitioners, for a stated purpose; each is recorded.",
        Now,
    ),
    (
        "D-I6",
        "ContactPoint regulations 2007; MG 4.19",
        "Sensitive services and records restricted for safety are answered as an unknown child.",
        Now,
    ),
    (
        "D-I7",
        "LG 3.11, 3.12",
        "The form goes to the CAF team and is checked; gaps go back to the assessor.",
        Now,
    ),
    (
        "D-C1",
        "MG 4.4, 4.11, 4.12, 4.17, 4.18; LG App. E, 5.8.4",
        "To assess, to record electronically, to store and share are separate acts of agreement.",
        Now,
    ),
    (
        "D-C2",
        "MG 3.10, 4.11, 4.12; LG 3.6, 3.7",
        "Agreement is informed and explicit; oral by exception, signed for and explained.",
        Now,
    ),
    (
        "D-C3",
        "MG 4.13, 4.15; LG 3.7.2",
        "Who decides: the young person from 16, a child who understands, else one with parental responsibility.",
        Now,
    ),
    ("D-C4", "MG 4.13, 4.14; LG 3.7.4", "What a competent child decides stands against a parent.", Now),
    (
        "D-C5",
        "MG 4.4, 4.12, 4.16, 4.20; LG 3.7.4",
        "What is not named is not covered; exclusion beats inclusion.",
        Now,
    ),
    (
        "D-C6",
        "MG 4.15; LG 3.7.4",
        "A statement belongs to a person; it can be withdrawn, conflicts wait for advice, what is old is asked for anew.",
        Now,
    ),
    (
        "D-C7",
        "MG 4.16, 4.18; LG 7",
        "A family's refusal of a CAF is in the CAF team's log and nowhere else; of electronic recording, nothing passes here; of some agencies or items, they get nothing.",
        Now,
    ),
    (
        "D-C8",
        "MG 4.19, 4.20; LG 3.10",
        "What is confidential and about an adult needs that adult; siblings and informants are other persons.",
        Now,
    ),
    (
        "D-S1",
        "MG 3.5, 4.3; LG 2.2",
        "Protection comes first, by the area's safeguarding procedure; the exchange says so and never delays it.",
        Now,
    ),
    ("D-S2", "MG 4.12, 4.17", "The normal basis is explicit consent.", Now),
    (
        "D-S3",
        "MG 4.21",
        "Without consent, what is not confidential may be shared if necessary, never instead of asking.",
        Now,
    ),
    (
        "D-S4",
        "MG 4.22, 4.23",
        "Without consent, what is confidential may be shared where the public interest justifies it.",
        Now,
    ),
    ("D-S5", "MG 4.21, 4.22", "The judgement is the holder's; who asks releases nothing.", Now),
    ("D-S6", "MG 4.12, 4.22", "No more than the purpose needs, accurate, to those who need it.", Now),
    ("D-S7", "MG 4.24", "Every decision is recorded, to share or not to share, with reasons.", Now),
    ("D-S8", "MG 4.25", "In doubt an adviser is asked, and the decision waits; protection does not.", Now),
    (
        "D-S9",
        "MG 4.9, 4.12; LG 3.10, 3.11",
        "Child and family get a copy; what was given or withheld is recorded.",
        Now,
    ),
];

/// What the exchange writes down and does not decide: no policy, and no example of one.
const RECORDED: &str = "D-S9";

/// Where each rule is cited.
#[derive(Default)]
struct Cited {
    code: BTreeMap<String, BTreeSet<String>>,
    tests: BTreeMap<String, BTreeSet<String>>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

/// All files in a folder of the repository and those below it, in their order.
fn sorted(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&root().join(folder), &mut found);
    found.sort();
    found
}

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
    ["tests/stories/", "services/deciding/tests/"].iter().any(|folder| path.starts_with(folder))
        || path.ends_with("_tests.rs")
        || path.contains("/histories")
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
        |word: &&str| ["D-A", "D-I", "D-C", "D-S"].contains(&&word[..3]) && word[3..].parse::<u8>().is_ok();
    words.filter(|word| word.len() == 4 && word.is_ascii()).filter(rule).map(str::to_owned).collect()
}

/// A policy or an example of the delivered folder, by the rule that its name begins with.
type ByRule = BTreeMap<String, Vec<String>>;

fn rule_of(name: &str) -> Option<String> {
    rules_in(name.get(..4)?).pop()
}

/// Each policy, with the paragraphs that it cites.
fn policies() -> ByRule {
    let mut found = ByRule::new();
    for file in sorted("deploy/policies/consent-led") {
        let text = std::fs::read_to_string(&file).expect("a text");
        let path = file.strip_prefix(root()).expect("in the repository").display().to_string();
        let said = |line: &str, what: &str| Some(line.strip_prefix(what)?.strip_suffix("\")")?.to_owned());
        let mut named = None;
        for line in text.lines() {
            named = said(line, "@id(\"").or(named);
            if let Some((id, cites)) = named.clone().zip(said(line, "@cites(\"")) {
                let of = rule_of(&id).unwrap_or_else(|| panic!("{id} names no rule"));
                found.entry(of).or_default().push(format!("- [{id}](../{path}): {cites}\n"));
            }
        }
    }
    found
}

/// Each example of a rule, as its name says what comes out.
fn examples() -> ByRule {
    let mut found = ByRule::new();
    for file in sorted("deploy/policies/cases") {
        let text = std::fs::read_to_string(&file).expect("a text");
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for case in read["cases"].as_array().expect("cases") {
            let name = case["name"].as_str().expect("a name");
            if let Some(rule) = rule_of(name) {
                let says = name[4..].trim_start();
                let shares = case["outcome"] == "share";
                assert!(shares == says.starts_with("shares:"), "{name} comes out as {}", case["outcome"]);
                found.entry(rule).or_default().push(format!("- {says}\n"));
            }
        }
    }
    found
}

fn cited() -> Cited {
    let mut cited = Cited::default();
    let folders = [
        "schemas/src",
        "services/index/src",
        "services/index/migrations",
        "services/linking/src",
        "services/deciding/src",
        "services/deciding/tests",
        "services/sharing/src",
        "services/sharing/migrations",
        "services/caf/src",
        "tests/stories",
    ];
    for file in folders.into_iter().flat_map(sorted) {
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

/// Some rules no code knows of.
fn or_policies(code: String) -> String {
    if code.is_empty() { "- the policies alone\n".to_owned() } else { code }
}

fn document(cited: &Cited) -> String {
    let mut text = String::from(
        "# The guidance in the code\n\nThe rules of the index and of sharing: the paragraphs of the guidance on the \
         Common Assessment Framework that each is\nfrom (MG the guide for managers, LG the guide of Leicestershire), \
         the policies that decide by it, with what they cite, the\nexamples that are tried whenever the policies are \
         read, where it stands in code, and which tests hold it. Generated from\nthe policies and the citations in \
         comments; `CAF_WRITE_GUIDANCE=1 tests/run --test stories guidance` writes it anew, and a\ntest compares.\n",
    );
    let (policies, examples) = (policies(), examples());
    for (rule, paragraphs, says, part) in RULES {
        let list = |of: &BTreeMap<String, BTreeSet<String>>| -> String {
            let files = of.get(rule).into_iter().flatten();
            files.fold(String::new(), |mut list, file| {
                let _ = writeln!(list, "- [{file}](../{file})");
                list
            })
        };
        let _ = write!(text, "\n## {rule}\n\n{says}\n\nFrom: {paragraphs}\n");
        for (what, of) in [("Policies", &policies), ("Examples", &examples)] {
            if let Some(all) = of.get(rule) {
                let _ = write!(text, "\n{what}:\n\n{}", all.concat());
            }
        }
        match part {
            Later(with) => {
                let _ = write!(text, "\nOf a later part: {with}.\n");
            }
            Now => {
                let _ = write!(
                    text,
                    "\nCode:\n\n{}\nTests:\n\n{}",
                    or_policies(list(&cited.code)),
                    list(&cited.tests)
                );
            }
        }
    }
    text
}

#[test]
fn every_rule_stands_in_code_and_is_held_by_a_test() {
    let (cited, policies) = (cited(), policies());
    for (rule, _, _, part) in RULES {
        match part {
            Now => {
                let decides = cited.code.contains_key(rule) || policies.contains_key(rule);
                assert!(decides, "no code and no policy cites {rule}");
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

// D-C1 to D-C8, D-S1 to D-S8
#[test]
fn every_rule_of_consent_and_of_sharing_has_a_policy_an_example_that_shares_and_one_that_does_not() {
    let (policies, examples) = (policies(), examples());
    let decided = RULES
        .iter()
        .map(|(rule, ..)| *rule)
        .filter(|rule| rule.starts_with("D-C") || rule.starts_with("D-S"));
    for rule in decided.filter(|rule| *rule != RECORDED) {
        assert!(policies.contains_key(rule), "no policy of {rule}");
        let shares = |example: &&String| example.starts_with("- shares:");
        let of = examples.get(rule).map_or(&[][..], Vec::as_slice);
        assert!(of.iter().any(|example| shares(&example)), "no example of {rule} shares");
        assert!(of.iter().any(|example| !shares(&example)), "every example of {rule} shares");
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
