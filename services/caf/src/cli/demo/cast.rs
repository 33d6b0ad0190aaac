//! Who plays, and how each sends what it says and hears what comes of it.

use std::time::Duration;

use schemas::AuthorityId;
use serde_json::Value;

use super::teller::Teller;
use crate::{
    Error, Result,
    cli::{message, output::text},
    client::{AgencyClient, Outgoing, TypeName},
    operator::Operator,
};

/// How long a reply may take.
pub(super) const WAIT: Duration = Duration::from_secs(30);

/// Who plays.
pub(super) struct Cast<'a> {
    pub(super) authority: &'a AuthorityId,
    pub(super) operator: Operator,
    pub(super) school: AgencyClient,
    pub(super) health: AgencyClient,
    pub(super) clinic: AgencyClient,
    pub(super) today: String,
}

impl Cast<'_> {
    /// All go.
    pub(super) async fn leave(self) -> Result<()> {
        self.school.close().await?;
        self.health.close().await?;
        self.clinic.close().await
    }
}

/// A statement, whose receipt is told by its state only.
pub(super) async fn say(
    client: &AgencyClient,
    name: &str,
    subject: Option<&str>,
    data: Value,
) -> Result<Value> {
    deliver(client, &compose(client, name, subject, data)?, None).await
}

pub(super) fn compose(
    client: &AgencyClient,
    name: &str,
    subject: Option<&str>,
    data: Value,
) -> Result<Outgoing> {
    Ok(Outgoing::new(client.agency(), TypeName::parse(name)?, subject, data))
}

/// Sends and waits; without a reply there is no story to tell.
pub(super) async fn deliver(
    client: &AgencyClient,
    message: &Outgoing,
    teller: Option<&Teller>,
) -> Result<Value> {
    let received = client.ask(message, WAIT).await?.ok_or_else(|| {
        Error::unreachable(
            "the exchange has the message and will not lose it, but it does not answer at present; see `caf status`",
            "no reply within 30 s",
        )
    })?;
    if let Some(teller) = teller {
        let reply = message::reply(&received).replace('\n', "\n    ");
        teller.line(&format!("\n    {reply}\n "));
    }
    Ok(received.json().clone())
}

pub(super) fn state(reply: &Value) -> &str {
    match text(reply, "/data/state") {
        "" => "none",
        state => state,
    }
}
