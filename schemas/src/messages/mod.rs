//! The messages, one file a type. Field by field as the JSON Schemas in `json/` describe them.

mod caf_started;
mod child_recorded;
mod inbound;
mod index_answered;
mod index_looked_up;
mod involvement_ended;
mod involvement_recorded;
mod practitioner_block;
mod practitioner_ended;
mod practitioner_recorded;
mod receipt_issued;
mod restriction_set;

pub use caf_started::CafStarted;
pub use child_recorded::{Address, Carer, ChildRecorded, Setting};
pub use inbound::Inbound;
pub use index_answered::{CafContact, Contact, IndexAnswered};
pub use index_looked_up::{IndexLookedUp, LookupBy};
pub use involvement_ended::InvolvementEnded;
pub use involvement_recorded::InvolvementRecorded;
pub use practitioner_block::{PractitionerBlock, PractitionerInCase};
pub use practitioner_ended::PractitionerEnded;
pub use practitioner_recorded::{Check, PractitionerRecorded, TrainingDone};
pub use receipt_issued::{AmqpMessageId, FirstReceipt, ReceiptIssued, ReceiptOf};
pub use restriction_set::RestrictionSet;
