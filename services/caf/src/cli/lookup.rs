//! `caf lookup`

use clap::{Args, value_parser};
use schemas::{
    AgencyId, MessageType, NhsNumber, Postcode, PractitionerId, Purpose, RoleInCase, Subject, Upn,
};
use serde_json::{Value, json};

use super::{args::Common, output::Output, send};
use crate::{
    Error, Result,
    client::{AgencyClient, Outgoing, TypeName},
};

#[derive(Args, Debug)]
#[command(
    long_about = "Ask who works with a child, whether there is a CAF, and who leads.

Every lookup is recorded, with its purpose, whatever the answer. The child is named by a number, by a
reference (--subject), or by name, birth date and postcode together.",
    after_help = "Examples:
  caf lookup --as willow-nursery --practitioner n-01 --purpose avoid-duplicate-assessment --nhs-number 9434765919
  caf lookup --as willow-nursery --practitioner n-01 --purpose assess-need --subject local:c-77
  caf lookup --as willow-nursery --practitioner n-01 --purpose assess-need \\
      --given Ada --family Example --birth 2021-03-09 --postcode 'ZZ1 1ZZ' --synthetic

Purposes: assess-need, avoid-duplicate-assessment, find-lead-or-key-worker, agree-or-deliver-plan,
review-plan, hand-over-lead, refer-for-service, step-up-child-in-need, step-down, safeguarding-enquiry,
urgent-protection, transition-to-adult, move-of-school-or-area, court-or-legal-duty, subject-rights,
quality-check, data-correction"
)]
pub(super) struct LookupArgs {
    /// The agency that asks, with its own certificate
    #[arg(long = "as", value_name = "AGENCY")]
    agency: AgencyId,
    /// Who asks: an active practitioner on the agency's register
    #[arg(long, value_name = "ID")]
    practitioner: PractitionerId,
    /// What the practitioner is in this child's case
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Option<RoleInCase>,
    /// What the answer is needed for
    #[arg(long, value_parser = purpose)]
    purpose: Purpose,
    /// Why, in your own words, if the purpose does not say it all
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    child: ChildArgs,
    /// Look among training and test children only
    #[arg(long)]
    synthetic: bool,
    /// Seconds to wait for the answer
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = value_parser!(u64).range(1..=600))]
    wait: u64,
}

/// How the child is named.
#[derive(Args, Debug)]
#[group(skip)]
struct ChildArgs {
    /// Ten digits
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["upn", "subject", "family"])]
    nhs_number: Option<String>,
    /// Unique pupil number
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["subject", "family"])]
    upn: Option<String>,
    /// Your own id of the child, or a reference from a receipt or answer
    #[arg(long, value_name = "local:ID|child:UUID", conflicts_with = "family")]
    subject: Option<Subject>,
    /// A given name; may be repeated
    #[arg(long, value_name = "NAME", requires = "family")]
    given: Vec<String>,
    #[arg(long, value_name = "NAME", requires_all = ["birth", "postcode"])]
    family: Option<String>,
    /// YYYY-MM-DD, or as much as is known
    #[arg(long, value_name = "DATE", requires = "family")]
    birth: Option<String>,
    #[arg(long, requires = "family")]
    postcode: Option<String>,
}

pub(super) async fn run(args: LookupArgs, common: &Common) -> Result<Output> {
    let message = compose(&args)?;
    let client = AgencyClient::connect(&common.exchange()?, args.agency.as_str()).await?;
    send::deliver(client, &message, args.wait).await
}

fn compose(args: &LookupArgs) -> Result<Outgoing> {
    let mut data = json!({
        "purpose": args.purpose,
        "practitioner": { "id": args.practitioner },
    });
    if let Some(role) = args.role {
        data["practitioner"]["roleInCase"] = json!(role);
    }
    if let Some(reason) = &args.reason {
        data["reasonText"] = json!(reason);
    }
    if args.synthetic {
        data["synthetic"] = json!(true);
    }
    let subject = args.child.subject.as_ref().map(Subject::to_string);
    if subject.is_none() {
        data["by"] = args.child.by()?;
    }
    let message_type = TypeName::parse(MessageType::IndexLookedUp.name())?;
    Ok(Outgoing::new(args.agency.as_str(), message_type, subject.as_deref(), data))
}

impl ChildArgs {
    /// Parsed here and not by clap, whose errors quote what was typed.
    fn by(&self) -> Result<Value> {
        if let Some(number) = &self.nhs_number {
            return Ok(identifier("nhs-number", nhs_number(number)?.as_str()));
        }
        if let Some(number) = &self.upn {
            return Ok(identifier("upn", upn(number)?.as_str()));
        }
        let (Some(family), Some(birth), Some(code)) = (&self.family, &self.birth, &self.postcode) else {
            return Err(Error::usage(
                "name the child: --nhs-number, --upn, --subject, or --given, --family, --birth and --postcode together",
            ));
        };
        Ok(json!({
            "names": { "given": self.given, "family": family },
            "birth": { "date": birth, "precision": precision(birth) },
            "postcode": postcode(code)?,
        }))
    }
}

fn identifier(kind: &str, value: &str) -> Value {
    json!({ "identifiers": [{ "kind": kind, "value": value }] })
}

/// As much of a date as is given says how much is known.
fn precision(birth: &str) -> &'static str {
    match birth.len() {
        4 => "year",
        7 => "month",
        _ => "exact",
    }
}

fn purpose(text: &str) -> Result<Purpose, &'static str> {
    Purpose::parse(text).map_err(|_| "not a purpose; `caf lookup --help` lists them")
}

fn role(text: &str) -> Result<RoleInCase, &'static str> {
    RoleInCase::parse(text).map_err(|_| "not a role, such as assessor or team-member")
}

fn nhs_number(text: &str) -> Result<NhsNumber> {
    let digits = text.replace(' ', "");
    NhsNumber::parse(&digits)
        .map_err(|_| Error::usage("not an NHS number: its check digit or its length is wrong"))
}

fn upn(text: &str) -> Result<Upn> {
    Upn::parse(text).map_err(|_| Error::usage("not a UPN: its check letter or its form is wrong"))
}

fn postcode(text: &str) -> Result<Postcode> {
    Postcode::parse(text).map_err(|_| Error::usage("not a postcode"))
}
