//! The catalogue, the definitions that the broker loads, and what the broker really has agree.

use std::collections::{BTreeMap, BTreeSet};

use schemas::catalogue::{Exchange, entries};
use serde_json::{Value, json};
use stories::{Kind, World};

/// The virtual host that the broker made from its definitions at boot, before any agency.
const BOOTED: &str = "caf";

/// `source → destination by key`.
type Bindings = BTreeSet<(String, String, String)>;

fn named(source: &str, queue: &str, key: &str) -> (String, String, String) {
    (source.to_owned(), queue.to_owned(), key.to_owned())
}

/// What the catalogue asks for: every type of an agency comes to the lane of the one service that answers it,
/// and every state to whoever listens.
fn bindings_by_catalogue() -> Bindings {
    let types = entries().iter().filter(|entry| entry.exchange == Exchange::In).map(|entry| {
        let service = entry.service.as_deref().expect("somebody answers it");
        let lane = entry.lane.expect("in a lane").as_str();
        let kind = entry.message_type;
        named("in", &format!("{service}.{lane}"), &format!("*.{}.{}", kind.noun(), kind.verb()))
    });
    let heard = entries().iter().flat_map(|entry| {
        let key = entry.message_type.short_name();
        entry.listeners.iter().map(move |service| named("events", &format!("{service}.events"), key))
    });
    let last_resorts = ["index.set-aside", "sharing.set-aside"].map(|queue| named("set-aside", queue, queue));
    types.chain(heard).chain([named("unrouted", "unrouted", "")]).chain(last_resorts).collect()
}

