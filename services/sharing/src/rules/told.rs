//! What the one who asked is told: one of a few phrases, whatever the reasons were (codes §6, G5).

use schemas::{AgencyNow, SafetyNote, ShareDecision, ToldCode};

/// Nothing is passed on, or nothing comes: what is said of it.
#[must_use]
pub const fn refused(outcome: ShareDecision) -> ToldCode {
    match outcome {
        // Whoever may know that there is a holder may know that a person is needed.
        ShareDecision::PendingAdvice | ShareDecision::PendingConsent => ToldCode::AskCafTeam,
        ShareDecision::Share
        | ShareDecision::ShareInPart
        | ShareDecision::DoNotShare
        | ShareDecision::ReferredToHolder => ToldCode::NotShared,
    }
}

/// What goes with every answer, refusal and expiry (D-S1): with the number of the receiver's own area, since that of
/// another would tell.
#[must_use]
pub fn safety_note(receiver: &AgencyNow) -> SafetyNote {
    let area = receiver.authorities.first();
    SafetyNote::with_numbers(area.map(|area| (area.name.as_str(), &area.safeguarding_phone)))
}
