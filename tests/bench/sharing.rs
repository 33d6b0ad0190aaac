//! The one door: requests and offers beside the limit, refusals at a steady pace. Half of the children's mothers agreed.

use std::time::Instant;

use schemas::AgencyId;
use serde_json::{Value, json};
use stories::facts::{child, involvement, nhs_number, under, with};
use stories::shared::{consent, item, offered, part, recipient, request};
use stories::{Actor, Environment, Kind, World};

use crate::echo::Echo;
use crate::flows::{ROUNDS, letters, ready};
use crate::load::{self, Ear, Heard, Pace, Ready, Run, caused_by};
use crate::measure::median;
use crate::report::{Line, Report};

/// Children whom the surgery, which is asked and offers, and the school know. Of each second one the mother agreed.
const CHILDREN: usize = 2_000;
/// Messages of one run, about five seconds.
const ECHOES: usize = 30_000;
const REQUESTS: usize = 10_000;
const OFFERS: usize = 2_500;
/// All that a team needs to agree a plan, so that no part is held back as not necessary.
const PARTS: [&str; 8] = [
    "identity",
    "household",
    "services-involved",
    "strengths",
    "child-views",
    "parent-views",
    "conclusions",
    "action-plan",
];

/// Whose mother said what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    AllChildren,
    Agreed,
    NotAsked,
}

struct Scene {
    world: World,
    school: Actor,
    surgery: Actor,
    /// Recipients of offers, besides the school.
    others: [Actor; 2],
    _echo: Echo,
    /// Facts that were stated.
    stated: usize,
    /// Decisions that there must be.
    decided: usize,
}

pub(crate) async fn measure(environment: Environment, report: &mut Report) {
    eprintln!("Setting up sharing");
    let mut scene = Scene::start(environment).await;
    scene.steady(report).await;
    scene.flat(report).await;
    scene.all_is_recorded().await;
}

impl Scene {
    async fn start(environment: Environment) -> Self {
        let mut world = World::build(environment, "").await;
        world.start_sharing().await;
        let school = worker(&world, "school", Kind::School, "teacher").await;
        let surgery = worker(&world, "surgery", Kind::Gp, "gp").await;
        let housing = worker(&world, "housing", Kind::Housing, "housing-officer").await;
        let centre = worker(&world, "centre", Kind::ChildrensCentre, "other").await;
        let echo = Echo::start(&world).await;
        let others = [housing, centre];
        let scene = Self { world, school, surgery, others, _echo: echo, stated: 0, decided: 0 };
        for agency in [&scene.school, &scene.surgery] {
            let known: Vec<Ready> = (0..CHILDREN).flat_map(|n| known(agency, n)).collect();
            load::run(agency, inbox(agency), &known, Pace::Flat).await;
        }
        scene.world.sharing_knows().await;
        let agreed: Vec<Ready> = children(Of::Agreed).map(|n| scene.agreed(n)).collect();
        load::run(&scene.surgery, inbox(&scene.surgery), &agreed, Pace::Flat).await;
        load::outbox_is_clean(scene.world.sharing()).await;
        load::statistics_are_gathered(&scene.world).await;
        scene
    }

    /// At a steady pace, before anything is flooded. The first of each kind are not counted: they have the services and
    /// their database prepare statements, once in the life of a process.
    async fn steady(&mut self, report: &mut Report) {
        let first = self.requests(Of::AllChildren, 200);
        self.ask(&first, Pace::Steady(200)).await;
        let first = self.offers(50);
        self.offer(&first, Pace::Steady(50)).await;
        let echoed = self.echoed(4_000);
        let echo = load::run(&self.school, inbox(&self.school), &echoed, Pace::Steady(200)).await;
        report.add(Line::rate("sharing.echo.at-200", 200.0, &echo.waits()));
        for (name, of) in [("refusals.at-200", Of::NotAsked), ("requests.at-200", Of::AllChildren)] {
            let asked = self.requests(of, 4_000);
            report.add(Line::rate(name, 200.0, &self.ask(&asked, Pace::Steady(200)).await.waits()));
        }
        let offered = self.offers(1_000);
        report.add(Line::rate("offers.at-50", 50.0, &self.offer(&offered, Pace::Steady(50)).await.waits()));
    }

    /// The echo, requests and offers as fast as they go, interleaved.
    async fn flat(&mut self, report: &mut Report) {
        let (mut limits, mut requests, mut offers) = (Vec::new(), Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            let echoed = self.echoed(ECHOES);
            let limit = load::run(&self.school, inbox(&self.school), &echoed, Pace::Flat).await.per_second;
            let asked = self.requests(Of::AllChildren, REQUESTS);
            let started = Instant::now();
            self.ask(&asked, Pace::Flat).await;
            let requested = self.rate(REQUESTS, started).await;
            let given = self.offers(OFFERS);
            let started = Instant::now();
            self.offer(&given, Pace::Flat).await;
            let offered = self.rate(OFFERS, started).await;
            eprintln!(
                "  round {round}: limit {limit:.0}/s, requests {requested:.0}/s, offers {offered:.0}/s"
            );
            limits.push(limit);
            requests.push(requested);
            offers.push(offered);
        }
        report.add(Line::new("sharing.echo", "1/s", median(&mut limits.clone())));
        for (name, mut rates) in [("requests", requests), ("offers", offers)] {
            let mut ratios: Vec<f64> = rates.iter().zip(&limits).map(|(rate, limit)| rate / limit).collect();
            report.add(Line {
                limit: Some(median(&mut limits.clone())),
                ratio: Some(median(&mut ratios)),
                ..Line::new(name, "1/s", median(&mut rates))
            });
        }
    }

