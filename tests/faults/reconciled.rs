//! What must have come of all that was shared: each request decided once for each recipient and answered once, each
//! delivery by one decision that shares, and nothing by a consent that was withdrawn before (G1 to G3, D-C6).

use std::collections::HashMap;

use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};

use super::checker::{Faults, all_confirmed, confirmed};
use super::killer::Survived;
use super::shares::Sharers;
use super::stubborn::{Stubborn, first_answers};

/// The figures of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shared {
    pub consents: usize,
    pub requests: usize,
    pub answers: usize,
    pub offers: usize,
    pub deliveries: usize,
    pub acknowledged: usize,
    /// Deliveries of which the recipient was told that consent for them ended.
    pub withdrawn: usize,
}

/// What must not be: of what, and the query that finds it.
const NOT: [(&str, &str); 10] = [
    (
        "request not decided once for each recipient",
        "SELECT share_id::text FROM share WHERE kind = 'request' AND
             (SELECT jsonb_agg(recipient ORDER BY recipient)
              FROM (SELECT DISTINCT jsonb_array_elements(asked -> 'recipients') ->> 'practitionerId' AS recipient) q)
             IS DISTINCT FROM
             (SELECT jsonb_agg(recipient_practitioner ORDER BY recipient_practitioner) FROM decision
              WHERE decision.share_id = share.share_id AND stage = 'request')",
    ),
    ("request that is not answered", "SELECT share_id::text FROM share WHERE state = 'wanted'"),
    (
        "answer not decided once for each recipient",
        "SELECT share_id::text FROM share WHERE state IN ('answered', 'released') AND
             jsonb_array_length(asked -> 'recipients') <>
             (SELECT count(DISTINCT (recipient, recipient_practitioner)) FROM decision
              WHERE decision.share_id = share.share_id AND stage = 'release')
         UNION ALL
         SELECT share_id::text FROM decision WHERE stage = 'release'
         GROUP BY share_id, recipient, recipient_practitioner HAVING count(*) > 1",
    ),
    (
        "delivery without one decision that shares",
        "SELECT delivery_id::text FROM delivery LEFT JOIN decision USING (decision_id)
         WHERE (stage = 'release' AND outcome IN ('share', 'share-in-part')
                AND delivery.share_id = decision.share_id AND delivery.recipient = decision.recipient)
               IS NOT TRUE
         UNION ALL
         SELECT decision_id::text FROM delivery GROUP BY decision_id HAVING count(*) > 1",
    ),
    (
        "decision that shares and released nothing",
        "SELECT decision_id::text FROM decision LEFT JOIN delivery USING (decision_id)
         WHERE stage = 'release' AND outcome IN ('share', 'share-in-part') AND delivery_id IS NULL",
    ),
    ("not acknowledged", "SELECT delivery_id::text FROM delivery WHERE by_system_at IS NULL
                          UNION ALL SELECT message_id::text FROM asked_back WHERE by_system_at IS NULL"),
    (
        "acknowledged, and its content still here",
        "SELECT delivery_id::text FROM delivery WHERE by_system_at IS NOT NULL AND content IS NOT NULL",
    ),
    (
        // The first withdrawal after the consent that a release rests on must have found it, unless the mother
        // had agreed anew, or another withdrawal had found it, by when it came.
        "released after its withdrawal was recorded, or its withdrawal not told",
        "SELECT delivery_id::text FROM delivery
         CROSS JOIN LATERAL jsonb_array_elements(consents) AS rests
         JOIN consent_statement given ON given.message_id = (rests ->> 'message')::uuid
         CROSS JOIN LATERAL (
             SELECT * FROM consent_statement later
             WHERE later.local_id = given.local_id AND later.said_at > given.said_at
               AND later.statement -> 'decided' ? 'withdrawn'
             ORDER BY later.said_at LIMIT 1) AS gone
         WHERE basis = 'consent'
           AND NOT EXISTS (
             SELECT FROM consent_statement anew
             WHERE anew.local_id = given.local_id AND anew.said_at > gone.said_at
               AND anew.received_at <= gone.received_at)
           AND NOT EXISTS (
             SELECT FROM withdrawal JOIN consent_statement by USING (agency, message_id)
             WHERE withdrawal.delivery_id = delivery.delivery_id AND by.received_at <= gone.received_at)",
    ),
    (
        // What is agreed to anew may be withdrawn anew.
        "withdrawal of which the recipient was not told once",
        "SELECT delivery_id::text FROM withdrawal JOIN delivery USING (delivery_id)
         GROUP BY delivery_id, recipient
         HAVING count(*) <> (SELECT count(*) FROM asked_back
                             WHERE asked_back.agency = delivery.recipient AND delivery_id = ANY(deliveries))",
    ),
    (
        "left behind in sharing",
        "SELECT 'outbox' FROM outbox UNION ALL SELECT 'parked' FROM parked
         UNION ALL SELECT 'set aside: ' || type || ': ' || reason FROM set_aside",
    ),
];

/// Of an agency: what must be recorded of what it sent, and what must have come to it.
const INBOX: &str = "SELECT message_id::text FROM inbox WHERE source = $1 AND state = 'recorded'";
const ASKED: &str = "SELECT message_id::text FROM share WHERE agency = $1 AND kind = 'request'";
const OFFERED: &str = "SELECT message_id::text FROM share WHERE agency = $1 AND kind = 'offer'";
const STATED: &str = "SELECT message_id::text FROM consent_statement WHERE agency = $1";
const WANTED: &str = "SELECT share_id::text FROM share WHERE holder = $1 AND state <> 'refused'";
const REFUSED: &str = "SELECT message_id::text FROM share WHERE agency = $1 AND kind = 'request'
    AND NOT EXISTS (SELECT FROM delivery WHERE delivery.share_id = share.share_id)";
const DELIVERED: &str = "SELECT delivery_id::text FROM delivery WHERE recipient = $1";
const TAKEN_BACK: &str = "SELECT message_id::text FROM asked_back WHERE agency = $1";

pub(super) async fn reconcile(survived: &Survived, sharers: &Sharers, faults: &mut Faults) -> Shared {
    for (what, query) in NOT {
        faults.add(what, texts(survived, query, None).await);
    }
    for stream in sharers.all() {
        let said = all_confirmed(stream);
        receipts(stream, &said, faults);
        let kept = |query| texts(survived, query, Some(&**stream));
        faults.once_each("inbox of sharing", &said, &kept(INBOX).await);
        for (kind, query) in
            [("share.requested", ASKED), ("share.offered", OFFERED), ("consent.recorded", STATED)]
        {
            faults.once_each(kind, &confirmed(stream, kind), &kept(query).await);
        }
        for (kind, at, query) in [
            ("share.wanted", "/data/request", WANTED),
            ("share.refused", "/data/request", REFUSED),
            ("share.delivered", "/id", DELIVERED),
            ("consent.withdrawn", "/id", TAKEN_BACK),
        ] {
            faults.once_each(kind, &kept(query).await, &heard(stream, kind, at));
        }
    }
    let count = |kinds: &[&str]| {
        let all = sharers.all();
        kinds.iter().map(|kind| all.map(|stream| confirmed(stream, kind).len()).iter().sum::<usize>()).sum()
    };
    Shared {
        consents: count(&["consent.recorded"]),
        requests: count(&["share.requested"]),
        answers: count(&["share.supplied", "share.declined"]),
        offers: count(&["share.offered"]),
        deliveries: texts(survived, "SELECT delivery_id::text FROM delivery", None).await.len(),
        acknowledged: count(&["delivery.acknowledged"]),
        withdrawn: texts(survived, "SELECT DISTINCT delivery_id::text FROM withdrawal", None).await.len(),
    }
}

/// Each was taken down, and that was told once.
fn receipts(stream: &Stubborn, said: &[String], faults: &mut Faults) {
    let ledger = stream.ledger();
    for id in said {
        let answers = ledger.heard.get(id);
        match first_answers(answers, "uk.caf.receipt.issued.v1") {
            1 => {}
            n => faults.add(&format!("{n} receipts"), [id.clone()]),
        }
        let states = answers.into_iter().flat_map(HashMap::values).map(|answer| &answer["data"]["state"]);
        let rejected = states.filter(|state| *state == "rejected").count();
        faults.add("rejected", (0..rejected).map(|_| id.clone()));
    }
}

/// What stands at a place of all that came of a type; a message that came twice has one id and counts once.
fn heard(stream: &Stubborn, kind: &str, at: &str) -> Vec<String> {
    let ledger = stream.ledger();
    let all = ledger.heard.values().flat_map(HashMap::values);
    let of_type = all.filter(|message| message["type"] == format!("uk.caf.{kind}.v1"));
    of_type.filter_map(|message| message.pointer(at).and_then(Value::as_str)).map(str::to_owned).collect()
}

async fn texts(survived: &Survived, query: &str, of: Option<&Stubborn>) -> Vec<String> {
    let mut database = survived.world.database_of("sharing").await;
    let query = sqlx::query(AssertSqlSafe(query));
    let query = match of {
        Some(stream) => query.bind(stream.agency.as_str()),
        None => query,
    };
    let rows = query.fetch_all(&mut database).await.expect("the database answers");
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}
