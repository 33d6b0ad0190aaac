use schemas::MessageType;
use schemas::catalogue::{AgencyQueue, Exchange, Publisher, entries};

use crate::files::{common, names_in, schema};

#[test]
fn catalogue_and_types_list_the_same_messages() {
    let listed: Vec<_> = entries().iter().map(|entry| entry.message_type).collect();
    assert_eq!(listed, MessageType::ALL);
    for kind in MessageType::ALL {
        assert_eq!(kind.entry().message_type, *kind);
        assert_eq!(MessageType::from_name(kind.name()), Some(*kind));
        assert_eq!(MessageType::from_key(kind.noun(), kind.verb()), Some(*kind));
        assert_eq!(kind.name(), format!("uk.caf.{}.{}.v1", kind.noun(), kind.verb()));
        assert!(!kind.entry().summary.is_empty());
    }
    assert_eq!(MessageType::from_name("uk.caf.caf.finished.v1"), None);
    assert_eq!(MessageType::from_key("caf", "finished"), None);
}

#[test]
fn every_entry_says_who_sends_and_who_answers() {
    for entry in entries() {
        let of = entry.message_type;
        if entry.exchange == Exchange::In {
            assert_eq!(entry.publishers, [Publisher::Agency], "{of}");
            assert!(entry.service.is_some() && entry.lane.is_some() && entry.reply.is_some(), "{of}");
            assert!(entry.to.is_empty(), "{of}");
        } else {
            assert!(!entry.publishers.is_empty(), "{of}");
            assert!(!entry.publishers.contains(&Publisher::Agency), "{of}: agencies write only to `in`");
            assert!(entry.service.is_none() && entry.lane.is_none() && entry.reply.is_none(), "{of}");
            assert_eq!(entry.to.is_empty(), entry.exchange == Exchange::Events, "{of}");
            assert_eq!(entry.listeners.is_empty(), entry.exchange != Exchange::Events, "{of}");
        }
    }
    let receipt = MessageType::ReceiptIssued.entry();
    assert!(receipt.is_published_by("index") && !receipt.is_published_by("agency"));
    assert_eq!(receipt.to, [AgencyQueue::Inbox, AgencyQueue::Answers]);
}

#[test]
fn every_message_has_its_schema_and_its_examples_and_there_are_no_others() {
    let mut schemas: Vec<String> =
        MessageType::ALL.iter().map(|kind| format!("{}.v1.json", kind.short_name())).collect();
    schemas.extend(common().keys().map(|name| format!("{name}.v1.json")));
    schemas.sort();
    assert_eq!(names_in("json"), schemas);

    let mut folders: Vec<String> = MessageType::ALL.iter().map(|kind| kind.short_name().to_owned()).collect();
    folders.sort();
    assert_eq!(names_in("examples"), folders);
}

#[test]
fn every_schema_names_itself_and_its_type() {
    for kind in MessageType::ALL {
        let schema = schema(*kind);
        assert_eq!(schema["$id"], kind.schema_id());
        assert_eq!(schema["properties"]["type"]["const"], kind.name());
        assert_eq!(schema["properties"]["dataschema"]["const"], kind.schema_id());
    }
}
