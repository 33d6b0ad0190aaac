//! What a holder declined, as the record tells of each part that was asked for (codes §6). The holder's own code and words
//! stand beside it.

use schemas::{DeclineCode, Happened, PracticeBasis, WithheldCode, YesNo};
use time::OffsetDateTime;

/// Why a part was withheld that its holder declined, asked for on this basis.
#[must_use]
pub const fn withheld(declined: DeclineCode, basis: PracticeBasis) -> WithheldCode {
    match declined {
        DeclineCode::NotHeld => WithheldCode::NoSuchPart,
        // D-S6: not necessary, not shown to be, not accurate or up to date, or not needed for a reason of the holder's own.
        DeclineCode::HeldButNotNecessary
        | DeclineCode::NeedsMoreReason
        | DeclineCode::TooOldToBeAccurate
        | DeclineCode::Other => WithheldCode::NotNecessaryForPurpose,
        DeclineCode::ConsentRefusedToUs => WithheldCode::NoConsent,
        DeclineCode::NotJustifiedWithoutConsent => unjustified(basis),
        DeclineCode::MoreDetrimentalToChild => WithheldCode::MoreDetrimental,
        DeclineCode::AboutAnotherPerson => WithheldCode::AboutAnotherPerson,
        DeclineCode::CourtOrPoliceRestriction => WithheldCode::CourtRestriction,
        DeclineCode::WrongChild => WithheldCode::UnknownChild,
        // As the policies D-S8 have it.
        DeclineCode::SeekingAdvice => match basis {
            PracticeBasis::Consent => WithheldCode::NoConsent,
            PracticeBasis::NotConfidentialAndNecessary
            | PracticeBasis::PublicInterest
            | PracticeBasis::LegalDutyOrOrder
            | PracticeBasis::DutyToShare => WithheldCode::PublicInterestNotMadeOut,
        },
    }
}

/// D-S3, D-S4: what is not shared without consent.
const fn unjustified(basis: PracticeBasis) -> WithheldCode {
    match basis {
        PracticeBasis::NotConfidentialAndNecessary => WithheldCode::NotConfidentialTestFailed,
        PracticeBasis::Consent
        | PracticeBasis::PublicInterest
        | PracticeBasis::LegalDutyOrOrder
        | PracticeBasis::DutyToShare => WithheldCode::PublicInterestNotMadeOut,
    }
}

/// Whether what a holder gives upon a request does the child more harm than good, by what it said itself: it declined the
/// request so at `judged_at`. What was said later than that is its new judgement; of one day the refusal holds (G7).
#[must_use]
pub fn more_detrimental(judged_at: Option<OffsetDateTime>, given_on: Happened) -> YesNo {
    if judged_at.is_some_and(|judged_at| judged_at >= given_on.effective_at()) {
        YesNo::Yes
    } else {
        YesNo::No
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn what_a_holder_said_last_is_its_judgement_and_of_one_day_the_refusal_holds() {
        let said = |written: &str| Happened::parse(written).unwrap();
        let declined = Some(said("2026-11-20").ends_at());
        for (given_on, expected) in [
            ("2026-11-19", YesNo::Yes),
            ("2026-11-20", YesNo::Yes),
            ("2026-11-20T15:00:00Z", YesNo::Yes),
            ("2026-11-21", YesNo::No),
        ] {
            assert_eq!(more_detrimental(declined, said(given_on)), expected, "{given_on}");
        }
        assert_eq!(more_detrimental(None, said("2026-11-20")), YesNo::No);
    }

    #[test]
    fn what_was_asked_for_with_consent_and_without_is_withheld_by_a_code_of_its_own() {
        let code = |basis| withheld(DeclineCode::NotJustifiedWithoutConsent, basis);
        assert_eq!(code(PracticeBasis::NotConfidentialAndNecessary), WithheldCode::NotConfidentialTestFailed);
        assert_eq!(code(PracticeBasis::PublicInterest), WithheldCode::PublicInterestNotMadeOut);
        let waits = |basis| withheld(DeclineCode::SeekingAdvice, basis);
        assert_eq!(waits(PracticeBasis::Consent), WithheldCode::NoConsent);
        assert_eq!(waits(PracticeBasis::DutyToShare), WithheldCode::PublicInterestNotMadeOut);
    }
}
