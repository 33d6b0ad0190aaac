//! The limit: the same flow with no work. For each message a receipt is published; the confirms
//! are awaited and the drained batch is acknowledged at once, as the kit does.

use std::path::Path;

use futures::future::join_all;
use futures::{FutureExt, StreamExt};
use kit::config::Broker;
use lapin::BasicProperties;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
};
use lapin::types::FieldTable;

/// The echo's broker user and queue.
pub(crate) const USER: &str = "svc-echo";
pub(crate) const QUEUE: &str = "echo.statements";

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
