//! `operator.json` (0600): what an operator needs beside the exchange file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{Error, Result, atomic_file};

/// The whole file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatorFile {
    pub version: u32,
    pub exchange_file: PathBuf,
    pub ca_directory: PathBuf,
    pub management: ManagementAccess,
    /// Admin socket of each service.
    pub admin_sockets: BTreeMap<String, PathBuf>,
    /// Where the agencies' certificates and keys are put.
    pub agencies_directory: PathBuf,
    /// How long a replaced certificate stays good.
    #[serde(default = "one_day")]
    pub grace_hours: u32,
}

/// The broker's management API.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagementAccess {
    pub url: String,
    pub password_file: PathBuf,
}

fn one_day() -> u32 {
    24
}

impl OperatorFile {
    /// Reads it.
    ///
    /// # Errors
    /// When it is missing, damaged, or of a later version.
    pub fn read(path: &Path) -> Result<Self> {
        let file: Self = serde_json::from_str(&atomic_file::read(path)?)
            .map_err(|cause| Error::failed(format!("{} is not an operator file", path.display()), cause))?;
        if file.version == 1 {
            Ok(file)
        } else {
            Err(Error::refused(format!(
                "{} is of version {}, which this program does not know; use a newer one",
                path.display(),
                file.version
            )))
        }
    }

    /// Writes it whole, for its owner only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|cause| Error::failed("the operator file cannot be written", cause))?;
        atomic_file::write(path, (text + "\n").as_bytes(), atomic_file::PRIVATE)
    }
}