    /// So many in the time until nothing was left to clean.
    async fn rate(&self, count: usize, started: Instant) -> f64 {
        load::outbox_is_clean(self.world.sharing()).await;
        load::per_second(count, started.elapsed())
    }

    /// Sends requests, until each was put to its holder or refused: its receipt says neither.
    async fn ask(&self, asked: &[Ready], pace: Pace) -> Run {
        let refused = Ear { actor: &self.school, queue: inbox(&self.school), answers: refusal };
        let wanted = Ear { actor: &self.surgery, queue: inbox(&self.surgery), answers: caused_by };
        load::run_to(&self.school, &[refused, wanted], Heard::Anywhere, asked, pace).await
    }

    /// Sends offers, until the surgery has the receipt and all three have what was released to them.
    async fn offer(&self, offered: &[Ready], pace: Pace) -> Run {
        let ears = [&self.surgery, &self.school, &self.others[0], &self.others[1]];
        let ears = ears.map(|actor| Ear { actor, queue: inbox(actor), answers: caused_by });
        load::run_to(&self.surgery, &ears, Heard::Everywhere, offered, pace).await
    }

    /// No answer stands for a decision: they are all in the record (G3).
    async fn all_is_recorded(&self) {
        let mut database = self.world.database_of("sharing").await;
        let recorded: i64 = sqlx::query_scalar("SELECT count(*) FROM decision")
            .fetch_one(&mut database)
            .await
            .expect("the database answers");
        assert_eq!(usize::try_from(recorded), Ok(self.decided), "decisions");
    }

    /// Requests for the limit, which gives one message for each, where a request leads to two and an offer to four.
    fn echoed(&mut self, count: usize) -> Vec<Ready> {
        (0..count).map(|n| self.request("bench.echoed", n % CHILDREN)).collect()
    }

    fn requests(&mut self, of: Of, count: usize) -> Vec<Ready> {
        self.decided += count;
        children(of).cycle().take(count).map(|n| self.request("share.requested", n)).collect()
    }

    fn offers(&mut self, count: usize) -> Vec<Ready> {
        self.decided += 3 * count;
        children(Of::Agreed).cycle().take(count).map(|n| self.offered(n)).collect()
    }

    fn request(&mut self, kind: &str, n: usize) -> Ready {
        let asked = request(&self.surgery.id, &PARTS, "p1", &json!({}));
        let data = self.stated("team-member", asked);
        ready(&self.school, kind, Some(&local(n)), data)
    }

    /// To three agencies, an item in each part.
    fn offered(&mut self, n: usize) -> Ready {
        let to: Vec<Value> = self.recipients().map(|id| recipient(id, "p1", "consent")).into();
        let text = "At the last two visits the family told of what helps at home, and of what does not.";
        let parts = PARTS.map(|of| part(of, &[item(text, &json!({}))]));
        let data = self.stated("contributor", offered(&to, &parts, "p1", &json!({})));
        ready(&self.surgery, "share.offered", Some(&local(n)), data)
    }

    fn agreed(&self, n: usize) -> Ready {
        let said = by("assessor", under(&format!("con-{n}"), consent(&self.recipients(), &json!({}))));
        ready(&self.surgery, "consent.recorded", Some(&local(n)), said)
    }

    fn recipients(&self) -> [&AgencyId; 3] {
        [&self.school.id, &self.others[0].id, &self.others[1].id]
    }

    /// The data under a reference that nothing else has.
    fn stated(&mut self, role: &str, data: Value) -> Value {
        self.stated += 1;
        by(role, under(&format!("s-{}", self.stated), data))
    }
}

/// An agency with a practitioner, which reads its inbox only while something is measured.
pub(crate) async fn worker(world: &World, name: &str, kind: Kind, job: &str) -> Actor {
    let mut agency = world.agency(name, kind).await;
    agency.vouches_for("p1", "Pat Worker", job).await;
    agency.stop_listening().await;
    agency
}

pub(crate) fn inbox(agency: &Actor) -> &str {
    &agency.client.access().inbox
}

/// That an agency works with a child.
fn known(agency: &Actor, n: usize) -> [Ready; 2] {
    let number = nhs_number(u32::try_from(n).expect("small"));
    let born = format!("{}-{:02}-{:02}", 2012 + n % 4, 1 + n % 12, 1 + n % 28);
    let facts = child("Ada", &format!("Shared{}", letters(10_000 + n)), &born, Some(&number), "ZZ1 1AA");
    knows(agency, n, facts)
}

/// That an agency works with a child of whom these are the facts.
pub(crate) fn knows(agency: &Actor, n: usize, facts: Value) -> [Ready; 2] {
    let work = involvement("p1", "team-member", "Support");
    [("child.recorded", facts), ("involvement.recorded", work)]
        .map(|(kind, data)| ready(agency, kind, Some(&local(n)), under(&format!("{kind}-{n}"), data)))
}

pub(crate) fn by(role: &str, data: Value) -> Value {
    with(data, &json!({"practitioner": {"id": "p1", "roleInCase": role}}))
}

pub(crate) fn local(n: usize) -> String {
    format!("local:c{n}")
}

fn children(of: Of) -> impl Iterator<Item = usize> + Clone {
    let is_one = move |n: &usize| match of {
        Of::AllChildren => true,
        Of::Agreed => n.is_multiple_of(2),
        Of::NotAsked => !n.is_multiple_of(2),
    };
    (0..CHILDREN).filter(is_one)
}

/// The request that is refused: the receipt names the same one.
pub(crate) fn refusal(text: &str) -> Option<&str> {
    text.contains("uk.caf.share.refused.v1").then(|| caused_by(text)).flatten()
}
