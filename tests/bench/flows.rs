//! What is measured: start and memory, notices against the limit, lookups alone and beside a flood.

use std::ops::Range;
use std::time::Instant;

use serde_json::{Value, json};
use stories::facts::{caf, child, intention, involvement, under};
use stories::{Actor, Environment, Kind, World};

use crate::echo::Echo;
use crate::load::{self, Pace, Ready, Run};
use crate::measure::{Latencies, median};
use crate::report::{Line, Report};
use crate::telling::described;

/// Children who are looked up, each with one CAF. Every notice is of a child who has none yet, so that
/// no run changes what the next one finds.
const CHILDREN: usize = 1_000;
/// Messages of one run, about five seconds.
const MESSAGES: usize = 30_000;
/// Runs of each, interleaved: the machine drifts.
pub(crate) const ROUNDS: usize = 5;
/// The flood beside which lookups must still be answered.
const FLOOD: usize = 100_000;

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Index,
    Advice,
    Echo,
}

/// What was waited for at a steady pace.
struct Steady {
    echo: Latencies,
    notices: Latencies,
    echo_at_200: Latencies,
    lookups: Latencies,
    advice: Latencies,
}

pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) school: Actor,
    health: Actor,
    _echo: Echo,
    /// Children told of.
    known: usize,
}

pub(crate) async fn measure(environment: Environment, report: &mut Report) {
    let mut bench = Bench::start(environment).await;
    bench.start_and_memory(report).await;
    let steady = bench.steady().await;
    bench.notices(&steady, report).await;
    bench.lookups(&steady, report).await;
    bench.import(report).await;
}

impl Bench {
    async fn start(environment: Environment) -> Self {
        eprintln!("Setting up");
        let world = World::build(environment, "").await;
        let mut school = world.agency("school", Kind::School).await;
        let mut health = world.agency("health", Kind::HealthVisiting).await;
        school.vouches_for("t1", "Tess Archer", "teacher").await;
        health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
        school.stop_listening().await;
        health.stop_listening().await;
        let echo = Echo::start(&world).await;
        let mut bench = Self { world, school, health, _echo: echo, known: 0 };
        let looked_up = bench.children(CHILDREN).await;
        let involved = looked_up.clone().map(|n| bench.involvement(n));
        let told: Vec<Ready> = involved.chain(bench.of_cafs("caf.started", looked_up.clone())).collect();
        load::run(&bench.school, &bench.inbox(), &told, Pace::Flat).await;
        bench
    }

    pub(crate) fn inbox(&self) -> String {
        self.school.client.access().inbox.clone()
    }

    /// Tells the index of so many children more.
    async fn children(&mut self, count: usize) -> Range<usize> {
        let children = self.known..self.known + count;
        self.known = children.end;
        let told: Vec<Ready> = children.clone().map(|n| self.child(n)).collect();
        load::run(&self.school, &self.inbox(), &told, Pace::Flat).await;
        load::outbox_is_clean(&self.world.index).await;
        children
    }

    /// Notices ready to go, each of another child who is known.
    async fn started(&mut self, count: usize) -> Vec<Ready> {
        let children = self.children(count).await;
        self.of_cafs("caf.started", children).collect()
    }

    /// The same notices for the echo, which knows nobody.
    pub(crate) fn echoed(&self, count: usize) -> Vec<Ready> {
        self.of_cafs("bench.echoed", 0..count).collect()
    }

    /// Time from the start of the process until ready, its servers running; memory at rest.
    async fn start_and_memory(&mut self, report: &mut Report) {
        let mut seconds = Vec::new();
        for _ in 0..ROUNDS {
            self.world.index.stop().await;
            let started = Instant::now();
            self.world.index.start_again();
            self.world.index.ready().await;
            seconds.push(started.elapsed().as_secs_f64());
        }
        report.add(Line::new("ready.index", "s", median(&mut seconds)));
        report.add(Line::new("memory.index", "MiB", self.memory()));
    }

