//! `caf agency …`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use schemas::{AgencyId, AgencyKind, AuthorityId, Phone, Sector};
use serde_json::{Value, json};

use super::{
    args::Common,
    output::{Outcome, Output, facts, listing_or, object, table, warn},
};
use crate::{
    Result,
    agency::{self, Added, Contact, Contacts, LookedAt, Overview, Registration, Renewal, Renewed, Revoked},
    clock,
};

#[derive(Debug, Subcommand)]
pub(super) enum AgencyCommand {
    /// Put an agency on the register and let it in: queues, broker user, certificate
    Add(Box<AddArgs>),
    /// List the agencies
    #[command(after_help = "Example:\n  caf agency list")]
    List,
    /// Show one agency: register, queues, connections, certificates
    #[command(after_help = "Example:\n  caf agency show beaumont-school")]
    Show { id: AgencyId },
    /// Give an agency a new certificate; the old one runs out
    Renew(RenewArgs),
    /// Shut an agency out at once; its inbox is kept
    #[command(after_help = "Example:\n  caf agency revoke southgate-housing")]
    Revoke { id: AgencyId },
}

#[derive(Args, Debug)]
#[command(
    long_about = "Put an agency on the register and let it in: queues, broker user, permissions, certificate.

Run it again to complete an addition that was cut short, or to change the entry; what is there is kept.",
    after_help = "Examples:
  caf agency add beaumont-school --kind school --sector statutory --display-name 'Beaumont School' \\
      --authority borough --duty-desk-phone '020 7946 0101' --safeguarding-lead-phone '020 7946 0102'
  caf agency add oakfield-clinic --kind sexual-health --sector statutory \\
      --display-name 'Oakfield Sexual Health Clinic' --neutral-display-name 'Oakfield Centre' \\
      --authority borough --duty-desk-phone '020 7946 0171' --safeguarding-lead-phone '020 7946 0172'
  caf agency add willow-nursery … --csr request.pem     (the agency made its own key)"
)]
pub(super) struct AddArgs {
    /// 3 to 40 lower-case letters, digits and hyphens; shows in keys, queue names and logs
    id: AgencyId,
    /// Such as school, gp, health-visiting, caf-team
    #[arg(long, value_parser = kind)]
    kind: AgencyKind,
    /// statutory, voluntary or private
    #[arg(long, value_parser = sector)]
    sector: Sector,
    /// As other agencies see it
    #[arg(long, value_name = "NAME")]
    display_name: String,
    /// Tells of its service only with consent (default for sexual health, mental health, substance misuse, domestic abuse)
    #[arg(long)]
    sensitive: bool,
    /// For a sensitive service: a name that does not tell what it does
    #[arg(long, value_name = "NAME")]
    neutral_display_name: Option<String>,
    /// A council area it works in; may be repeated
    #[arg(long = "authority", value_name = "ID", required = true)]
    authorities: Vec<AuthorityId>,
    #[arg(long, value_name = "NUMBER")]
    duty_desk_phone: Phone,
    #[arg(long, value_name = "NAME")]
    duty_desk_name: Option<String>,
    #[arg(long, value_name = "NUMBER")]
    safeguarding_lead_phone: Phone,
    #[arg(long, value_name = "NAME")]
    safeguarding_lead_name: Option<String>,
    /// A certificate request of the agency, whose key stays with it
    #[arg(long, value_name = "FILE")]
    csr: Option<PathBuf>,
    /// It was revoked, and the same organisation comes back: it gets its queues with what lies in them
    #[arg(long)]
    reinstate: bool,
    /// The id and the neutral name tell nothing, though a word in them seems to (Harmony House)
    #[arg(long)]
    name_is_neutral: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  caf agency renew beaumont-school                  (the old certificate stays good for the grace period)
  caf agency renew beaumont-school --compromised    (the old one is refused at once)
  caf agency renew willow-nursery --csr request.pem")]
pub(super) struct RenewArgs {
    id: AgencyId,
    /// Somebody else may have the key: no grace period, open connections are closed
    #[arg(long)]
    compromised: bool,
    /// A certificate request of the agency, whose key stays with it
    #[arg(long, value_name = "FILE")]
    csr: Option<PathBuf>,
}

pub(super) async fn run(command: AgencyCommand, common: &Common) -> Result<Output> {
    let operator = common.operator()?;
    match command {
        AgencyCommand::Add(args) => {
            let looked_at = LookedAt { reinstated: args.reinstate, name_is_neutral: args.name_is_neutral };
            let (registration, request) = (args.registration(), args.csr.as_deref());
            let added = agency::add(&operator, &args.id, &registration, request, looked_at).await?;
            Ok(told_added(&args.id, &added))
        }
        AgencyCommand::List => {
            let all: Value = operator.registers()?.get("/agencies", &[]).await?;
            let columns = [
                ("id", "/id"),
                ("name", "/displayName"),
                ("kind", "/kind"),
                ("sensitive", "/sensitive"),
                ("authorities", "/authorities"),
                ("state", "/state"),
            ];
            let text = listing_or(&all, &columns, "No agency is on the register.");
            Ok(Output::new(all, text))
        }
        AgencyCommand::Show { id } => Ok(told_overview(&agency::show(&operator, &id).await?)),
        AgencyCommand::Renew(args) => {
            let renewal = if args.compromised { Renewal::Compromised } else { Renewal::Planned };
            let renewed = agency::renew(&operator, &args.id, renewal, args.csr.as_deref()).await?;
            Ok(told_renewed(&args.id, &renewed))
        }
        AgencyCommand::Revoke { id } => {
            let revoked = agency::revoke(&operator, &id).await?;
            Ok(told_revoked(&id, &revoked))
        }
    }
}

impl AddArgs {
    fn registration(&self) -> Registration {
        let contact = |phone: &Phone, name: &Option<String>| Contact {
            phone: phone.as_str().to_owned(),
            name: name.clone(),
        };
        Registration {
            kind: self.kind,
            sector: self.sector,
            display_name: self.display_name.clone(),
            // the mark of the kind can be added to, never lifted
            sensitive: self.sensitive || self.kind.default_sensitive(),
            neutral_display_name: self.neutral_display_name.clone(),
            authorities: self.authorities.clone(),
            contacts: Contacts {
                duty_desk: contact(&self.duty_desk_phone, &self.duty_desk_name),
                safeguarding_lead: contact(&self.safeguarding_lead_phone, &self.safeguarding_lead_name),
            },
        }
    }
}

fn told_added(id: &AgencyId, added: &Added) -> Output {
    let access = &added.access;
    let key = match &access.key {
        Some(key) => key.display().to_string(),
        None => "with the agency".to_owned(),
    };
    Output::new(
        json!({ "id": id, "access": access, "certificate": added.certificate, "exchangeFile": added.exchange_file }),
        facts([
            ("agency", id.to_string()),
            ("certificate", access.certificate.display().to_string()),
            ("key", key),
            ("valid until", clock::day(added.certificate.valid_until)),
            ("inbox", access.inbox.clone()),
            ("answers", access.answers.clone()),
            ("in", added.exchange_file.display().to_string()),
        ]),
    )
}

fn told_overview(overview: &Overview) -> Output {
    let json = json!({
        "registered": overview.registered,
        "queues": overview.queues,
        "openConnections": overview.open_connections,
        "certificates": overview.certificates,
        "access": overview.access,
    });
    let queues = overview.queues.iter().map(|queue| {
        let mark = if queue.is_over_half_full() { "over half full" } else { "" };
        vec![queue.name.clone(), queue.messages.to_string(), mark.to_owned()]
    });
    let certificates = overview.certificates.iter().map(|record| {
        vec![record.number.clone(), clock::day(record.valid_until), super::status::standing(record)]
    });
    let text = [
        object(&overview.registered),
        format!("open connections: {}", overview.open_connections),
        table(&["queue", "messages", ""], queues),
        table(&["certificate", "valid until", "standing"], certificates),
    ];
    let output = Output::new(json, text.join("\n\n"));
    if overview.is_complete() || overview.is_revoked() {
        return output;
    }
    warn("the agency is on the register but was not let in whole; run `caf agency add` again");
    output.ended(Outcome::NotAsAsked)
}

fn told_renewed(id: &AgencyId, renewed: &Renewed) -> Output {
    let refused_from = clock::rfc3339(renewed.refused_from);
    Output::new(
        json!({
            "id": id, "access": renewed.access, "certificate": renewed.certificate,
            "replaced": renewed.replaced, "refusedFrom": refused_from, "closed": renewed.closed,
        }),
        facts([
            ("agency", id.to_string()),
            ("certificate", renewed.access.certificate.display().to_string()),
            ("valid until", clock::day(renewed.certificate.valid_until)),
            ("replaced", renewed.replaced.join(", ")),
            ("refused from", refused_from),
            ("connections closed", renewed.closed.to_string()),
        ]),
    )
}

fn told_revoked(id: &AgencyId, revoked: &Revoked) -> Output {
    let kept = revoked.kept.iter().map(|queue| vec![queue.name.clone(), queue.messages.to_string()]);
    Output::new(
        json!({ "id": id, "certificates": revoked.certificates, "kept": revoked.kept }),
        format!(
            "{id} can no longer connect, and its open connections were closed.\nRefused certificates: {}\nWhat still waits for it is parked: see `caf parked list`.\n\nKept for {} days, with what is in them:\n{}",
            revoked.certificates.join(", "),
            agency::KEPT.whole_days(),
            table(&["queue", "messages"], kept)
        ),
    )
}

fn kind(text: &str) -> Result<AgencyKind, String> {
    let all = || {
        let codes: Vec<_> = AgencyKind::ALL.iter().map(AgencyKind::as_str).collect();
        format!("not a kind of agency; the kinds are: {}", codes.join(", "))
    };
    AgencyKind::parse(text).map_err(|_| all())
}

fn sector(text: &str) -> Result<Sector, &'static str> {
    Sector::parse(text).map_err(|_| "a sector is statutory, voluntary or private")
}
