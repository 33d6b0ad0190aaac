//! One message followed through all systems: the trace that an agency began goes on in the receipt.

use caf::client::{AgencyClient, Outgoing, Received};
use lapin::types::{AMQPValue, FieldTable};
use serde_json::{Value, json};
use std::time::Duration;
use stories::facts::{practitioner, under};
use stories::{Actor, Collector, Kind, World};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";
/// How long a receipt may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn traceparent() -> String {
    format!("00-{TRACE}-{SPAN}-01")
}

fn notice(agency: &Actor) -> Outgoing {
    let entry = under(&agency.new_ref("p"), practitioner("t1", "Tess Archer", "teacher"));
    agency.message("practitioner.recorded", None, entry)
}

/// Sends a notice with a `traceparent` header and waits for its receipt.
async fn sends_traced(system: &AgencyClient, notice: &Outgoing, header: &str) -> Received {
    let mut inbox = system.inbox().await.expect("its own inbox");
    let mut headers = FieldTable::default();
    headers.insert("traceparent".into(), AMQPValue::LongString(header.into()));
    let properties = system.properties(notice).with_headers(headers);
    let key = notice.message_type().key(system.agency());
    let pending = system.start_as(&key, properties, &notice.body().expect("JSON")).await;
    pending.expect("a channel").confirmed().await.expect("the broker takes it");
    loop {
        let received = inbox.next(PATIENCE).await.expect("its own inbox").expect("a receipt comes");
        received.ack().await.expect("its own inbox");
        if received.json()["data"]["of"] == notice.id() {
            inbox.close().await.expect("its own inbox");
            return received;
        }
    }
}

fn header_of(receipt: &Received) -> Option<String> {
    let headers = receipt.delivery().properties.headers().as_ref()?;
    match headers.inner().get("traceparent")? {
        AMQPValue::LongString(text) => Some(text.to_string()),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_that_an_agency_began_goes_on_in_the_receipt_and_at_the_collector() {
    let collector = Collector::start().await;
    let mut world = World::with_configuration(&format!("[telemetry]\n{}", collector.configuration())).await;
    let mut school = world.agency("beaumont-school", Kind::School).await;
    school.stop_listening().await;

    let receipt = sends_traced(&school.client, &notice(&school), &traceparent()).await;
    let header = header_of(&receipt).expect("a traceparent");
    let [version, trace, span, flags] = header.split('-').collect::<Vec<_>>()[..] else {
        panic!("{header}");
    };
    assert_eq!((version, trace, flags), ("00", TRACE, "01"));
    assert!(span.len() == 16 && span != SPAN, "the step of the index is its own: {header}");
    assert_eq!(receipt.json()["traceparent"], header.as_str(), "the envelope says the same");

    // Without the header, the envelope's.
    let mut envelope = notice(&school).envelope().clone();
    envelope.insert("traceparent".to_owned(), json!(traceparent()));
    let in_envelope = Outgoing::complete(school.id.as_str(), envelope).expect("a message");
    let receipt =
        school.client.ask(&in_envelope, PATIENCE).await.expect("the broker answers").expect("a receipt");
    assert!(header_of(&receipt).is_some_and(|header| header.contains(TRACE)));

    assert!(world.index.stop().await.success());
    let sent = collector.bytes();
    let has = |part: &[u8]| sent.windows(part.len()).any(|window| window == part);
    assert!(has(b"handle uk.caf.practitioner.recorded.v1"), "the spans arrived");
    assert!(has(b"svc-index"), "with the service's name");
    assert!(
        has(&u128::from_str_radix(TRACE, 16).expect("hexadecimal").to_be_bytes()),
        "in the agency's trace"
    );
    assert!(
        has(&u64::from_str_radix(SPAN, 16).expect("hexadecimal").to_be_bytes()),
        "under the agency's step"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_collector_a_trace_is_passed_on_and_what_is_none_is_dropped() {
    let world = World::start().await;
    let mut school = world.agency("beaumont-school", Kind::School).await;
    school.stop_listening().await;
    let receipt = sends_traced(&school.client, &notice(&school), &traceparent()).await;
    assert_eq!(header_of(&receipt), Some(traceparent()));

    let zeros = "0".repeat(32);
    for none in ["Ada Example", "", &format!("00-{zeros}-{SPAN}-01"), &format!("{}-more", traceparent())] {
        let receipt = sends_traced(&school.client, &notice(&school), none).await;
        assert_eq!(receipt.json()["data"]["state"], "recorded", "{none}");
        assert_eq!(header_of(&receipt), None, "{none}");
        assert_eq!(receipt.json()["traceparent"], Value::Null, "{none}");
    }
}
