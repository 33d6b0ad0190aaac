//! Whether content may pass through or rest here (D-C7 b).

use deciding::ConsentFact;
use schemas::{ConsentAct, ElectronicRecording};
use time::OffsetDateTime;

use super::held::Days;
use super::state::Then;

impl Then<'_> {
    /// And when it was last said. None: nobody who decides said anything that holds. Where those who decide disagree,
    /// nothing is kept.
    #[must_use]
    pub fn electronic_recording(&self) -> Option<(ElectronicRecording, OffsetDateTime)> {
        let coverage = self.decided(ConsentAct::RecordElectronically, None, Days::Heeded);
        let said = match coverage.fact {
            ConsentFact::Covered => Some(ElectronicRecording::Agreed),
            ConsentFact::CompetentRefusal
            | ConsentFact::Refused
            | ConsentFact::Withdrawn
            | ConsentFact::ExcludedAgency
            | ConsentFact::ExcludedPart
            | ConsentFact::Conflict => Some(ElectronicRecording::Refused),
            ConsentFact::WrongPerson
            | ConsentFact::NotValid
            | ConsentFact::UnconfirmedWidening
            | ConsentFact::PastReview
            | ConsentFact::OtherAct
            | ConsentFact::NotAsked
            | ConsentFact::None
            | ConsentFact::NotNamed => None,
        };
        let by = self.statements.iter().filter(|one| coverage.rests_on.contains(&one.version));
        said.zip(by.map(|one| one.said_on.effective_at()).max())
    }
}
