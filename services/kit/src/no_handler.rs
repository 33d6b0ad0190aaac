//! For lanes whose messages never reach a rule: unrouted and dead-lettered ones.

use std::collections::BTreeSet;

use schemas::codes::ReceiptCode;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::handler::{Handler, Outcome};
use crate::message::Message;

#[derive(Debug)]
pub(crate) struct NoHandler;

impl Handler for NoHandler {
    type Key = ();
    type State = ();

    fn keys(&self, _message: &Message) -> Vec<()> {
        Vec::new()
    }

    fn lock(&self, (): &()) -> Option<i64> {
        None
    }

    async fn load(&self, _tx: &mut PgConnection, _keys: &BTreeSet<()>) -> Result<(), sqlx::Error> {
        Ok(())
    }

    fn apply(&self, (): &mut (), _message: &Message, _now: OffsetDateTime) -> Outcome {
        Outcome::Rejected { code: ReceiptCode::UnknownType, pointers: Vec::new() }
    }

    async fn store(&self, _tx: &mut PgConnection, (): ()) -> Result<(), sqlx::Error> {
        Ok(())
    }
}
