//! Finding `exchange.json` and `operator.json`.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::args::Common;
use crate::{Error, Result, exchange_file::ExchangeFile, operator::Operator};

/// Where deploy/up puts both files.
const PLACE: &str = ".local";

impl Common {
    /// The exchange file that was named, or found.
    pub(super) fn exchange(&self) -> Result<ExchangeFile> {
        ExchangeFile::read(&find("exchange.json", "--exchange", self.exchange.as_deref())?)
    }

    /// The operator by the file that was named, or found.
    pub(super) fn operator(&self) -> Result<Operator> {
        Operator::open(&find("operator.json", "--operator", self.operator.as_deref())?)
    }
}

fn find(name: &str, flag: &str, named: Option<&Path>) -> Result<PathBuf> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let here = env::current_dir().unwrap_or_default();
    let above = here.ancestors().map(|directory| directory.join(PLACE).join(name));
    // .local/bin/caf stands one below the files
    let program = env::current_exe().unwrap_or_default();
    let beside = program.ancestors().nth(2).map(|directory| directory.join(name));
    above.chain(beside).find(|path| path.exists()).ok_or_else(|| {
        Error::usage(format!(
            "no {name} was found here; bring an exchange up with deploy/up, or name the file with {flag}"
        ))
    })
}
