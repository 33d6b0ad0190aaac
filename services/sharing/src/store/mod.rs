//! The tables of sharing: named functions that take a transaction.

pub mod advice;
pub mod audit;
pub mod awaited;
pub mod consent;
pub mod consent_told;
pub mod decision;
pub mod delivery;
pub mod earlier;
pub mod family_copy;
pub mod publication;
pub mod share;
pub mod showing;
pub mod states;
pub mod widened;
pub mod world;
pub mod written;

use std::collections::BTreeSet;

use deciding::Rules;
use kit::seal::Sealer;
use kit::timers;
use sqlx::PgConnection;

use crate::keys::{ChildKeys, Keyring, Owner};
use crate::rules::changes::{Changes, Private};

/// Seals texts under their child's key.
pub(crate) struct Closet<'a> {
    sealer: &'a Sealer,
    keys: Keyring,
}

impl Closet<'_> {
    /// For the place that `context` names.
    pub(crate) fn seal(&self, context: &str, private: &Private) -> Result<Vec<u8>, sqlx::Error> {
        let key = self.keys.get(&owner(self.sealer, private));
        let key = key.ok_or_else(|| sqlx::Error::Encode("a key that was not asked for".into()))?;
        let plain =
            serde_json::to_vec(&private.plain.0).map_err(|error| sqlx::Error::Encode(error.into()))?;
        Ok(key.seal(context, &plain))
    }
}

fn owner(sealer: &Sealer, private: &Private) -> Owner {
    Owner::new(sealer, private.agency.as_str(), &private.child)
}

/// Writes all that a batch changed: the decisions in the transaction of what they release (G3).
///
/// # Errors
/// When the database refuses.
pub async fn write(
    tx: &mut PgConnection,
    changes: Changes,
    rules: &Rules,
    keys: &ChildKeys,
    sealer: &Sealer,
) -> Result<(), sqlx::Error> {
    let owners: BTreeSet<Owner> = private(&changes).map(|private| owner(sealer, private)).collect();
    let keys = async { if owners.is_empty() { Ok(Keyring::default()) } else { keys.of(&owners).await } };
    let (keys, ()) = tokio::try_join!(keys, share::store_facts(tx, &changes.facts))?;
    let closet = Closet { sealer, keys };
    share::store(tx, &changes.shares, &closet).await?;
    share::store_states(tx, &changes.states).await?;
    consent::store(tx, &changes.statements, &closet).await?;
    decision::store(tx, &changes.decisions, rules, &closet).await?;
    delivery::store(tx, &changes.deliveries, &closet).await?;
    earlier::store_recalls(tx, &changes.recalls).await?;
    delivery::store_asked_back(tx, &changes.asked_back).await?;
    delivery::store_withdrawals(tx, &changes.withdrawals).await?;
    delivery::store_not_kept(tx, &changes.not_kept, &changes.corrected).await?;
    delivery::store_acknowledged(tx, &changes.acknowledged).await?;
    consent_told::store(tx, &changes.consent_told).await?;
    widened::store_asked(tx, &changes.consent_asked).await?;
    widened::store_confirmed(tx, &changes.confirmed).await?;
    advice::store(tx, &changes.advice, &closet).await?;
    family_copy::store(tx, &changes.copies, &closet).await?;
    awaited::store(tx, &changes.awaited, &changes.passes).await?;
    timers::set(tx, &changes.timers).await
}

/// All that is sealed.
fn private(changes: &Changes) -> impl Iterator<Item = &Private> {
    let shares = changes.shares.iter().filter_map(|(_, private)| private.as_ref());
    let decisions = changes.decisions.iter().filter_map(|decided| decided.private.as_ref());
    let deliveries = changes.deliveries.iter().map(|delivered| &delivered.content);
    let statements = changes.statements.iter().map(|stated| &stated.private);
    let advice = changes.advice.iter().map(|advised| &advised.private);
    let copies = changes.copies.iter().map(|copied| &copied.private);
    shares.chain(decisions).chain(deliveries).chain(statements).chain(advice).chain(copies)
}
