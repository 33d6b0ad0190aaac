//! What the broker lets an agency and a service do, and what not.

use caf::client::AgencyClient;
use lapin::options::{
    BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeBindOptions,
    ExchangeDeclareOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
    QueuePurgeOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ErrorKind, ExchangeKind};
use schemas::catalogue::{Exchange, entries};
use serde_json::json;
use stories::{Kind, World};

/// `access-refused` (AMQP 0-9-1, 1.8).
const ACCESS_REFUSED: u16 = 403;

/// Tries something on a channel of its own, which a refusal closes.
pub(crate) async fn is_refused<T>(
    connection: &Connection,
    what: &str,
    attempt: impl AsyncFnOnce(Channel) -> lapin::Result<T>,
) {
    let channel = connection.create_channel().await.expect("a channel");
    let Err(error) = attempt(channel).await else {
        panic!("allowed: {what}");
    };
    match error.kind() {
        ErrorKind::ProtocolError(said) => assert_eq!(said.get_id(), ACCESS_REFUSED, "{what}: {said}"),
        _ => panic!("{what}: {error}"),
    }
}

pub(crate) async fn publish(channel: Channel, exchange: &str, key: &str) -> lapin::Result<()> {
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let options = BasicPublishOptions::default();
    let publishing =
        channel.basic_publish(exchange.into(), key.into(), options, b"{}", BasicProperties::default());
    publishing.await?.await?;
    Ok(())
}

async fn consume(channel: Channel, queue: &str) -> lapin::Result<()> {
    let options = BasicConsumeOptions::default();
    channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await?;
    Ok(())
}

async fn get(channel: Channel, queue: &str) -> lapin::Result<()> {
    channel.basic_get(queue.into(), BasicGetOptions::default()).await?;
    Ok(())
}

async fn bind(channel: Channel, queue: &str, exchange: &str, key: &str) -> lapin::Result<()> {
    let options = QueueBindOptions::default();
    channel.queue_bind(queue.into(), exchange.into(), key.into(), options, FieldTable::default()).await
}

