//! The valid examples of the contract, as they stand in `schemas/examples`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use schemas::MessageType;
use serde_json::{Value, json};

use crate::{Error, Result, atomic_file};

/// The folder of the examples: `<noun>.<verb>/valid-….json`.
#[derive(Clone, Debug)]
pub struct Examples {
    folder: PathBuf,
}

impl Examples {
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The valid examples of a type, in the order of their names, as AsyncAPI writes them.
    pub(super) fn of(&self, kind: MessageType) -> Result<Vec<Value>> {
        let folder = self.folder.join(kind.short_name());
        let entries = fs::read_dir(&folder).map_err(|cause| Error::reading(&folder, cause))?;
        let mut files = Vec::new();
        for entry in entries {
            files.push(entry.map_err(|cause| Error::reading(&folder, cause))?.path());
        }
        files.sort();
        files.iter().filter_map(|file| Some((name_of(file)?, file))).map(example).collect()
    }
}

/// `valid-by-school.json` is the example `by-school`.
fn name_of(file: &Path) -> Option<&str> {
    file.file_name()?.to_str()?.strip_prefix("valid-")?.strip_suffix(".json")
}

fn example((name, file): (&str, &PathBuf)) -> Result<Value> {
    let message: Value = serde_json::from_str(&atomic_file::read(file)?)
        .map_err(|cause| Error::failed(format!("{} is not JSON", file.display()), cause))?;
    Ok(json!({ "name": name, "payload": message }))
}
