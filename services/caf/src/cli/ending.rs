//! Messages that wait for a person, set aside or parked, in whichever service: listed, and their cases ended by id, by
//! cause, or all.

use clap::Args;
use schemas::AgencyId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    args::Common,
    output::{Outcome, Output, listing_or, table, text},
    progress::Progress,
    services::{Services, rows, whoever_has},
};
use crate::{Error, Result, admin::Admin, client::TypeName};

/// How many are asked for at a time.
const PAGE: &str = "100";

#[derive(Args, Debug)]
pub(super) struct ListArgs {
    #[arg(long, default_value_t = 100)]
    limit: usize,
    #[command(flatten)]
    services: Services,
}

#[derive(Args, Debug)]
pub(super) struct EndArgs {
    /// Ids as the list shows them
    ids: Vec<Uuid>,
    /// All of them
    #[arg(long, conflicts_with_all = ["ids", "reason", "message_type", "agency"])]
    all: bool,
    #[command(flatten)]
    cause: Cause,
    #[command(flatten)]
    services: Services,
}

/// Which cause is meant; what is left out is not asked about.
#[derive(Args, Clone, Debug)]
pub(super) struct Cause {
    /// Those with this reason
    #[arg(long, conflicts_with = "ids")]
    reason: Option<String>,
    /// Those of this type, such as caf.started
    #[arg(long = "type", value_name = "TYPE", conflicts_with = "ids")]
    message_type: Option<String>,
    /// Those of this agency
    #[arg(long, conflicts_with = "ids")]
    agency: Option<AgencyId>,
}

impl Cause {
    fn query(&self) -> Vec<(&'static str, String)> {
        let full = |name: &String| {
            TypeName::parse(name).map_or_else(|_| name.clone(), |name| name.name().to_owned())
        };
        let fields = [
            ("reason", self.reason.clone()),
            ("type", self.message_type.as_ref().map(full)),
            ("agency", self.agency.as_ref().map(AgencyId::to_string)),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// What is done with each.
#[derive(Clone, Copy, Debug)]
pub(super) enum Verb {
    Replay,
    Discard,
}

impl Verb {
    const fn word(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Discard => "discard",
        }
    }
}

/// Where the messages are, and how that is said.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    SetAside,
    Parked,
}

impl Place {
    const fn path(self) -> &'static str {
        match self {
            Self::SetAside => "/set-aside",
            Self::Parked => "/parked",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::SetAside => "set aside",
            Self::Parked => "parked",
        }
    }
}

/// The oldest of them.
pub(super) async fn list(
    place: Place,
    args: &ListArgs,
    columns: &[(&str, &str)],
    common: &Common,
) -> Result<Output> {
    let limit = args.limit.to_string();
    let mut listed = rows(&args.services.admins(common)?, place.path(), &[("limit", &limit)]).await?;
    // Ids grow with time.
    listed.sort_by(|one, other| text(one, "/id").cmp(text(other, "/id")));
    listed.truncate(args.limit);
    Ok(told(Value::Array(listed), columns, place))
}

fn told(rows: Value, columns: &[(&str, &str)], place: Place) -> Output {
    let text = listing_or(&rows, columns, &format!("Nothing is {}.", place.words()));
    Output::new(rows, text)
}

/// How many wait for which cause.
pub(super) async fn groups(place: Place, services: &Services, common: &Common) -> Result<Output> {
    let groups = rows(&services.admins(common)?, &format!("{}/groups", place.path()), &[]).await?;
    let columns = [
        ("service", "/service"),
        ("messages", "/messages"),
        ("reason", "/reason"),
        ("type", "/type"),
        ("agency", "/agency"),
        ("oldest", "/oldest"),
    ];
    Ok(told(Value::Array(groups), &columns, place))
}

/// Ends the case of each, one by one; one that cannot be ended keeps no other back.
pub(super) async fn end(place: Place, verb: Verb, args: EndArgs, common: &Common) -> Result<Output> {
    let admins = args.services.admins(common)?;
    let query = args.cause.query();
    match (args.ids.is_empty(), args.all || !query.is_empty()) {
        (true, true) => end_group(&admins, place, verb, &query).await,
        (false, _) => end_these(&admins, place, verb, &args.ids).await,
        (true, false) => {
            Err(Error::usage("name the ids, or the cause (--reason, --type, --agency), or say --all"))
        }
    }
}

/// What came of one.
enum Ended {
    State(String),
    /// Somebody else ended it, or it cannot be opened: in the service's words.
    Refused(String),
}

