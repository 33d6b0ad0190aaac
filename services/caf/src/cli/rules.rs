//! `caf rules …`: the policies by which it is decided what is shared.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use deciding::Rules;
use serde_json::{Value, json};

use super::{
    args::Common,
    dry_run::{self, DryRunArgs},
    output::{Output, listing, object, plain, text},
};
use crate::{Error, Result};

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List the policies in force, and what is wrong with their folder if something is
    #[command(after_help = "Example:\n  caf rules list")]
    List,
    /// Say what one policy says, on what it rests, and how it is written
    #[command(after_help = "Example:\n  caf rules explain D-C5-excluded-part")]
    Explain {
        /// As a decision names it
        id: String,
    },
    /// Check a folder of policies as the service does before it uses one; no service need run
    #[command(after_help = "Example:\n  caf rules check deploy/policies")]
    Check {
        #[arg(value_name = "DIR")]
        rules: PathBuf,
    },
    /// Have the service read its folder now; it does so every ten seconds by itself
    #[command(after_help = "Example:\n  caf rules reload")]
    Reload,
    /// Decide past decisions anew by another folder's policies: which would come out otherwise?
    DryRun(DryRunArgs),
}

pub(super) async fn run(command: RulesCommand, common: &Common) -> Result<Output> {
    match command {
        RulesCommand::Check { rules } => {
            let rules = load(&rules)?;
            let told = json!({ "hash": rules.hash(), "policies": rules.texts().len() });
            let text = format!("The folder is sound: {} policies.", rules.texts().len());
            Ok(Output::new(told, text))
        }
        RulesCommand::DryRun(args) => dry_run::run(&args, common).await,
        RulesCommand::List => {
            let rules: Value = common.operator()?.sharing()?.get("/rules", &[]).await?;
            let said = list(&rules);
            Ok(Output::new(rules, said))
        }
        RulesCommand::Explain { id } => {
            let policy: Value = common.operator()?.sharing()?.get(&format!("/rules/{id}"), &[]).await?;
            let said = in_full(&policy);
            Ok(Output::new(policy, said))
        }
        RulesCommand::Reload => {
            let told = common.operator()?.sharing()?.post("/rules/reload", &[]).await?;
            let said = format!("The policies are {}.", plain(&told["policies"]));
            Ok(Output::new(told, said))
        }
    }
}

/// A folder, checked as a whole.
pub(super) fn load(folder: &Path) -> Result<Rules> {
    Rules::load(folder).map_err(|fault| Error::refused(fault.to_string()))
}

/// What it says of itself, and below it the policy.
fn in_full(policy: &Value) -> String {
    let mut said = policy.clone();
    let written = said.as_object_mut().and_then(|fields| fields.remove("policy")).unwrap_or_default();
    format!("{}\n\n{}", object(&said), plain(&written))
}

fn list(rules: &Value) -> String {
    let columns = [
        ("policy", "/id"),
        ("set", "/set"),
        ("effect", "/effect"),
        ("outcome", "/outcome"),
        ("code", "/code"),
        ("rests on", "/paragraphs"),
    ];
    let mut said = vec![listing(&rules["policies"], &columns), format!("hash: {}", text(rules, "/hash"))];
    if let Some(fault) = rules["fault"].as_str() {
        said.push(format!("NOT IN FORCE is what the folder says now, as it has a fault: {fault}"));
    }
    said.join("\n\n")
}
