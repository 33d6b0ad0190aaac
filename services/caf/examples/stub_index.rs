//! temporary
use futures::StreamExt;
use lapin::{BasicProperties, options::*, types::FieldTable};
use serde_json::{Value, json};
use std::{collections::*, path::Path};
#[tokio::main]
async fn main() {
    let ex = caf::exchange_file::ExchangeFile::read(Path::new(&std::env::args().nth(1).unwrap())).unwrap();
    let d = std::env::args().nth(2).unwrap();
    let (c, k) = (format!("{d}/certificate.pem"), format!("{d}/key.pem"));
    let conn = caf::client::open(
        &ex.amqps,
        &ex.ca_certificate,
        Some(caf::tls::Identity { certificate: Path::new(&c), key: Path::new(&k) }),
    )
    .await
    .unwrap();
    let ch = conn.create_channel().await.unwrap();
    let mut a = ch
        .basic_consume(
            "index.statements".into(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        )
        .await
        .unwrap();
    let mut b = ch
        .basic_consume(
            "index.queries".into(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        )
        .await
        .unwrap();
    let mut seen = HashSet::new();
    let mut known: HashMap<String, String> = HashMap::new();
    loop {
        let m = tokio::select! { m = a.next() => m, m = b.next() => m }.unwrap().unwrap();
        let key = m.routing_key.as_str().to_owned();
        let agency = key.split('.').next().unwrap().to_owned();
        let v: Value = serde_json::from_slice(&m.data).unwrap_or_default();
        let id = v["id"].as_str().unwrap_or("").to_owned();
        let kind = schemas::MessageType::from_name(v["type"].as_str().unwrap_or("")).unwrap();
        let problems = schemas::check(kind, &v);
        let lookup = key.ends_with("looked-up");
        let nhs = v.pointer("/data/by/identifiers/0/value").and_then(Value::as_str).unwrap_or("").to_owned();
        let (ty, data) = if let Err(p) = &problems {
            (
                "receipt.issued",
                json!({"of": id, "state":"rejected","code": schemas::code_of(p), "pointers": p.iter().map(|p| json!({"at": p.at.to_string(), "problem": p.problem.to_string()})).collect::<Vec<_>>()}),
            )
        } else if !seen.insert(id.clone()) {
            (
                "receipt.issued",
                json!({"of": id, "state":"duplicate","first":{"state":"recorded","at":"2026-11-21T10:00:00Z"}}),
            )
        } else if lookup && v["data"]["practitioner"]["id"] == "demo-nobody" {
            ("receipt.issued", json!({"of": id, "state":"rejected","code":"unknown-practitioner"}))
        } else if lookup {
            if known.get(&nhs).is_some_and(|a| a != "oakfield-clinic") {
                (
                    "index.answered",
                    json!({"query": id, "outcome":"match","childRef":"child:019ab5d0-1c00-7000-8000-000000000001","contacts":[{"name":"Rosa Lindqvist","agencyName":"Beaumont School","job":"senco","phone":"020 7946 0103","lead":true,"keyWorker":false}],"cafMark":"open","cafContact":{"name":"Rosa Lindqvist","agencyName":"Beaumont School","phone":"020 7946 0103"},"safetyNote":"This is not proof that nobody is involved."}),
                )
            } else {
                (
                    "index.answered",
                    json!({"query": id, "outcome":"nothing-to-show","contacts":[],"cafMark":"none-shown","safetyNote":"This is not proof that nobody is involved."}),
                )
            }
        } else {
            if let Some(n) = v.pointer("/data/identifiers/0/value").and_then(Value::as_str) {
                known.insert(n.into(), agency.clone());
            }
            ("receipt.issued", json!({"of": id, "state":"recorded"}))
        };
        let ty = format!("uk.caf.{ty}.v1");
        let body = json!({"specversion":"1.0","id":"019ab5d0-1c00-7000-8000-000000000009","source":"svc-index","type":ty,"time":"2026-11-21T10:00:00Z","data":data});
        let rk = if lookup { format!("answers.{agency}") } else { format!("inbox.{agency}") };
        ch.basic_publish(
            "out".into(),
            rk.into(),
            BasicPublishOptions::default(),
            body.to_string().as_bytes(),
            BasicProperties::default().with_type(ty.into()).with_user_id("svc-index".into()),
        )
        .await
        .unwrap();
        m.ack(BasicAckOptions::default()).await.unwrap();
    }
}
