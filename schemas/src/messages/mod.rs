//! The messages, one file a type. Field by field as the JSON Schemas in `json/` describe them.

mod about;
mod access_notified;
mod caf_advised;
mod caf_checked;
mod caf_closed;
mod caf_completed;
mod caf_intended;
mod caf_refused;
mod caf_reopened;
mod caf_returned;
mod caf_started;
mod caf_transferred;
mod caf_withdrawn;
mod child_corrected;
mod child_recorded;
mod consent_recorded;
mod consent_scope;
mod family_told;
mod inbound;
mod index_answered;
mod index_looked_up;
mod involvement_ended;
mod involvement_recorded;
mod known_person;
mod manifest;
mod on_behalf_of;
mod person;
mod practitioner_block;
mod practitioner_ended;
mod practitioner_recorded;
mod receipt_issued;
mod reminder_issued;
mod restriction_lifted;
mod restriction_set;
mod to_index;
mod to_sharing;
mod understanding;

// ---- sharing
mod about;
mod asked;
mod caveat;
mod holder;
mod item;
mod known_person;
mod lawful_basis;
mod not_for;
mod own_basis;
mod part_content;
mod recipients;
mod referral;
mod share_delivered;
mod share_refused;
mod share_requested;
mod share_supplied;
mod share_wanted;

pub use about::About;
pub use access_notified::{AccessNotice, AccessNotified};
pub use caf_advised::{AdviceContact, CafAdvised};
pub use caf_checked::CafChecked;
pub use caf_closed::CafClosed;
pub use caf_completed::CafCompleted;
pub use caf_intended::{CafIntended, ChildDescribed};
pub use caf_refused::{CafRefused, ChildRefused};
pub use caf_reopened::CafReopened;
pub use caf_returned::CafReturned;
pub use caf_started::CafStarted;
pub use caf_transferred::{CafTransferred, Transfer};
pub use caf_withdrawn::CafWithdrawn;
pub use child_corrected::{ChildCorrected, Correction};
pub use child_recorded::{Address, Carer, ChildRecorded, Setting};
pub use consent_recorded::{
    Agreed, ConsentManner, ConsentRecorded, Decided, Evidence, LiaisedWithParents, Withdrawal, Withdrawn,
};
pub use consent_scope::{
    AgenciesCovered, AgenciesExcluded, ConsentScope, ItemsExcluded, PartsCovered, PartsIncluded,
};
pub use family_told::FamilyTold;
pub use inbound::Inbound;
pub use index_answered::{CafContact, Contact, IndexAnswered};
pub use index_looked_up::{IndexLookedUp, LookupBy};
pub use involvement_ended::InvolvementEnded;
pub use involvement_recorded::InvolvementRecorded;
pub use known_person::KnownPerson;
pub use manifest::{Agreement, CopyGiven, CopyWithheld, Manifest, PartOfForm};
pub use on_behalf_of::{OnBehalfOf, ToldBy};
pub use person::Person;
pub use practitioner_block::{PractitionerBlock, PractitionerInCase, PractitionerOf};
pub use practitioner_ended::PractitionerEnded;
pub use practitioner_recorded::{Check, PractitionerRecorded, TrainingDone};
pub use receipt_issued::{AmqpMessageId, FirstReceipt, ReceiptIssued, ReceiptOf};
pub use reminder_issued::ReminderIssued;
pub use restriction_lifted::RestrictionLifted;
pub use restriction_set::RestrictionSet;
pub use to_index::ToIndex;
pub use to_sharing::ToSharing;

// ---- sharing
pub use about::About;
pub use asked::{Asked, RecordExtract};
pub use caveat::Caveat;
pub use holder::Holder;
pub use item::{Attributed, Confidence, Item, ItemContent};
pub use known_person::KnownPerson;
pub use lawful_basis::LawfulBasis;
pub use not_for::NotFor;
pub use own_basis::{Because, ConsentStands, OwnBasis};
pub use part_content::{DeliveredPart, PartContent};
pub use recipients::{Recipient, Recipients, To};
pub use referral::Referral;
pub use share_delivered::ShareDelivered;
pub use share_refused::ShareRefused;
pub use share_requested::ShareRequested;
pub use share_supplied::ShareSupplied;
pub use share_wanted::{ConsentExtract, Requester, ShareWanted};
pub use understanding::{ChildHeard, Understanding};
