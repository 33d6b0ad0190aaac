//! The checks that a message of another service passes: size, depth, JSON, headers, publisher, type, form.
//! What fails one is set aside (G8): nobody waits for a receipt.

use schemas::catalogue::{Exchange, MessageType};
use schemas::envelope::Source;
use schemas::{Envelope, MessageId, ReceiptOf, StateEvent};
use serde::Deserialize;
use serde_json::Value;

use crate::intake::{Checked, Identity, MAX_BODY, MAX_DEPTH, Meta, Parcel, Verdict, depth};
use crate::json;

/// Checks one message in the queue of events of `service`.
pub(crate) fn check(parcel: &Parcel, service: &str) -> Checked {
    let meta = &parcel.meta;
    let kind = meta.routing_key.split_once('.').and_then(|(noun, verb)| MessageType::from_key(noun, verb));
    let mut checked = Checked {
        sender: None,
        of: ReceiptOf::DeliveredAt(meta.received_at),
        identity: None,
        kind: kind.filter(|kind| kind.entry().exchange == Exchange::Events),
        correlation_id: None,
        traceparent: meta.traceparent.clone(),
        verdict: Verdict::SetAside("unknown-type"),
    };
    let message_id = meta.message_id.as_deref().and_then(|id| MessageId::parse(id).ok());
    // No row is kept of it: the version of each state tells what came before.
    checked.identity = message_id.map(|id| Identity { id, fact: None, content: [0; 32] });
    checked.verdict = match read(parcel, checked.kind, service) {
        Ok(event) => Verdict::Keep(event),
        Err(reason) => Verdict::SetAside(reason),
    };
    checked
}

fn read(parcel: &Parcel, kind: Option<MessageType>, service: &str) -> Result<StateEvent, &'static str> {
    let kind = kind.filter(|kind| kind.entry().is_heard_by(service)).ok_or("unknown-type")?;
    if parcel.body.len() > MAX_BODY {
        return Err("too-big");
    }
    if depth(&parcel.body) > MAX_DEPTH {
        return Err("too-deep");
    }
    if parcel.meta.header_not_allowed {
        return Err("header-not-allowed");
    }
    let whole = json::read(&parcel.body).map_err(|_| "bad-form")?;
    same_publisher(&parcel.meta, kind, &whole)?;
    let envelope: Envelope<Value> = Envelope::deserialize(&whole).map_err(|_| "bad-form")?;
    let event = StateEvent::read(kind, &envelope.data).ok_or("unknown-type")?;
    event.map_err(|_| "bad-form")
}

/// The broker's word for who sent it and the envelope's must agree, and the catalogue give the type to them.
fn same_publisher(meta: &Meta, kind: MessageType, whole: &Value) -> Result<(), &'static str> {
    let text = |name: &str| whole.get(name).and_then(Value::as_str);
    let user = meta.user_id.as_deref().ok_or("sender-mismatch")?;
    let publisher = match Source::parse(user) {
        Ok(Source::Service(id)) => id,
        Ok(Source::Agency(_)) | Err(_) => return Err("sender-mismatch"),
    };
    let name = publisher.as_str().trim_start_matches("svc-");
    let agrees = text("source") == Some(user)
        && kind.entry().is_published_by(name)
        && meta.kind.as_deref() == Some(kind.name())
        && text("type") == Some(kind.name());
    if agrees { Ok(()) } else { Err("sender-mismatch") }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use serde_json::json;
    use time::OffsetDateTime;

    use super::*;

    fn parcel() -> Parcel {
        let id = "019ab5d0-5c00-7000-8000-000000005001";
        let kind = "uk.caf.consent.changed.v1";
        let body = json!({
            "specversion": "1.0", "id": id, "source": "svc-sharing", "type": kind,
            "time": "2026-11-21T05:00:00Z",
            "data": { "states": [{ "record": "child:0b5e8f6a-0c60-4f39-9a57-5d1b6dd1c111", "version": 1 }] },
        });
        let meta = Meta {
            routing_key: "consent.changed".to_owned(),
            user_id: Some("svc-sharing".to_owned()),
            message_id: Some(id.to_owned()),
            kind: Some(kind.to_owned()),
            traceparent: None,
            header_not_allowed: false,
            received_at: OffsetDateTime::UNIX_EPOCH,
        };
        Parcel { meta, body: body.to_string().into_bytes() }
    }

    fn verdict(change: impl FnOnce(&mut Parcel)) -> Option<&'static str> {
        let mut parcel = parcel();
        change(&mut parcel);
        match check(&parcel, "index").verdict {
            Verdict::Keep(_) => None,
            Verdict::SetAside(reason) => Some(reason),
            Verdict::Fold(_) | Verdict::Reject(_) => Some("something else"),
        }
    }

    fn replace(parcel: &mut Parcel, from: &str, to: &str) {
        parcel.body = String::from_utf8(parcel.body.clone()).unwrap().replace(from, to).into_bytes();
    }

    #[test]
    fn what_a_publisher_says_of_its_state_is_kept() {
        assert_eq!(verdict(|_| {}), None);
    }

    #[test]
    fn what_nobody_but_its_publisher_may_say_is_set_aside_from_others() {
        let mismatch = Some("sender-mismatch");
        assert_eq!(verdict(|it| it.meta.user_id = None), mismatch);
        assert_eq!(verdict(|it| it.meta.user_id = Some("school".to_owned())), mismatch);
        assert_eq!(verdict(|it| it.meta.user_id = Some("svc-plans".to_owned())), mismatch);
        assert_eq!(verdict(|it| replace(it, "svc-sharing", "svc-index")), mismatch);
        let by_index = |it: &mut Parcel| {
            it.meta.user_id = Some("svc-index".to_owned());
            replace(it, "svc-sharing", "svc-index");
        };
        assert_eq!(verdict(by_index), mismatch, "the index publishes other types");
    }

    #[test]
    fn type_key_and_envelope_agree() {
        assert_eq!(verdict(|it| it.meta.kind = None), Some("sender-mismatch"));
        assert_eq!(verdict(|it| replace(it, "consent.changed", "child.changed")), Some("sender-mismatch"));
        for key in ["child.changed", "consent.recorded", "school.caf.started", "consent", ""] {
            assert_eq!(verdict(|it| it.meta.routing_key = key.to_owned()), Some("unknown-type"), "{key}");
        }
    }

    #[test]
    fn headers_size_and_form_are_checked() {
        assert_eq!(verdict(|it| it.meta.header_not_allowed = true), Some("header-not-allowed"));
        assert_eq!(verdict(|it| it.body = vec![b' '; MAX_BODY + 1]), Some("too-big"));
        assert_eq!(verdict(|it| it.body = b"[".repeat(MAX_DEPTH + 1)), Some("too-deep"));
        assert_eq!(verdict(|it| it.body = b"{".to_vec()), Some("bad-form"));
        assert_eq!(verdict(|it| replace(it, "\"version\":1", "\"version\":0")), Some("bad-form"));
    }
}
