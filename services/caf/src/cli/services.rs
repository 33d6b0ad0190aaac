//! The commands that speak to all services: each is asked, and what is told names the one that told it.

use clap::Args;
use serde_json::{Value, json};

use super::args::Common;
use crate::{Error, Result, admin::Admin};

#[derive(Args, Debug, Default)]
pub(super) struct Services {
    /// This service alone [default: all]
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
}

impl Services {
    /// The admin APIs of those meant.
    pub(super) fn admins(&self, common: &Common) -> Result<Vec<Admin>> {
        let operator = common.operator()?;
        match &self.service {
            Some(name) => Ok(vec![operator.admin(name)?]),
            None => operator.file.admin_sockets.keys().map(|name| operator.admin(name)).collect(),
        }
    }
}

/// The rows of all of them, each with its service.
pub(super) async fn rows(admins: &[Admin], path: &str, query: &[(&str, &str)]) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    for admin in admins {
        let mut rows: Vec<Value> = admin.get(path, query).await?;
        for row in &mut rows {
            row["service"] = json!(admin.service());
        }
        all.append(&mut rows);
    }
    Ok(all)
}

/// The answer of the first that has it; if none has, the words of the last.
pub(super) async fn whoever_has<T>(admins: &[Admin], ask: impl AsyncFn(&Admin) -> Result<T>) -> Result<T> {
    let mut missing = Error::usage("the operator file names no service");
    for admin in admins {
        match ask(admin).await {
            Err(error @ Error::NotThere(_)) => missing = error,
            told => return told,
        }
    }
    Err(missing)
}
