//! The second act: what the family agreed to is shared, the rest is not, and what was agreed to ends.

use serde_json::{Value, json};
use time::Duration;
use tokio::time::{Instant, sleep};

use super::{
    cast::{Cast, WAIT, compose, say, state},
    invented::Child,
    messages::{self, HEALTH_VISITOR},
    shared_messages::{self as shared, Says},
    teller::Teller,
};
use crate::{
    Error, Result,
    cli::{message::short_type, output::text},
    client::{AgencyClient, Received},
    clock,
};

/// How often it is seen whether sharing heard of the child from the index.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

pub(super) async fn play(cast: &Cast<'_>, child: &Child, hidden: &Child, teller: &mut Teller) -> Result<()> {
    if !teller.not_as_they_should_be().is_empty() {
        teller.line("\nWhat is shared is not played: it stands on all of the above.");
        return Ok(());
    }
    agreed(cast, child, teller).await?;
    let delivered = in_part(cast, child, teller).await?;
    refused(cast, hidden, teller).await?;
    to_protect(cast, child, teller).await?;
    withdrawn(cast, child, &delivered, teller).await
}

fn dates(cast: &Cast<'_>) -> (String, String) {
    (cast.today.clone(), clock::day(clock::now() + Duration::days(364)))
}

async fn agreed(cast: &Cast<'_>, child: &Child, teller: &mut Teller) -> Result<()> {
    teller.chapter("The mother agrees that the health visitor sees two parts of the assessment.");
    knows_too(&cast.health, cast, child, teller).await?;
    let (today, next_year) = dates(cast);
    let said = shared::consent(child, cast.health.agency(), Says::Yes, (&today, &next_year));
    tells(&cast.school, "consent.recorded", Some(child), said, teller).await?;
    let asked =
        shared::request(cast.school.agency(), &["dev-learning"], &reference(child, "if"), &cast.today);
    teller.line("`caf decide --explain` shows what would come of a request, and sends nothing:");
    let told = decided_of_a_known_child(cast, child, asked).await?;
    let outcome = text(&told, "/decisions/0/outcome");
    teller.expect(&format!("the holder would be asked: {outcome}"), outcome == "share", &told);
    Ok(())
}

/// The health visitors work with the child as well.
async fn knows_too(agency: &AgencyClient, cast: &Cast<'_>, child: &Child, teller: &mut Teller) -> Result<()> {
    let authority = cast.authority;
    tells(agency, "child.recorded", Some(child), messages::child(child, authority, &cast.today), teller)
        .await?;
    let work =
        messages::involvement(child, HEALTH_VISITOR, "team-member", "Healthy child programme", &cast.today);
    tells(agency, "involvement.recorded", Some(child), work, teller).await?;
    Ok(())
}

/// Sharing hears of children from the index, a moment later.
async fn decided_of_a_known_child(cast: &Cast<'_>, child: &Child, request: Value) -> Result<Value> {
    let subject = child.subject();
    let message = compose(&cast.health, "share.requested", Some(&subject), request)?;
    let sharing = cast.operator.sharing()?;
    let until = Instant::now() + WAIT;
    loop {
        let told = sharing.put_to("/decide", &json!({ "message": message.envelope() })).await?;
        if !text(&told, "/decisions/0/holder").is_empty() || Instant::now() > until {
            return Ok(told);
        }
        sleep(PAUSE).await;
    }
}

async fn in_part(cast: &Cast<'_>, child: &Child, teller: &mut Teller) -> Result<Value> {
    let (school, health) = (&cast.school, &cast.health);
    teller.chapter("The health visitor asks for those and one more: what the mother did not agree to stays.");
    let parts = ["dev-learning", "par-warmth"];
    let request = shared::request(school.agency(), &parts, &reference(child, "request"), &cast.today);
    let asked = tells(health, "share.requested", Some(child), request, teller).await?;
    let wanted = hears(school, "share.wanted", &asked).await?;
    let is_so = wanted["data"]["parts"] == json!(["dev-learning"]);
    teller.expect("the school is asked for the one part that may pass", is_so, &wanted);
    let given = shared::supplied(&wanted, child, ("dev-learning", "Reads two years ahead."), &cast.today);
    tells(school, "share.supplied", None, given, teller).await?;
    let delivered = hears(health, "share.delivered", &asked).await?;
    let code = text(&delivered, "/data/toldCode");
    teller.expect(&format!("delivered: {code}"), code == "shared-as-far-as-the-decision-allows", &delivered);
    acknowledges(health, &delivered, "received-by-system", teller).await?;
    Ok(delivered)
}

