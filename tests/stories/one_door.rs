//! Content reaches an agency by the exchange `share` alone, and sharing alone writes there (G3); it stays nowhere (G6).

use caf::definitions::operator_permissions;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use stories::shared::{consent, offered, recipient};
use stories::shared_scene::{heard_of, says};
use stories::{Kind, World};

use crate::permissions::{is_refused, publish};

/// Stands in what is shared, and nowhere else.
const MARK: &str = "Zyxparticular";

/// Publishes with further keys besides.
async fn publish_with(
    channel: Channel,
    (exchange, key): (&str, &str),
    (header, further): (&str, &[&str]),
) -> lapin::Result<()> {
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let keys: Vec<AMQPValue> = further.iter().map(|key| AMQPValue::LongString((*key).into())).collect();
    let mut headers = FieldTable::default();
    headers.insert(header.into(), AMQPValue::FieldArray(keys.into()));
    let properties = BasicProperties::default().with_headers(headers);
    let body = br#"{"type":"uk.caf.share.delivered.v1"}"#;
    let options = BasicPublishOptions::default();
    channel.basic_publish(exchange.into(), key.into(), options, body, properties).await?.await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_sharing_writes_where_content_comes_from() {
    let world = World::start().await;
    let housing = world.agency("housing", Kind::Housing).await;
    let inbox = housing.client.access().inbox.clone();
    let key = format!("inbox.{}", housing.id);
    let agencies = [
        world.agency("school", Kind::School).await,
        world.agency("front-door", Kind::Mash).await,
        world.agency("police", Kind::Police).await,
        world.sensitive_agency("oakfield", Kind::SexualHealth).await,
        world.caf_team("borough").await,
    ];
    let heard = housing.heard.count();
    let index = world.as_service("svc-index").await;
    let users = agencies.iter().map(|agency| (agency.id.as_str(), agency.client.connection()));
    for (user, connection) in users.chain([("svc-index", &index)]) {
        for (exchange, key) in [("share", key.as_str()), ("share", "#"), ("", inbox.as_str())] {
            let what = format!("{user}: {exchange}");
            is_refused(connection, &what, async |channel| publish(channel, exchange, key).await).await;
            for header in ["CC", "BCC"] {
                let to: &[&str] = &[key, &inbox];
                is_refused(connection, &what, async |channel| {
                    publish_with(channel, (exchange, "nobody"), (header, to)).await
                })
                .await;
            }
        }
    }
    // Where an agency may write, further keys lead to no inbox.
    for agency in &agencies {
        for header in ["CC", "BCC"] {
            let channel = agency.client.connection().create_channel().await.expect("a channel");
            let own = format!("{}.share.offered", agency.id);
            // Refused or taken: what counts is that nothing arrives.
            drop(publish_with(channel, ("in", &own), (header, &[&key, &inbox, "share", "#"])).await);
        }
        agency.vouches_for("p1", "Pat Worker", "other").await;
    }
    housing.vouches_for("p1", "Pat Worker", "housing-officer").await;
    assert_eq!(housing.heard.count(), heard + 1, "its own receipt alone");
}

/// What the broker says to the operator who publishes by its management API.
async fn operator_publishes(world: &World, exchange: &str, message: &Value) -> StatusCode {
    let authority = std::fs::read(world.ca().certificate_path()).expect("the authority");
    let authority = reqwest::Certificate::from_pem(&authority).expect("a certificate");
    let client = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build().expect("a client");
    let broker = &world.environment.broker;
    let password = std::fs::read_to_string(&broker.operator_password_file).expect("its password");
    let url = format!("{}/api/exchanges/{}/{exchange}/publish", broker.management_url, world.name());
    let asked = client.post(url).basic_auth("operator", Some(password.trim_end())).json(message);
    asked.send().await.expect("the broker answers").status()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_who_binds_inboxes_puts_nothing_into_them() {
    let world = World::start().await;
    let housing = world.agency("housing", Kind::Housing).await;
    let inbox = housing.client.access().inbox.clone();
    let key = format!("inbox.{}", housing.id);
    let message = |key: &str, headers: Value| json!({"routing_key": key, "properties": {"headers": headers}, "payload": "{}", "payload_encoding": "string"});
    // Who makes a virtual host is given all of it: with that the way is open, so that what follows closes it.
    let taken = operator_publishes(&world, "share", &message("nobody", json!({}))).await;
    assert!(taken.is_success(), "{taken}");
    world.management().put_permissions("operator", &operator_permissions()).await.expect("it may");
    for (exchange, key) in [("share", key.as_str()), ("amq.default", inbox.as_str())] {
        for headers in [json!({}), json!({"CC": [key, inbox]}), json!({"BCC": [key, inbox]})] {
            let refused = operator_publishes(&world, exchange, &message(key, headers)).await;
            assert!(refused.is_client_error(), "{exchange}: {refused}");
        }
    }
    let heard = housing.heard.count();
    housing.vouches_for("p1", "Pat Worker", "housing-officer").await;
    assert_eq!(housing.heard.count(), heard + 1, "its own receipt alone");
}

/// Tables of sharing in which the mark stands in clear.
async fn tables_with_the_mark(world: &World) -> Vec<String> {
    let mut database = world.database_of("sharing").await;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT table_name FROM information_schema.tables WHERE table_schema = 'sharing'")
            .fetch_all(&mut database)
            .await
            .expect("tables");
    assert!(tables.len() > 10, "{tables:?}");
    let mut found = Vec::new();
    for table in tables {
        let bytes: Vec<String> = MARK.bytes().map(|byte| format!("{byte:02x}")).collect();
        let bytes = bytes.concat();
        let sql = format!(
            "SELECT count(*) FROM sharing.\"{table}\" t WHERE t::text LIKE '%{MARK}%' OR t::text LIKE '%{bytes}%'"
        );
        let count: i64 =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut database).await.expect("a count");
        if count > 0 {
            found.push(table);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn content_rests_sealed_until_it_is_received_and_then_nowhere() {
    let world = World::with_sharing().await;
    let [school, visitors] = world.school_and_visitors().await;
    school.records_consent("c1", "p1", consent(&[&visitors.id], &json!({}))).await;
    let to = recipient(&visitors.id, "p1", "consent");
    school.offers("c1", "p1", offered(&[to], &[says("action-plan", MARK)], "p1", &json!({}))).await;
    let delivered = visitors.is_told("share.delivered").await;
    assert!(delivered.to_string().contains(MARK));
    let mut database = world.database_of("sharing").await;
    world.outbox_is_empty("sharing").await;
    assert_eq!(tables_with_the_mark(&world).await, Vec::<String>::new(), "what rests is sealed");
    let kept = "SELECT count(*) FROM delivery WHERE content IS NOT NULL";
    let count: i64 = sqlx::query_scalar(kept).fetch_one(&mut database).await.expect("a count");
    assert_eq!(count, 1);
    visitors.acknowledges(&delivered, "received-by-system", &json!({})).await;
    let count: i64 = sqlx::query_scalar(kept).fetch_one(&mut database).await.expect("a count");
    assert_eq!(count, 0, "the exchange keeps no content (G6)");
    // A receiver may say it again; nobody else may say it.
    let receipt = school.acknowledges(&delivered, "received-by-system", &json!({})).await;
    assert_eq!(receipt["data"]["code"], "unknown-reference", "{receipt:#}");
    assert_eq!(heard_of(&visitors, "share.delivered").len(), 1);
}
