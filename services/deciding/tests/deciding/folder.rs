//! Copies of the delivered folder that a test may spoil.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use deciding::{LoadError, Rules};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Where the policies are delivered.
pub(crate) fn delivered() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/policies")
}

/// A copy, which goes when it is dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn copy() -> Self {
        let name = format!("caf-policies-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = Self(std::env::temp_dir().join(name));
        copy(&delivered(), &folder.0);
        folder
    }

    /// A copy in which every set is on.
    pub(crate) fn all_on() -> Self {
        Self::copy().with("rules.toml", |text| text.replace("\"off\"", "\"on\""))
    }

    /// A copy with every set on and this policy more; without the examples, which it may change.
    pub(crate) fn local(policy: &str) -> Self {
        let folder = Self::all_on().with("local/tried.cedar", |_| policy.to_owned());
        fs::remove_dir_all(folder.0.join("cases")).unwrap();
        fs::create_dir(folder.0.join("cases")).unwrap();
        folder
    }

    pub(crate) fn with(self, file: &str, change: impl FnOnce(String) -> String) -> Self {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        let changed = change(text.clone());
        assert_ne!(text, changed, "nothing was changed in {file}");
        fs::write(path, changed).unwrap();
        self
    }

    pub(crate) fn load(&self) -> Result<Rules, LoadError> {
        Rules::load(&self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}
