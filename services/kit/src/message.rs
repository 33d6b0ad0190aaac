//! A message that passed every check, as a handler sees it.

use schemas::catalogue::MessageType;
use schemas::check::Accepted;
use schemas::ids::{AgencyId, MessageId};
use time::OffsetDateTime;

/// One checked message.
#[derive(Debug)]
pub struct Message {
    /// The agency that sent it: the first word of the routing key, which the broker enforces.
    pub sender: AgencyId,
    /// The sender's id of the message.
    pub id: MessageId,
    pub kind: MessageType,
    /// The envelope's other fields and the typed data.
    pub body: Accepted,
    /// When we took it from the broker.
    pub received_at: OffsetDateTime,
}
