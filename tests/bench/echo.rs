//! The limit: the same flow with no work. For each message a receipt is published; the confirms
//! are awaited and the drained batch is acknowledged at once, as the kit does.

use std::path::Path;
use std::process::{Child, Command};

use caf::management::{Permissions, TopicPermissions};
use futures::future::join_all;
use futures::{FutureExt, StreamExt};
use kit::config::Broker;
use lapin::BasicProperties;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
};
use lapin::types::FieldTable;
use serde_json::json;
use stories::World;

/// The echo's broker user and queue.
const USER: &str = "svc-echo";
const QUEUE: &str = "echo.statements";

/// The running echo of a world.
#[derive(Debug)]
pub(crate) struct Echo(Child);

impl Echo {
    pub(crate) async fn start(world: &World) -> Self {
        let management = world.management();
        let ca = world.ca();
        let directory = world.directory.join("echo");
        let issued = ca.issue_client(USER, &directory).expect("a certificate");
        management.put_user(USER).await.expect("the echo's user");
        let permissions = Permissions {
            configure: "^$".to_owned(),
            write: "^out$".to_owned(),
            read: format!("^{}$", QUEUE.replace('.', "\\.")),
        };
        management.put_permissions(USER, &permissions).await.expect("permissions");
        let topic =
            TopicPermissions { exchange: "in".to_owned(), write: "^$".to_owned(), read: "^$".to_owned() };
        management.put_topic_permissions(USER, &topic).await.expect("topic permissions");
        management.declare_queue(QUEUE, &json!({"x-queue-type": "quorum"})).await.expect("a queue");
        management.bind("in", QUEUE, "*.bench.echoed").await.expect("a binding");
        let config = json!({
            "host": world.environment.broker.host,
            "port": world.environment.broker.port,
            "vhost": management.vhost(),
            "ca_certificate": ca.certificate_path(),
            "certificate": issued.certificate,
            "key": issued.key,
        });
        let path = directory.join("echo.json");
        std::fs::write(&path, config.to_string()).expect("the echo's configuration");
        let own = std::env::current_exe().expect("this program");
        Self(Command::new(own).arg("echo").arg(path).spawn().expect("the echo starts"))
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Echoes until killed. The configuration's broker section is a service's.
pub(crate) async fn run(config: &str) {
    caf::tls::install_provider();
    let text = std::fs::read_to_string(Path::new(config)).expect("the echo's configuration");
    let broker: Broker = serde_json::from_str(&text).expect("a broker section");
    let consuming = kit::amqp::connect(&broker, "echo consume").await.expect("let in");
    let publishing = kit::amqp::connect(&broker, "echo publish").await.expect("let in");
    let consume = consuming.create_channel().await.expect("a channel");
    consume.basic_qos(512, BasicQosOptions::default()).await.expect("a prefetch");
    let publish = publishing.create_channel().await.expect("a channel");
    publish.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    let mut consumer = consume
        .basic_consume(QUEUE.into(), "".into(), BasicConsumeOptions::default(), FieldTable::default())
        .await
        .expect("the echo's queue");
    while let Some(first) = consumer.next().await {
        let mut batch = vec![first.expect("a delivery")];
        while batch.len() < 256
            && let Some(Some(next)) = consumer.next().now_or_never()
        {
            batch.push(next.expect("a delivery"));
        }
        let mut confirms = Vec::with_capacity(batch.len());
        for delivery in &batch {
            let (agency, _) = delivery.routing_key.as_str().split_once('.').expect("a key");
            let id = delivery.properties.message_id().clone().expect("an id");
            let properties = BasicProperties::default()
                .with_content_type("application/cloudevents+json".into())
                .with_message_id(id.clone())
                .with_type("uk.caf.receipt.issued.v1".into())
                .with_user_id(USER.into())
                .with_delivery_mode(2);
            let options = BasicPublishOptions { mandatory: true, immediate: false };
            let key = format!("inbox.{agency}");
            let sent = publish
                .basic_publish(
                    "out".into(),
                    key.as_str().into(),
                    options,
                    receipt(id.as_str()).as_bytes(),
                    properties,
                )
                .await;
            confirms.push(sent.expect("the broker takes it"));
        }
        for confirmation in join_all(confirms).await {
            assert!(matches!(confirmation.expect("a confirm"), lapin::Confirmation::Ack(None)));
        }
        let last = batch.pop().expect("at least one");
        last.acker.ack(BasicAckOptions { multiple: true }).await.expect("an ack");
    }
}

/// As long as a real receipt.
fn receipt(of: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{of}","source":"svc-index","type":"uk.caf.receipt.issued.v1","time":"2026-11-21T10:00:00.123456789Z","datacontenttype":"application/json","dataschema":"https://schemas.caf-exchange.example/v1/receipt.issued.v1.json","correlationid":"{of}","causationid":"{of}","data":{{"of":"{of}","state":"recorded","childRef":"child:{of}"}}}}"#
    )
}
