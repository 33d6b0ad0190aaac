//! What people wrote, opened for an operator who says who it is. That it was read is recorded before.

use std::collections::BTreeSet;

use kit::admin::Refusal;
use serde_json::{Value, json};

use super::Desk;
use crate::keys::Owner;
use crate::store::written::{self, Written};

/// Who reads.
pub(super) fn reader(by: &str) -> Result<&str, Refusal> {
    match by.trim() {
        "" => Err(Refusal::bad_request("say who reads it: reveal=NAME")),
        name => Ok(name),
    }
}

/// What stands in a message; that it is read is taken down first.
pub(super) async fn read(desk: &Desk, one: &Written, context: &str, by: &str) -> Result<Value, Refusal> {
    let mut tx = desk.db.begin().await?;
    written::reveal(&mut tx, one, by, desk.clock.now()).await?;
    tx.commit().await?;
    open(desk, (&one.agency, &one.child), context, &one.sealed).await
}

/// Opens what rests under an agency's key of a child, named as that agency names it.
pub(super) async fn open(
    desk: &Desk,
    (agency, child): (&str, &str),
    context: &str,
    sealed: &[u8],
) -> Result<Value, Refusal> {
    let owner = Owner::new(&desk.sealer, agency, child);
    let keys = desk.keys.known(&BTreeSet::from([owner])).await?;
    let Some(key) = keys.get(&owner) else {
        return Ok(json!("erased: the key of this child was destroyed"));
    };
    let unreadable = || Refusal::bad_request("the text does not open with this child's key");
    let plain = key.open(context, sealed).map_err(|_| unreadable())?;
    serde_json::from_slice(&plain).map_err(|_| unreadable())
}
