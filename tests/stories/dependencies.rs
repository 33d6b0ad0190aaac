//! The dependency tree obeys `deny.toml`: the same rules that `cargo deny check bans licenses
//! sources` reads, applied here to `cargo metadata`, since building that tool on a fresh machine
//! takes longer than the tests. Its advisory database is not consulted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// The one registry that Cargo knows by default.
const REGISTRY: &str = "registry+https://github.com/rust-lang/";

/// Two versions of one of these would mean two TLS stacks, two HTTP stacks or two sets of types.
const SINGLE: [&str; 10] =
    ["aws-lc-rs", "axum", "http", "hyper", "lapin", "opentelemetry", "reqwest", "rustls", "tokio", "tower"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    /// None for the workspace's own crates.
    source: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
}

/// `deny.toml`, as far as it is applied here.
#[derive(Deserialize)]
struct Rules {
    bans: Bans,
    licenses: Licenses,
    sources: Sources,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Banned>,
}

#[derive(Deserialize)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
    exceptions: Vec<LicenceException>,
}

#[derive(Deserialize)]
struct LicenceException {
    #[serde(rename = "crate")]
    name: String,
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    unknown_registry: String,
    unknown_git: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace's folder").to_owned()
}

fn rules() -> Rules {
    let text = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
    toml::from_str(&text).expect("deny.toml is as described here")
}

/// Everything that is built on Linux, tests included.
fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout).expect("cargo's metadata");
    let built: BTreeSet<_> = metadata.resolve.nodes.into_iter().map(|node| node.id).collect();
    metadata.packages.into_iter().filter(|package| built.contains(&package.id)).collect()
}

/// Whether a licence expression can be met with what is allowed. `OR` is a choice, `AND` is not;
/// `AND` binds closer; `/` is an old way to write `OR`; `WITH` belongs to the name before it.
fn is_met(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any_of(&words, &mut at, allowed);
    assert_eq!(at, words.len(), "the licence expression {expression} cannot be read");
    met
}

fn any_of(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = all_of(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all_of(words, at, allowed);
    }
    met
}

fn all_of(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = one_licence(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one_licence(words, at, allowed);
    }
    met
}

fn one_licence(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let word = *words.get(*at).expect("a licence expression does not end in an operator");
    *at += 1;
    if word == "(" {
        let met = any_of(words, at, allowed);
        assert_eq!(words.get(*at), Some(&")"), "a bracket is open");
        *at += 1;
        return met;
    }
    if words.get(*at) == Some(&"WITH") {
        let name = format!("{word} WITH {}", words.get(*at + 1).copied().unwrap_or_default());
        *at += 2;
        return allowed(&name);
    }
    allowed(word)
}

#[test]
fn no_banned_crate_is_built_and_every_ban_says_why() {
    let bans = rules().bans.deny;
    assert!(bans.iter().all(|banned| !banned.reason.is_empty()));
    let banned: BTreeSet<_> = bans.into_iter().map(|banned| banned.name).collect();
    let found: Vec<_> =
        packages().into_iter().map(|package| package.name).filter(|name| banned.contains(name)).collect();
    assert!(found.is_empty(), "banned by deny.toml: {found:?}");
}

#[test]
fn every_licence_is_allowed_and_no_exception_is_stale() {
    let licenses = rules().licenses;
    let mut exceptions: BTreeMap<_, _> =
        licenses.exceptions.into_iter().map(|one| (one.name, one.allow)).collect();
    let mut refused = Vec::new();
    for package in packages() {
        let expression = package.license.unwrap_or_default();
        let exception = exceptions.remove(&package.name).unwrap_or_default();
        let allowed = |name: &str| licenses.allow.contains(name) || exception.contains(name);
        if expression.is_empty() || !is_met(&expression, &allowed) {
            refused.push(format!("{} {}: {expression}", package.name, package.version));
        }
    }
    assert!(refused.is_empty(), "not allowed by deny.toml: {refused:#?}");
    assert!(exceptions.is_empty(), "exceptions for crates that are not built: {:?}", exceptions.keys());
}

#[test]
fn every_crate_comes_from_the_registry_or_the_workspace() {
    let sources = rules().sources;
    assert_eq!((sources.unknown_registry.as_str(), sources.unknown_git.as_str()), ("deny", "deny"));
    let strange: Vec<_> = packages()
        .into_iter()
        .filter_map(|package| package.source)
        .filter(|source| !source.starts_with(REGISTRY))
        .collect();
    assert!(strange.is_empty(), "unknown sources: {strange:?}");
}

#[test]
fn there_is_one_version_of_each_large_crate() {
    for name in SINGLE {
        let versions: Vec<_> = packages()
            .into_iter()
            .filter(|package| package.name == name)
            .map(|package| package.version)
            .collect();
        assert_eq!(versions.len(), 1, "{name}: {versions:?}");
    }
}

#[test]
fn licence_expressions_are_read_as_they_are_meant() {
    let allowed = |name: &str| name == "MIT" || name == "ISC";
    assert!(is_met("MIT", &allowed));
    assert!(is_met("GPL-3.0 OR MIT", &allowed));
    assert!(is_met("MIT/Apache-2.0", &allowed));
    assert!(is_met("ISC AND (Apache-2.0 OR MIT)", &allowed));
    assert!(!is_met("MIT AND GPL-3.0", &allowed));
    assert!(!is_met("GPL-3.0 AND MIT OR BSD", &allowed));
    assert!(!is_met("MIT WITH some-exception", &allowed));
}