async fn declare(channel: Channel, queue: &str) -> lapin::Result<()> {
    channel.queue_declare(queue.into(), QueueDeclareOptions::default(), FieldTable::default()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_speaks_under_its_own_name_only() {
    let world = World::start().await;
    let school = world.agency("school-a", Kind::School).await;
    let look_alike = world.look_alike_of(&school.id, Kind::School).await;
    let (id, longer) = (&school.id, &look_alike.id);
    assert!(longer.as_str().starts_with(id.as_str()));

    let system = school.client.connection();
    let foreign = [
        format!("{longer}.caf.started"),
        format!("{id}x.caf.started"),
        format!("x{id}.caf.started"),
        "svc-index.caf.started".to_owned(),
        "caf.started".to_owned(),
        format!("{id}.caf"),
        format!("{id}.caf.started.again"),
        format!("{id}.CAF.started"),
        format!("{id}..started"),
        format!("{id}.#"),
        "*.caf.started".to_owned(),
        "#".to_owned(),
        String::new(),
    ];
    for key in &foreign {
        is_refused(system, key, async |channel| publish(channel, "in", key).await).await;
    }
    let shorter = format!("{id}.caf.started");
    let system = look_alike.client.connection();
    is_refused(system, &shorter, async |channel| publish(channel, "in", &shorter).await).await;
}

/// Refused under each of these keys.
async fn none_is_let_through(connection: &Connection, exchange: &str, keys: &[String]) {
    for key in keys {
        is_refused(connection, key, async |channel| publish(channel, exchange, key).await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_of_the_catalogue_is_published_by_those_whose_it_is_and_nobody_else() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let yot = world.agency("riverside-yot", Kind::Yot).await;
    let heard = yot.heard.count();
    let (own, others) = (school.client.connection(), yot.client.connection());
    for entry in entries() {
        let short = entry.message_type.short_name();
        let of_school = format!("{}.{short}", school.id);
        // A connection has 64 channels, and each refusal ends one.
        let mut connected = Vec::new();
        for (name, user) in [("index", "svc-index"), ("sharing", "svc-sharing")] {
            connected.push((name, user, world.as_service(user).await));
        }
        match entry.exchange {
            Exchange::In => {
                // It is let through, and comes to a queue: to be answered is another matter.
                let message = school.message(short, None, json!({}));
                school.client.publish(&message).await.expect("the broker takes it");
                none_is_let_through(others, "in", std::slice::from_ref(&of_school)).await;
                for (name, user, service) in &connected {
                    assert!(!entry.is_published_by(name), "{short}");
                    none_is_let_through(service, "in", &[of_school.clone(), format!("{user}.{short}")]).await;
                }
            }
            Exchange::Out | Exchange::Share => {
                let receipt = school.says(short, None, json!({})).await;
                assert_eq!(receipt["data"]["code"], "unknown-type", "{short}: {receipt}");
                let keys = ["inbox", "answers"].map(|queue| format!("{queue}.{}", yot.id));
                none_is_let_through(own, entry.exchange.as_str(), &keys).await;
                for (name, _, service) in &connected {
                    // Beyond the exchange the broker knows no types: each program publishes its own alone (kit).
                    if entry.exchange == Exchange::Share && *name != "sharing" {
                        none_is_let_through(service, "share", &keys).await;
                    }
                }
            }
            Exchange::Events => {
                none_is_let_through(own, "events", &[short.to_owned(), of_school]).await;
                for (name, _, service) in &connected {
                    if !entry.is_published_by(name) {
                        none_is_let_through(service, "events", &[short.to_owned()]).await;
                    }
                }
            }
        }
    }
    assert_eq!(yot.heard.count(), heard, "nothing came to another agency");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_reads_its_own_two_queues_and_no_other() {
    let world = World::start().await;
    let school = world.agency("school-a", Kind::School).await;
    let look_alike = world.look_alike_of(&school.id, Kind::School).await;
    let theirs = look_alike.client.access();
    let system = world.system_of(&school.id).await;
    let others =
        [&theirs.inbox, &theirs.answers, "index.statements", "index.queries", "index.set-aside", "unrouted"];
    for queue in others {
        is_refused(system.connection(), queue, async |channel| consume(channel, queue).await).await;
        is_refused(system.connection(), queue, async |channel| get(channel, queue).await).await;
        is_refused(system.connection(), queue, async |channel| {
            channel.queue_purge(queue.into(), QueuePurgeOptions::default()).await
        })
        .await;
    }
    // Nobody can watch another's inbox without its name, which holds 32 random digits of its own.
    let secrets: Vec<&str> =
        names(&system).into_iter().chain(names(&look_alike.client)).map(secret).collect();
    for (at, secret) in secrets.iter().enumerate() {
        assert!(secret.len() == 32 && secret.bytes().all(|digit| digit.is_ascii_hexdigit()), "{secret}");
        assert!(!secrets[..at].contains(secret), "a secret stands in two names");
    }
}

fn names(system: &AgencyClient) -> [&str; 2] {
    [&system.access().inbox, &system.access().answers]
}

fn secret(queue: &str) -> &str {
    queue.rsplit('.').next().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_declares_binds_and_deletes_nothing() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let yot = world.agency("riverside-yot", Kind::Yot).await;
    let system = school.client.connection();
    let own = school.client.access().inbox.as_str();
    let invented = format!("inbox.{}.invented", school.id);

    for queue in [invented.as_str(), "", "index.statements.copy"] {
        is_refused(system, queue, async |channel| declare(channel, queue).await).await;
    }
    is_refused(system, "a new exchange", async |channel| {
        let (kind, options) = (ExchangeKind::Fanout, ExchangeDeclareOptions::default());
        channel.exchange_declare("mirror".into(), kind, options, FieldTable::default()).await
    })
    .await;
    for (exchange, key) in
        [("in", "#"), ("out", "inbox.riverside-yot"), ("share", yot.id.as_str()), ("events", "#")]
    {
        is_refused(system, "a binding", async |channel| bind(channel, own, exchange, key).await).await;
    }
    is_refused(system, "a binding of exchanges", async |channel| {
        let options = ExchangeBindOptions::default();
        channel.exchange_bind("in".into(), "out".into(), "#".into(), options, FieldTable::default()).await
    })
    .await;
    for queue in [own, yot.client.access().inbox.as_str(), "index.statements"] {
        is_refused(system, "the end of a queue", async |channel| {
            channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await
        })
        .await;
    }
    is_refused(system, "the end of an exchange", async |channel| {
        channel.exchange_delete("in".into(), ExchangeDeleteOptions::default()).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_writes_into_no_exchange_but_in() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let yot = world.agency("riverside-yot", Kind::Yot).await;
    let inbox = yot.client.access().inbox.as_str();
    let key = format!("inbox.{}", yot.id);
    let places = [
        // The default exchange leads into every queue whose name is known.
        ("", inbox),
        ("", "index.statements"),
        ("", school.client.access().inbox.as_str()),
        ("out", key.as_str()),
        ("share", key.as_str()),
        ("events", "caf.changed"),
        ("unrouted", ""),
        ("set-aside", "index.set-aside"),
        ("amq.topic", key.as_str()),
    ];
    for (exchange, key) in places {
        let what = format!("{exchange}: {key}");
        is_refused(school.client.connection(), &what, async |channel| publish(channel, exchange, key).await)
            .await;
    }
    assert!(yot.heard.all().is_empty(), "nothing came");
}

#[tokio::test(flavor = "multi_thread")]
async fn services_answer_agencies_and_cannot_speak_for_them() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let (inbox, statement) = (school.client.access().inbox.clone(), format!("{}.caf.started", school.id));
    let key = format!("inbox.{}", school.id);
    for (user, queue, anothers, foreign) in [
        ("svc-index", "index.statements", "sharing.statements", ("events", "consent.changed")),
        ("svc-sharing", "sharing.statements", "index.statements", ("events", "caf.changed")),
    ] {
        let service = world.as_service(user).await;
        let places = [
            ("in", statement.as_str()),
            ("in", &format!("{user}.caf.started")),
            foreign,
            ("", inbox.as_str()),
            ("", queue),
            ("unrouted", ""),
            ("set-aside", "index.set-aside"),
        ];
        for (exchange, key) in places {
            let what = format!("{user}, {exchange}: {key}");
            is_refused(&service, &what, async |channel| publish(channel, exchange, key).await).await;
        }
        for queue in names(&school.client).into_iter().chain([anothers]) {
            is_refused(&service, queue, async |channel| get(channel, queue).await).await;
            is_refused(&service, queue, async |channel| consume(channel, queue).await).await;
        }
        is_refused(&service, "a new queue", async |channel| declare(channel, "index.more").await).await;
        is_refused(&service, "a binding", async |channel| bind(channel, queue, "in", "#").await).await;
        // What it is there for.
        let channel = service.create_channel().await.expect("a channel");
        publish(channel, "out", "inbox.nobody-at-all").await.expect("it may write to agencies");
    }
    // G3: case content comes from one service alone.
    let index = world.as_service("svc-index").await;
    is_refused(&index, "share", async |channel| publish(channel, "share", &key).await).await;
    let sharing = world.as_service("svc-sharing").await.create_channel().await.expect("a channel");
    publish(sharing, "share", "inbox.nobody-at-all").await.expect("it may write to agencies");
}
