//! Until when the agencies' certificates are good, told to the register: the authority's ledger is the
//! operator's, and the work list is the index's.

use std::collections::HashMap;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::certificates::number_of;
use crate::{Result, ca::Ca, clock, operator::Operator};

/// Tells the register what it does not know yet; how many agencies' certificates that were.
///
/// # Errors
/// When the authority's files cannot be read or the index does not answer.
pub async fn tell_register(operator: &Operator, ca: &Ca) -> Result<usize> {
    let until: HashMap<String, OffsetDateTime> =
        ca.issued()?.into_iter().map(|record| (record.number, record.valid_until)).collect();
    let exchange = operator.exchange()?;
    let registers = operator.registers()?;
    let known: Vec<Value> = registers.get("/agencies", &[]).await?;
    let mut told = 0;
    for entry in known {
        let agency = entry["id"].as_str().unwrap_or_default();
        let access = exchange.agencies.get(agency);
        let number = access.and_then(|access| number_of(&access.certificate));
        let Some(until) = number.and_then(|number| until.get(number)) else {
            continue;
        };
        let until = clock::rfc3339(*until);
        if entry["certificateUntil"] != until.as_str() {
            registers.put(&format!("/agencies/{agency}/certificate"), &json!({"until": until})).await?;
            told += 1;
        }
    }
    Ok(told)
}
