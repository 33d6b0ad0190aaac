//! What each message does: one file a message type, and the lanes that they run in.

mod advice_asked;
mod advice_given;
mod after_withdrawal;
mod asked_back;
mod awaited;
mod consent_recorded;
mod consent_widened;
mod delivery_acknowledged;
mod due_consents;
mod explaining;
mod family_copy_made;
mod ids;
mod pending;
mod release;
mod released;
mod reminders;
mod share_corrected;
mod share_declined;
mod share_offered;
mod share_recalled;
mod share_requested;
mod share_supplied;
mod sharing;
mod showing;
mod states;
mod timers;

pub use sharing::{Key, Sharing, State};
pub use states::States;
pub use timers::Timers;
