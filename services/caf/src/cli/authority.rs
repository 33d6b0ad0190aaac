//! `caf authority …`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use schemas::{AuthorityId, Day, Phone};
use serde_json::{Value, json};

use super::{
    args::Common,
    output::{Output, listing_or, object},
};
use crate::{Error, Result};

const ENGLAND_AND_WALES: &str = include_str!("../../../../deploy/calendars/england-and-wales.txt");

#[derive(Debug, Subcommand)]
pub(super) enum AuthorityCommand {
    /// Put an authority on the register, or change its entry
    Add(AddArgs),
    /// Show one authority
    #[command(after_help = "Example:\n  caf authority show borough")]
    Show { id: AuthorityId },
    /// List the authorities
    #[command(after_help = "Example:\n  caf authority list")]
    List,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:
  caf authority add borough --name 'Borough Council' --safeguarding-phone '020 7946 0201' --caf-team borough-caf-team")]
pub(super) struct AddArgs {
    id: AuthorityId,
    #[arg(long)]
    name: String,
    /// The number of the area's safeguarding procedure: it stands in every safety note
    #[arg(long, value_name = "NUMBER")]
    safeguarding_phone: Phone,
    /// The agency that is its CAF team
    #[arg(long, value_name = "AGENCY")]
    caf_team: Option<schemas::AgencyId>,
    /// An agency that its CAF team lets reopen a CAF; may be given several times
    #[arg(long, value_name = "AGENCY")]
    reopened_by: Vec<schemas::AgencyId>,
    /// Whether a CAF shows to other agencies only where its start names the consent to it; as before, if left out
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    needs_agreement: Option<bool>,
    /// Days that an intention to start a CAF stands
    #[arg(long, value_name = "DAYS", default_value_t = 28)]
    intention_days: u16,
    /// Days after it was closed that a CAF may be reopened
    #[arg(long, value_name = "DAYS", default_value_t = 183)]
    reopen_days: u16,
    /// Days that a family's refusal stays in the CAF team's log
    #[arg(long, value_name = "DAYS", default_value_t = 366)]
    refusal_days: u16,
    /// The birthday to which the index reaches
    #[arg(long, value_name = "YEARS", default_value_t = 18)]
    index_age: u8,
    /// A file of the days besides weekends on which nobody works, YYYY-MM-DD, a day a line; without it those
    /// of England and Wales
    #[arg(long, value_name = "FILE")]
    bank_holidays: Option<PathBuf>,
}

/// The days of a file; empty lines and those that begin with `#` do not count.
fn days(file: Option<&Path>) -> Result<Vec<Day>> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path).map_err(|cause| Error::reading(path, cause))?,
        None => ENGLAND_AND_WALES.to_owned(),
    };
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(at, line)| {
            Day::parse(line)
                .map_err(|problem| Error::usage(format!("line {at} of the bank holidays: {problem}")))
        })
        .collect()
}

pub(super) async fn run(command: AuthorityCommand, common: &Common) -> Result<Output> {
    let registers = common.operator()?.registers()?;
    match command {
        AuthorityCommand::Add(args) => {
            let id = args.id;
            let mut body = json!({
                "name": args.name,
                "safeguardingPhone": args.safeguarding_phone,
                "bankHolidays": days(args.bank_holidays.as_deref())?,
                "reopenedBy": args.reopened_by,
                "needsAgreement": args.needs_agreement,
            });
            body["terms"] = json!({
                "intentionDays": args.intention_days,
                "reopenDays": args.reopen_days,
                "refusalDays": args.refusal_days,
                "indexAge": args.index_age,
            });
            if let Some(team) = args.caf_team {
                body["cafTeam"] = json!(team);
            }
            registers.put(&format!("/authorities/{id}"), &body).await?;
            Ok(Output::new(
                json!({ "id": id, "state": "registered" }),
                format!("The authority {id} is on the register."),
            ))
        }
        AuthorityCommand::Show { id } => {
            let shown: Value = registers.get(&format!("/authorities/{id}"), &[]).await?;
            let text = object(&shown);
            Ok(Output::new(shown, text))
        }
        AuthorityCommand::List => {
            let all: Value = registers.get("/authorities", &[]).await?;
            let columns = [
                ("id", "/id"),
                ("name", "/name"),
                ("safeguarding", "/safeguardingPhone"),
                ("CAF team", "/cafTeam"),
            ];
            let text = listing_or(&all, &columns, "No authority is on the register.");
            Ok(Output::new(all, text))
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn the_calendar_that_comes_with_the_program_is_one() {
        assert!(days(None).unwrap().contains(&Day::parse("2026-12-28").unwrap()));
    }

    #[test]
    fn a_line_that_is_no_day_is_named_by_its_number() {
        let path = std::env::temp_dir().join(format!("caf-days-{}", std::process::id()));
        std::fs::write(&path, "# ours\n2026-12-25\nBoxing Day\n").unwrap();
        let refused = days(Some(&path)).unwrap_err().to_string();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(refused, "line 3 of the bank holidays: not a date YYYY-MM-DD");
    }
}