    fn memory(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.world.index.pid())).expect("a process");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
        let kib: f64 = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("KiB");
        kib / 1024.0
    }

    /// At a steady pace, before anything is flooded: a server that still cleans up after 100,000 messages
    /// would be measured, not an answer. The echo and the index at the same pace.
    async fn steady(&mut self) -> Steady {
        let (inbox, echoed) = (self.inbox(), self.echoed(10_000));
        let echo = load::run(&self.school, &inbox, &echoed, Pace::Steady(1_000)).await.waits();
        let started = self.started(10_000).await;
        let notices = load::run(&self.school, &inbox, &started, Pace::Steady(1_000)).await.waits();
        let echo_at_200 = self.asked(Asked::Echo, 4_000, Pace::Steady(200)).await.waits();
        let lookups = self.asked(Asked::Index, 4_000, Pace::Steady(200)).await.waits();
        let advice = self.asked(Asked::Advice, 4_000, Pace::Steady(200)).await.waits();
        for (name, waits) in [
            ("1,000 echoes", &echo),
            ("1,000 notices", &notices),
            ("200 echoes", &echo_at_200),
            ("200 lookups", &lookups),
            ("200 intentions", &advice),
        ] {
            let (p50, p99) = (waits.percentile_ms(50), waits.percentile_ms(99));
            eprintln!("  {name} a second: p50 {p50:.1} ms, p99 {p99:.1} ms");
        }
        Steady { echo, notices, echo_at_200, lookups, advice }
    }

    /// (a) the echo and (b) the index as fast as they go, interleaved.
    async fn notices(&mut self, steady: &Steady, report: &mut Report) {
        let inbox = self.inbox();
        let (mut limits, mut rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            let limit = load::run(&self.school, &inbox, &self.echoed(MESSAGES), Pace::Flat).await.per_second;
            let notices = self.started(MESSAGES).await;
            let started = Instant::now();
            load::run(&self.school, &inbox, &notices, Pace::Flat).await;
            load::outbox_is_clean(&self.world.index).await;
            let rate = load::per_second(MESSAGES, started.elapsed());
            eprintln!("  round {round}: limit {limit:.0}/s, ours {rate:.0}/s");
            limits.push(limit);
            rates.push(rate);
            ratios.push(rate / limit);
        }
        let limit = median(&mut limits);
        report.add(Line::rate("echo", limit, &steady.echo));
        report.add(Line {
            limit: Some(limit),
            ratio: Some(median(&mut ratios)),
            ..Line::rate("notices", median(&mut rates), &steady.notices)
        });
    }

    /// Lookups as fast as answers come; and at 200 a second beside a flood of notices, as is the echo.
    async fn lookups(&mut self, steady: &Steady, report: &mut Report) {
        let fast = self.asked(Asked::Index, 10_000, Pace::InFlight(64)).await.per_second;
        report.add(Line::rate("echo.at-200", 200.0, &steady.echo_at_200));
        report.add(Line::rate("lookups", fast, &steady.lookups));
        report.add(Line::rate("advice.at-200", 200.0, &steady.advice));
        let inbox = self.inbox();
        for (whom, name) in [(Asked::Echo, "echo.beside-flood"), (Asked::Index, "lookups.beside-flood")] {
            let notices = self.started(FLOOD).await;
            let (flood, beside) = tokio::join!(
                load::run(&self.school, &inbox, &notices, Pace::Flat),
                self.asked(whom, 2_400, Pace::Steady(200))
            );
            report.add(Line::rate(name, 200.0, &beside.waits()));
            if whom == Asked::Index {
                report.add(Line::new("notices.in-flood", "1/s", flood.per_second));
            }
        }
    }

    async fn asked(&self, whom: Asked, count: usize, pace: Pace) -> Run {
        let access = self.health.client.access();
        let questions = (0..count).map(|n| n % CHILDREN);
        let (queue, questions): (&str, Vec<Ready>) = match whom {
            Asked::Index => (&access.answers, questions.map(|n| self.lookup("index.looked-up", n)).collect()),
            Asked::Advice => (&access.answers, (0..count).map(|n| self.intention(n)).collect()),
            Asked::Echo => (&access.inbox, questions.map(|n| self.lookup("bench.echoed", n)).collect()),
        };
        load::run(&self.health, queue, &questions, pace).await
    }

    /// Of one CAF for each of these children.
    fn of_cafs(&self, kind: &str, children: Range<usize>) -> impl Iterator<Item = Ready> {
        children.map(move |n| {
            let id = format!("f-{n}");
            let data = under(&id, caf(&format!("{}/{id}", self.school.id), "t1"));
            ready(&self.school, kind, Some(&format!("local:c{n}")), data)
        })
    }

    fn child(&self, n: usize) -> Ready {
        let data = under(&format!("c-{n}"), one_of_them(n));
        ready(&self.school, "child.recorded", Some(&format!("local:c{n}")), data)
    }

    /// About one of the children who are looked up.
    fn intention(&self, n: usize) -> Ready {
        let mut data = under(&format!("int-{n}"), intention("hv1"));
        data["child"] = described(one_of_them(n % CHILDREN));
        ready(&self.health, "caf.intended", None, data)
    }

    fn involvement(&self, n: usize) -> Ready {
        let data = under(&format!("i-{n}"), involvement("t1", "lead-professional", "Year group"));
        ready(&self.school, "involvement.recorded", Some(&format!("local:c{n}")), data)
    }

    fn lookup(&self, kind: &str, n: usize) -> Ready {
        let born = format!("{}-{:02}-{:02}", 2010 + n % 8, 1 + n % 12, 1 + n % 28);
        let by = json!({
            "names": {"given": [format!("Given{}", letters(n))], "family": format!("Family{}", letters(n * 7))},
            "birth": {"date": born, "precision": "exact"},
            "postcode": "ZZ1 1AA",
        });
        let data = json!({"purpose": "find-lead-or-key-worker", "practitioner": {"id": "hv1"}, "by": by});
        ready(&self.health, kind, None, data)
    }
}

fn one_of_them(n: usize) -> Value {
    let born = format!("{}-{:02}-{:02}", 2010 + n % 8, 1 + n % 12, 1 + n % 28);
    let (given, family) = (format!("Given{}", letters(n)), format!("Family{}", letters(n * 7)));
    child(&given, &family, &born, None, "ZZ1 1AA")
}

/// Names hold no digits.
pub(crate) fn letters(n: usize) -> String {
    n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

pub(crate) fn ready(actor: &Actor, kind: &str, subject: Option<&str>, data: Value) -> Ready {
    let message = actor.message(kind, subject, data);
    Ready {
        id: message.id().to_owned(),
        key: message.message_type().key(actor.id.as_str()),
        properties: actor.client.properties(&message),
        body: message.body().expect("JSON"),
    }
}