impl Ended {
    fn is_over(&self) -> bool {
        let over = ["replayed", "discarded", "waiting-to-be-sent"];
        matches!(self, Self::State(state) if over.contains(&state.as_str()))
    }
}

async fn end_one(admins: &[Admin], place: Place, verb: Verb, id: &str) -> Result<Ended> {
    let path = format!("{}/{id}/{}", place.path(), verb.word());
    match whoever_has(admins, async |admin| admin.post(&path, &[]).await).await {
        Ok(answer) => Ok(Ended::State(text(&answer, "/state").to_owned())),
        Err(Error::Refused(sentence) | Error::NotThere(sentence)) => Ok(Ended::Refused(sentence)),
        Err(error) => Err(error),
    }
}

async fn end_these(admins: &[Admin], place: Place, verb: Verb, ids: &[Uuid]) -> Result<Output> {
    let mut told = Vec::new();
    let mut outcome = Outcome::AsAsked;
    for id in ids {
        let ended = end_one(admins, place, verb, &id.to_string()).await?;
        if !ended.is_over() {
            outcome = Outcome::NotAsAsked;
        }
        let (Ended::State(said) | Ended::Refused(said)) = ended;
        told.push((id, said));
    }
    let json = told.iter().map(|(id, state)| json!({ "id": id, "state": state })).collect();
    let rows = told.into_iter().map(|(id, state)| vec![id.to_string(), state]);
    Ok(Output::new(json, table(&["id", "state"], rows)).ended(outcome))
}

/// How far the cases of a cause are.
struct Run<'a> {
    place: Place,
    verb: Verb,
    query: &'a [(&'static str, String)],
    progress: Progress,
    ended: usize,
    left: usize,
}

impl Run<'_> {
    /// A page at a time, by id: what stays is passed by once, and what was ended before an interruption is
    /// no longer there, so that the same command goes on with the rest.
    async fn ends_those_of(&mut self, admin: &Admin) -> Result<()> {
        // What comes back under a new id meanwhile, or is new, is for another run: this one ends.
        let all = self.ended + self.left + count(admin, self.place, self.query).await?;
        let mut last = None::<String>;
        while self.ended + self.left < all {
            let mut asked: Vec<(&str, &str)> =
                self.query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            asked.push(("limit", PAGE));
            asked.extend(last.iter().map(|id| ("after", id.as_str())));
            let page: Value = admin.get(self.place.path(), &asked).await?;
            let ids: Vec<String> =
                page.as_array().into_iter().flatten().map(|row| text(row, "/id").to_owned()).collect();
            let Some(end) = ids.last().cloned() else { break };
            for id in &ids {
                let ended = end_one(std::slice::from_ref(admin), self.place, self.verb, id).await?;
                if ended.is_over() {
                    self.ended += 1;
                } else {
                    self.left += 1;
                }
                self.progress.is_at(self.ended + self.left, String::new);
            }
            last = Some(end);
        }
        Ok(())
    }
}

async fn end_group(
    admins: &[Admin],
    place: Place,
    verb: Verb,
    query: &[(&'static str, String)],
) -> Result<Output> {
    let progress = Progress::new(count_all(admins, place, query).await?, "messages");
    let mut run = Run { place, verb, query, progress, ended: 0, left: 0 };
    for admin in admins {
        run.ends_those_of(admin).await?;
    }
    run.progress.ends();
    let (ended, left) = (run.ended, run.left);
    let still = count_all(admins, place, query).await?;
    let done = match verb {
        Verb::Replay => "replayed",
        Verb::Discard => "discarded",
    };
    let told = format!("{ended} {done}, {still} still {}.", place.words());
    let output = Output::new(json!({done: ended, "left": still}), told);
    Ok(if left == 0 { output } else { output.ended(Outcome::NotAsAsked) })
}

async fn count_all(admins: &[Admin], place: Place, query: &[(&'static str, String)]) -> Result<usize> {
    let mut all = 0;
    for admin in admins {
        all += count(admin, place, query).await?;
    }
    Ok(all)
}

/// How many wait for this cause in one service.
async fn count(admin: &Admin, place: Place, query: &[(&'static str, String)]) -> Result<usize> {
    let groups: Value = admin.get(&format!("{}/groups", place.path()), &[]).await?;
    let is_of = |group: &&Value| query.iter().all(|(name, value)| group[*name].as_str() == Some(value));
    let messages =
        groups.as_array().into_iter().flatten().filter(is_of).filter_map(|group| group["messages"].as_u64());
    Ok(usize::try_from(messages.sum::<u64>()).unwrap_or(usize::MAX))
}