async fn read(world: &World, parts: &[&str]) -> Vec<Value> {
    let found = world.management().read(parts).await.expect("the broker answers");
    found.as_array().expect("a list").clone()
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

async fn bindings(world: &World, vhost: &str) -> Bindings {
    let all = read(world, &["bindings", vhost]).await;
    // Every queue is bound to the default exchange, which nobody may write to.
    let own = all.iter().filter(|binding| binding["source"] != "");
    own.map(|one| named(&text(one, "source"), &text(one, "destination"), &text(one, "routing_key"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_routes_every_type_as_the_catalogue_says() {
    let world = World::start().await;
    assert_eq!(bindings(&world, BOOTED).await, bindings_by_catalogue());

    let school = world.agency("beaumont-school", Kind::School).await;
    let (id, access) = (&school.id, school.client.access());
    let mut with_school = bindings_by_catalogue();
    with_school.insert(named("out", &access.inbox, &format!("inbox.{id}")));
    with_school.insert(named("share", &access.inbox, &format!("inbox.{id}")));
    with_school.insert(named("out", &access.answers, &format!("answers.{id}")));
    assert_eq!(bindings(&world, world.management().vhost()).await, with_school);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_has_the_exchanges_and_queues_of_the_definitions_and_no_more() {
    let world = World::start().await;
    let definitions = include_str!("../../deploy/rabbitmq/definitions.json");
    let definitions: Value = serde_json::from_str(definitions).expect("definitions");
    let booted = world.management().read(&["definitions", BOOTED]).await.expect("the broker answers");
    for (list, properties) in [
        ("exchanges", &["name", "type", "durable", "auto_delete", "internal", "arguments"][..]),
        ("queues", &["name", "durable", "auto_delete", "arguments"]),
        ("bindings", &["source", "destination", "destination_type", "routing_key", "arguments"]),
        ("policies", &["name", "pattern", "apply-to", "priority", "definition"]),
    ] {
        assert_eq!(only(&booted[list], properties), only(&definitions[list], properties), "{list}");
    }
    for policy in booted["policies"].as_array().expect("a list") {
        assert_eq!(
            policy["definition"]["overflow"], "reject-publish",
            "it could drop what is there: {policy}"
        );
    }

    let school = world.agency("beaumont-school", Kind::School).await;
    for (queue, arguments) in [
        (&school.client.access().inbox, caf::definitions::inbox_arguments()),
        (&school.client.access().answers, caf::definitions::answers_arguments()),
    ] {
        let state = world.management().queue(queue).await.expect("the broker answers").expect("the queue");
        assert_eq!(Value::Object(state.arguments), arguments, "{queue}");
    }
}

/// These properties of every entry, whatever the order.
fn only(list: &Value, properties: &[&str]) -> BTreeSet<String> {
    let pick = |entry: &Value| properties.iter().map(|name| flat(&entry[name])).collect::<Vec<_>>().join(" ");
    list.as_array().expect("a list").iter().map(pick).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_do_what_the_catalogue_gives_them_and_no_more() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let (id, access) = (&school.id, school.client.access());
    let vhost = world.management().vhost();

    let index = json!({"user": "svc-index", "vhost": vhost, "configure": "^$", "write": "^(out|events)$",
        "read": r"^(index\.statements|index\.queries|index\.events|index\.set-aside|unrouted)$"});
    let sharing = json!({"user": "svc-sharing", "vhost": vhost, "configure": "^$",
        "write": "^(out|share|events)$",
        "read": r"^(sharing\.statements|sharing\.queries|sharing\.events|sharing\.set-aside)$"});
    assert!(entries().iter().all(|entry| entry.exchange != Exchange::Out || entry.is_published_by("index")));
    let [inbox, answers] = [&access.inbox, &access.answers].map(|queue| queue.replace('.', r"\."));
    let agency = json!({"user": id, "vhost": vhost, "configure": "^$", "write": "^in$",
        "read": format!("^({inbox}|{answers})$")});
    let mut all = read(&world, &["vhosts", vhost, "permissions"]).await;
    // Who makes a virtual host is given all of it; at boot the operator gets less (below).
    all.retain(|entry| entry["user"] != "operator");
    assert_eq!(sorted(&all), sorted(&[index, sharing, agency]));

    let may = |user: &str, exchange: &str, keys: &str| json!({"user": user, "vhost": vhost, "exchange": exchange, "write": keys, "read": "^$"});
    let states =
        r"^(agency\.changed|practitioner\.changed|child\.changed|involvement\.changed|caf\.changed)$";
    let of_services = [
        may("svc-index", "in", "^$"),
        may("svc-index", "events", states),
        may("svc-sharing", "in", "^$"),
        may("svc-sharing", "events", r"^consent\.changed$"),
    ];
    let keys = format!(r"^{id}\.[a-z-]+\.[a-z-]+$");
    let own = json!({"user": id, "vhost": vhost, "exchange": "in", "write": keys, "read": "^$"});
    let all = read(&world, &["vhosts", vhost, "topic-permissions"]).await;
    assert_eq!(sorted(&all), sorted(&[&of_services[..], &[own]].concat()));

    let booted = read(&world, &["vhosts", BOOTED, "permissions"]).await;
    let operator = booted.iter().find(|entry| entry["user"] == "operator").expect("an operator");
    let inboxes = r"^(inbox|answers)\.";
    assert_eq!([&operator["configure"], &operator["write"]], [inboxes, inboxes]);
    assert_eq!(operator["read"], r"^(inbox\.|answers\.|out$|share$)");
}

fn sorted(list: &[Value]) -> BTreeSet<String> {
    list.iter().map(flat).collect()
}

/// One text for the same fields, whatever their order.
fn flat(value: &Value) -> String {
    match value.as_object() {
        Some(fields) => format!("{:?}", fields.iter().collect::<BTreeMap<_, _>>()),
        None => value.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_operator_has_a_password_and_only_the_operator_manages() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let users = read(&world, &["users"]).await;
    let has = |name: &str| users.iter().any(|user| user["name"] == name);
    assert!(has("svc-index") && has(school.id.as_str()) && !has("guest"));
    for user in users.iter().filter(|user| user["name"] != "operator") {
        assert_eq!(user["password_hash"], "", "{}", user["name"]);
        assert_eq!(user["tags"], json!([]), "{}", user["name"]);
    }
}
