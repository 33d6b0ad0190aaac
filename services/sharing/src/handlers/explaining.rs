//! What would be decided of a message that nobody sent.

use std::collections::BTreeSet;

use kit::Message;
use kit::handler::{Handler, Outcome};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::sharing::{Key, Sharing};
use crate::rules::decision::Decided;

impl Sharing {
    /// Folds the message as its lane would, and stores nothing. Whether the same was said before does not matter, and
    /// nothing is locked, since nothing leaves.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn would_decide(
        &self,
        tx: &mut PgConnection,
        message: &Message,
        now: OffsetDateTime,
    ) -> Result<(Outcome, Vec<Decided>), sqlx::Error> {
        let matters = |key: &Key| !matches!(key, Key::Fact(_) | Key::Releases | Key::Waits);
        let keys: BTreeSet<Key> = self.keys(message).into_iter().filter(matters).collect();
        let mut state = self.load(tx, &keys).await?;
        let outcome = self.apply(&mut state, message, now);
        Ok((outcome, state.changes.decisions))
    }
}
