//! Sharing in a run: a surgery takes down what families agree to and withdraw, offers, and answers what is wanted
//! of it; a school and a children's centre ask, and acknowledge what comes. What they go on saying is here; what
//! must have come of it is in `reconciled.rs`.

use std::sync::Arc;

use caf::client::{Outgoing, TypeName};
use schemas::{AgencyId, AgencyKind};
use serde_json::{Value, json};

use super::Plan;
use super::killer::Survived;
use super::says::Says;
use super::stubborn::Stubborn;
use crate::actor::Actor;
use crate::facts::{child, involvement, nhs_number, under, with};
use crate::shared::{
    acknowledged, consent, declined, in_the_public_interest, item, offered, part, recipient, request,
    supplied,
};
use crate::waiting::until;
use crate::world::World;

/// More than a system has on its way at once: what is said of one child keeps its order, mostly.
const CHILDREN: u64 = 20;
/// A run of many kills has more of them: of one child not thousands of things are said.
const CHILDREN_PER_KILL: u64 = 2;
const PARTS: [&str; 2] = ["strengths", "conclusions"];

/// Who says what of the children whom all of them know.
#[derive(Clone, Debug)]
pub(super) enum Shares {
    /// Consents and offers in turns; gives or declines what is wanted of it.
    Holder { to: [AgencyId; 2], children: u64 },
    /// Asks the holder, of whom it has heard.
    Asker { holder: AgencyId, children: u64 },
}

/// The three of them.
pub(super) struct Sharers {
    pub(super) holder: Arc<Stubborn>,
    pub(super) school: Arc<Stubborn>,
    pub(super) centre: Arc<Stubborn>,
}

impl Sharers {
    pub(super) const fn all(&self) -> [&Arc<Stubborn>; 3] {
        [&self.holder, &self.school, &self.centre]
    }

    /// Three agencies that know and work with the same children.
    pub(super) async fn begin(world: &World, plan: Plan) -> Self {
        let children = CHILDREN + CHILDREN_PER_KILL * u64::from(plan.kills);
        let holder = world.agency("surgery", AgencyKind::Gp).await;
        let school = world.agency("upper", AgencyKind::School).await;
        let centre = world.agency("centre", AgencyKind::ChildrensCentre).await;
        for agency in [&holder, &school, &centre] {
            agency.vouches_for("p1", "Pat Marlow", "other").await;
            agency.vouches_for("p2", "Sam Field", "other").await;
            knows_all(agency, children).await;
        }
        world.sharing_knows().await;
        let exchange = world.operator.exchange().expect("the exchange file");
        let asks = Shares::Asker { holder: holder.id.clone(), children };
        let to = [school.id.clone(), centre.id.clone()];
        // The actors end here: they listen too, and would take what the streams wait for.
        let stream = |actor: Actor, says| {
            Arc::new(Stubborn::new(exchange.clone(), actor.id.clone(), Says::Shares(says)))
        };
        Self {
            holder: stream(holder, Shares::Holder { to, children }),
            school: stream(school, asks.clone()),
            centre: stream(centre, asks),
        }
    }
}

async fn knows_all(agency: &Actor, children: u64) {
    let all = |kind: &str, of: &dyn Fn(u64) -> Value| {
        let data = |n| under(&format!("{kind}-{n}"), of(n));
        (0..children).map(|n| agency.message(kind, Some(&local(n)), data(n))).collect::<Vec<Outgoing>>()
    };
    let facts = |n: u64| {
        let number = nhs_number(100 + u32::try_from(n).expect("not that many"));
        // Names hold no digits; two of one name and birth date would be one child.
        let family: String = n.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
        let born = format!("2015-{:02}-{:02}", 1 + n % 12, 1 + n % 28);
        child("Ada", &format!("Shared{family}"), &born, Some(&number), "ZZ1 1AD")
    };
    agency.send_at_once(&all("child.recorded", &facts)).await;
    let work = |_: u64| involvement("p1", "team-member", "Support");
    agency.send_at_once(&all("involvement.recorded", &work)).await;
}

fn local(n: u64) -> String {
    format!("local:s{n}")
}

