//! `caf status`

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::Duration;

use super::{
    args::Common,
    output::{Outcome, Output, listing, table},
};
use crate::{
    Error, Result,
    ca::{CertificateRecord, Standing, Usage},
    clock,
    management::QueueState,
    operator::Operator,
};

/// Certificates that expire sooner are shown.
const SOON: Duration = Duration::days(30);
/// The revocation list is rewritten daily; older, something is wrong.
const LIST_AGE: Duration = Duration::days(2);

/// What was found, and what of it is not well.
#[derive(Default)]
struct Findings {
    json: BTreeMap<&'static str, Value>,
    text: Vec<String>,
    warnings: Vec<String>,
    faults: Vec<Fault>,
}

enum Fault {
    Unreachable(String),
    NotWell(String),
}

impl Findings {
    fn fault(&mut self, error: &Error) {
        let sentence = error.to_string();
        self.faults.push(match error {
            Error::Unreachable { .. } => Fault::Unreachable(sentence),
            Error::Refused(_) | Error::NotThere(_) | Error::Usage(_) | Error::Failed { .. } => {
                Fault::NotWell(sentence)
            }
        });
    }

    fn outcome(&self) -> Outcome {
        let is_unreachable = |fault: &Fault| matches!(fault, Fault::Unreachable(_));
        match &self.faults[..] {
            [] => Outcome::AsAsked,
            faults if faults.iter().any(is_unreachable) => Outcome::Unreachable,
            _ => Outcome::NotAsAsked,
        }
    }
}

pub(super) async fn run(common: &Common) -> Result<Output> {
    let operator = common.operator()?;
    let mut findings = Findings::default();
    let broker = broker(&operator).await;
    let queues = broker.as_ref().map_or(&[][..], |broker| &broker.queues);
    services(&operator, queues, &mut findings).await;
    policies(&operator, &mut findings).await;
    match &broker {
        Ok(broker) => show_broker(broker, &mut findings),
        Err(error) => findings.fault(error),
    }
    if let Err(error) = certificates(&operator, &mut findings) {
        findings.fault(&error);
    }
    let outcome = findings.outcome();
    let faults: Vec<_> = findings
        .faults
        .iter()
        .map(|(Fault::Unreachable(sentence) | Fault::NotWell(sentence))| sentence)
        .collect();
    let warnings = findings.warnings.iter();
    let warnings = warnings.map(|warning| format!("warning: {warning}"));
    let not_well = faults.iter().map(|fault| format!("NOT WELL: {fault}"));
    let mut text = findings.text.clone();
    text.extend(warnings.chain(not_well));
    if faults.is_empty() {
        text.push("The exchange is well.".to_owned());
    }
    let text = text.join("\n\n");
    let mut json = json!(findings.json);
    json["warnings"] = json!(findings.warnings);
    json["faults"] = json!(faults);
    Ok(Output::new(json, text.trim_start()).ended(outcome))
}

async fn services(operator: &Operator, queues: &[QueueState], findings: &mut Findings) {
    // That the authority cannot be read is told once, of its certificates.
    let certificates = operator.ca().and_then(|ca| ca.issued()).map(latest).unwrap_or_default();
    let mut rows = Vec::new();
    for name in operator.file.admin_sockets.keys() {
        match service(operator, name).await {
            Ok(mut status) => {
                judge_service(name, &status, findings);
                let own = queues.iter().filter(|queue| is_of(queue, name));
                status["waiting"] = json!(own.map(|queue| queue.messages).sum::<u64>());
                let certificate = certificates.iter().find(|record| record.name == format!("svc-{name}"));
                status["certificateUntil"] = json!(certificate.map(|one| clock::day(one.valid_until)));
                rows.push(status);
            }
            Err(error) => findings.fault(&error),
        }
    }
    let columns = [
        ("service", "/service"),
        ("ready", "/ready"),
        ("waiting", "/waiting"),
        ("outbox waiting", "/outboxWaiting"),
        ("retrying", "/retrying"),
        ("set aside", "/setAside"),
        ("parked", "/parked"),
        ("certificate until", "/certificateUntil"),
    ];
    let rows = Value::Array(rows);
    findings.text.push(listing(&rows, &columns));
    findings.json.insert("services", rows);
}

async fn service(operator: &Operator, name: &str) -> Result<Value> {
    operator.admin(name)?.get("/status", &[]).await
}

/// A service that does not answer was told of already.
async fn policies(operator: &Operator, findings: &mut Findings) {
    let Ok(sharing) = operator.sharing() else { return };
    let rules = sharing.get::<Value>("/rules", &[]).await.unwrap_or_default();
    if let Some(fault) = rules["fault"].as_str() {
        findings
            .warnings
            .push(format!("the last good policies stay in force, as their folder has a fault: {fault}"));
    }
}