async fn refused(cast: &Cast<'_>, hidden: &Child, teller: &mut Teller) -> Result<()> {
    teller
        .chapter("She asks the service whose name must not show, and asks it of a child nobody else knows.");
    let mut told = Vec::new();
    for child in [hidden, &Child::invent()?] {
        knows_too(&cast.health, cast, child, teller).await?;
        let reference = reference(child, "request");
        let request = shared::request(cast.clinic.agency(), &["dev-health"], &reference, &cast.today);
        let asked = tells(&cast.health, "share.requested", Some(child), request, teller).await?;
        told.push(hears(&cast.health, "share.refused", &asked).await?);
    }
    let words =
        |refused: &Value| [refused["data"]["toldCode"].clone(), refused["data"]["safetyNote"].clone()];
    let is_so = words(&told[0]) == words(&told[1]);
    teller.expect(&format!("refused: {}", text(&told[0], "/data/toldCode")), true, &told[0]);
    teller.expect("both are refused in the same words", is_so, &told[1]);
    Ok(())
}

async fn to_protect(cast: &Cast<'_>, child: &Child, teller: &mut Teller) -> Result<()> {
    let (school, health) = (&cast.school, &cast.health);
    teller.chapter("She fears for the child: without consent it is the school that judges, with reasons.");
    let parts = ["par-care-safety"];
    let (today, next_year) = dates(cast);
    let when = (today.as_str(), next_year.as_str());
    let request = shared::request_to_protect(school.agency(), &parts, &reference(child, "protect"), when);
    let asked = tells(health, "share.requested", Some(child), request, teller).await?;
    let wanted = hears(school, "share.wanted", &asked).await?;
    let is_so = wanted["data"]["judgementNeeded"] == json!(true);
    teller.expect("the school is asked: your judgement needed", is_so, &wanted);
    let what = ("par-care-safety", "Came to school with a burn.");
    let given = shared::supplied_to_protect(&wanted, child, what, when);
    tells(school, "share.supplied", None, given, teller).await?;
    let delivered = hears(health, "share.delivered", &asked).await?;
    teller.expect("delivered", text(&delivered, "/data/toldCode") == "shared", &delivered);
    acknowledges(health, &delivered, "received-by-system", teller).await
}

async fn withdrawn(cast: &Cast<'_>, child: &Child, delivered: &Value, teller: &mut Teller) -> Result<()> {
    teller.chapter(
        "The mother agrees no longer: whoever got something on her word is told, and says what it did.",
    );
    let (today, next_year) = dates(cast);
    let said = shared::consent(child, cast.health.agency(), Says::NoLonger, (&today, &next_year));
    tells(&cast.school, "consent.recorded", Some(child), said, teller).await?;
    let told = hears(&cast.health, "consent.withdrawn", text(delivered, "/id")).await?;
    let only = told["data"]["deliveries"] == json!([delivered["id"]]);
    teller.expect("of what came by consent, and of nothing else", only, &told);
    acknowledges(&cast.health, &told, "acted", teller).await?;
    let request =
        shared::request(cast.school.agency(), &["dev-learning"], &reference(child, "again"), &cast.today);
    let asked = tells(&cast.health, "share.requested", Some(child), request, teller).await?;
    let refused = hears(&cast.health, "share.refused", &asked).await?;
    let code = text(&refused, "/data/toldCode");
    teller.expect(&format!("asked again, it is refused: {code}"), !code.is_empty(), &refused);
    teller.line(&format!(
        "Every decision is recorded: caf decisions list; caf consent show --agency {} --local {}",
        cast.school.agency(),
        child.local_id
    ));
    Ok(())
}

/// Says something, which is recorded; the message's id.
async fn tells(
    agency: &AgencyClient,
    name: &str,
    child: Option<&Child>,
    data: Value,
    teller: &mut Teller,
) -> Result<String> {
    let subject = child.map(Child::subject);
    teller.line(&format!("{} sends {name}", agency.agency()));
    let reply = say(agency, name, subject.as_deref(), data).await?;
    teller.expect(&format!("receipt: {}", state(&reply)), state(&reply) == "recorded", &reply);
    Ok(text(&reply, "/data/of").to_owned())
}

/// Waits for what came of a message, by its id, and takes it.
async fn hears(agency: &AgencyClient, name: &str, about: &str) -> Result<Value> {
    // Something of an earlier run may wait there.
    let is_it =
        |came: &Received| short_type(came.message_type()) == name && came.json().to_string().contains(about);
    let came = agency.wait_for(WAIT, is_it).await?;
    let came = came.ok_or_else(|| {
        Error::unreachable(
            format!("{} should have been told by {name}; see `caf status`", agency.agency()),
            "nothing came within 30 s",
        )
    })?;
    Ok(came.json().clone())
}

async fn acknowledges(
    agency: &AgencyClient,
    message: &Value,
    outcome: &str,
    teller: &mut Teller,
) -> Result<()> {
    let now = clock::rfc3339(clock::now());
    tells(agency, "delivery.acknowledged", None, shared::acknowledged(message, outcome, &now), teller)
        .await?;
    Ok(())
}

fn reference(child: &Child, what: &str) -> String {
    format!("{}-{what}", child.local_id)
}