/// What every request led to was answered, and whatever was sent is acknowledged.
pub(super) async fn until_settled(survived: &Survived) {
    let open = "SELECT (SELECT count(*) FROM share WHERE state = 'wanted')
                     + (SELECT count(*) FROM delivery WHERE by_system_at IS NULL)
                     + (SELECT count(*) FROM asked_back WHERE by_system_at IS NULL)";
    until("all that was shared is settled", async || {
        let mut database = survived.world.database_of("sharing").await;
        let open: i64 = sqlx::query_scalar(open).fetch_one(&mut database).await.ok()?;
        (open == 0).then_some(())
    })
    .await;
}

type Said = (&'static str, Option<String>, Value);

impl Shares {
    /// The `n`th thing that it says of itself.
    pub(super) fn message(&self, n: u64) -> Said {
        match self {
            Self::Holder { to, children } if n.is_multiple_of(2) => consents(to, *children, n / 2),
            Self::Holder { to, children } => offers(to, *children, n / 2),
            Self::Asker { holder, children } => {
                // One in eight is of a child of whom nobody knows.
                let of = if n % 8 == 7 { "local:nobody".to_owned() } else { local(n % children) };
                let people = if n.is_multiple_of(3) { json!(["p1", "p2"]) } else { json!(["p1"]) };
                let asked = request(holder, &PARTS, "p1", &json!({"namedRecipients": people}));
                ("share.requested", Some(of), by("team-member", under(&format!("q-{n}"), asked)))
            }
        }
    }

    /// What it says to something that came.
    pub(super) fn reply(agency: &AgencyId, came: &Value) -> Option<Outgoing> {
        let (kind, data) = match came["type"].as_str()? {
            "uk.caf.share.wanted.v1" => answers(&came["data"]["request"]),
            "uk.caf.share.delivered.v1" | "uk.caf.consent.withdrawn.v1" => {
                let has_it = acknowledged("received-by-system", &json!({"message": came["id"]}));
                ("delivery.acknowledged", has_it)
            }
            _ => return None,
        };
        Some(Outgoing::new(agency.as_str(), TypeName::parse(kind).expect("a type"), None, data))
    }
}

fn by(role: &str, data: Value) -> Value {
    with(data, &json!({"practitioner": {"id": "p1", "roleInCase": role}}))
}

/// A child's mother agrees, then takes it back, and so on; each a second after the one before.
fn consents(to: &[AgencyId; 2], children: u64, n: u64) -> Said {
    let (hour, minute, second) = (n / 3_600, n / 60 % 60, n % 60);
    let said_on = format!("2026-11-20T{hour:02}:{minute:02}:{second:02}Z");
    let both: Vec<&AgencyId> = to.iter().collect();
    let given = consent(&both, &json!({"saidOn": said_on}));
    let said = if (n / children).is_multiple_of(2) {
        given
    } else {
        let withdrawal = json!({"effect": "stop-new-use", "riskConsidered": "yes", "wholeCaf": true});
        let more = json!({"decision": "withdrawn", "withdrawal": withdrawal, "scope": null, "explained": null,
                          "from": null, "reviewBy": null});
        with(given, &more)
    };
    ("consent.recorded", Some(local(n % children)), by("assessor", under(&format!("con-{n}"), said)))
}

fn content() -> Vec<Value> {
    PARTS.map(|name| part(name, &[item("She likes to draw.", &json!({}))])).into()
}

/// By consent and without it in turns.
fn offers(to: &[AgencyId; 2], children: u64, n: u64) -> Said {
    let (basis, more) = on_basis(n.is_multiple_of(2));
    let recipients: Vec<Value> = to.iter().map(|agency| recipient(agency, "p1", basis)).collect();
    let offered = offered(&recipients, &content(), "p1", &more);
    ("share.offered", Some(local(n % children)), by("contributor", under(&format!("o-{n}"), offered)))
}

/// As the id says: declined, given by consent, or given without it.
fn answers(request: &Value) -> (&'static str, Value) {
    let id = request.as_str().expect("an id");
    let of = json!({"request": request});
    let chance = id.bytes().last().map_or(0, |digit| digit % 4);
    if chance == 0 {
        let declined = declined("p1", "not-held", &of);
        return ("share.declined", by("contributor", under(&format!("d-{id}"), declined)));
    }
    let (basis, more) = on_basis(chance != 1);
    let supplied = with(supplied(&content(), "p1", basis, &more), &of);
    ("share.supplied", by("contributor", under(&format!("s-{id}"), supplied)))
}

fn on_basis(by_consent: bool) -> (&'static str, Value) {
    if by_consent {
        return ("consent", json!({}));
    }
    ("public-interest", in_the_public_interest("reasonable-cause-suffering"))
}