/// `sharing.statements` is of the service `sharing`.
fn is_of(queue: &QueueState, service: &str) -> bool {
    queue.name.split_once('.').is_some_and(|(first, _)| first == service)
}

fn judge_service(name: &str, status: &Value, findings: &mut Findings) {
    if status["ready"].as_bool() != Some(true) {
        let sentence = format!("the service {name} is not ready; its log says why");
        findings.faults.push(Fault::NotWell(sentence));
    }
    let waits = |field: &str| status[field].as_u64().is_some_and(|count| count > 0);
    if waits("setAside") {
        findings.warnings.push(format!("{name} set messages aside; a person must look: caf set-aside list"));
    }
    if waits("parked") {
        findings.warnings.push(format!("{name} could not deliver messages: caf parked list"));
    }
}

/// What the broker tells of itself.
struct Broker {
    version: String,
    /// By name.
    queues: Vec<QueueState>,
}

async fn broker(operator: &Operator) -> Result<Broker> {
    let version = operator.management.version().await?;
    let mut queues = operator.management.queues().await?;
    queues.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Broker { version, queues })
}

fn show_broker(Broker { version, queues }: &Broker, findings: &mut Findings) {
    findings.text.push(format!("broker: RabbitMQ {version}"));
    findings.json.insert("broker", json!({ "version": version }));
    for queue in queues.iter().filter(|queue| queue.is_over_half_full()) {
        findings.warnings.push(format!(
            "the queue {} is over half full; at its limit messages wait in the services",
            open_name(queue)
        ));
    }
    let shown: Vec<_> = queues
        .iter()
        .map(|queue| {
            json!({ "queue": open_name(queue), "messages": queue.messages, "readers": queue.consumers })
        })
        .collect();
    let shown = Value::Array(shown);
    let columns = [("queue", "/queue"), ("messages", "/messages"), ("readers", "/readers")];
    findings.text.push(listing(&shown, &columns));
    findings.json.insert("queues", shown);
}

/// An agency's queue without the secret of its name.
fn open_name(queue: &QueueState) -> String {
    let words: Vec<_> = queue.name.splitn(3, '.').collect();
    match words[..] {
        [part @ ("inbox" | "answers"), agency, _secret] => format!("{part}.{agency}"),
        _ => queue.name.clone(),
    }
}

fn certificates(operator: &Operator, findings: &mut Findings) -> Result<()> {
    let ca = operator.ca()?;
    let now = clock::now();
    let list = ca.crl_state()?;
    if list.valid_until <= now {
        let sentence = "the revocation list has run out and the broker lets nobody in; start the keeper (caf keeper run)";
        findings.faults.push(Fault::NotWell(sentence.to_owned()));
    } else if now - list.written_at > LIST_AGE {
        findings.warnings.push(
            "the revocation list was not rewritten for two days; see whether the keeper runs".to_owned(),
        );
    }
    findings.text.push(format!(
        "revocation list: written {}, good until {}, {} refused",
        clock::short(list.written_at),
        clock::short(list.valid_until),
        list.refused.len()
    ));
    findings.json.insert(
        "revocationList",
        json!({
            "writtenAt": clock::rfc3339(list.written_at),
            "validUntil": clock::rfc3339(list.valid_until),
            "refused": list.refused.len(),
        }),
    );
    let mut soon = latest(ca.issued()?);
    soon.retain(|record| record.valid_until - now < SOON);
    for record in &soon {
        findings.warnings.push(format!(
            "the certificate {} of {} expires on {}; renew it",
            record.number,
            record.name,
            clock::day(record.valid_until)
        ));
    }
    if !soon.is_empty() {
        let rows = soon
            .iter()
            .map(|record| vec![record.name.clone(), record.number.clone(), clock::day(record.valid_until)]);
        findings.text.push(table(&["expires soon", "number", "on"], rows));
    }
    findings.json.insert("expiresSoon", json!(soon));
    Ok(())
}

/// Of each holder the current certificate that lasts longest.
fn latest(issued: Vec<CertificateRecord>) -> Vec<CertificateRecord> {
    let mut latest: BTreeMap<(bool, String), CertificateRecord> = BTreeMap::new();
    for record in issued {
        if record.standing != Standing::Current {
            continue;
        }
        let holder = (record.usage == Usage::Server, record.name.clone());
        let is_later = |known: &CertificateRecord| known.valid_until <= record.valid_until;
        if latest.get(&holder).is_none_or(is_later) {
            latest.insert(holder, record);
        }
    }
    latest.into_values().collect()
}

/// How a certificate stands, in words.
pub(super) fn standing(record: &CertificateRecord) -> String {
    match record.standing {
        Standing::Current => "current".to_owned(),
        Standing::Superseded { refused_from } => {
            format!("replaced; refused from {}", clock::short(refused_from))
        }
        Standing::Revoked { since } => format!("revoked {}", clock::short(since)),
    }
}
