//! Facts: one that shares, and any.

use deciding::{
    AboutConsent, AboutWhom, Advice, ConsentFact, Facts, Judged, SensitiveService, Stage, Standing,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use schemas::{
    AgencyId, AgencyKind, ConsentPosition, ElectronicRecording, FormPart, PracticeBasis,
    PublicInterestGround, Purpose, Restriction, YesNo,
};

/// An action plan for housing, which the family agreed to.
pub(crate) fn agreed() -> Facts {
    Facts {
        stage: Stage::Release,
        recipient: AgencyId::parse("southgate-housing").unwrap(),
        recipient_kind: AgencyKind::Housing,
        own_team: YesNo::No,
        standing: Standing::Checked,
        part: FormPart::ActionPlan,
        purpose: Purpose::ReferForService,
        basis: PracticeBasis::Consent,
        ground: None,
        judged: Judged::ByHolder,
        reasons: YesNo::Yes,
        consent_position: None,
        consent: ConsentFact::Covered,
        electronic_recording: None,
        about: AboutWhom::Child,
        about_consent: AboutConsent::NotNeeded,
        confidential: YesNo::Yes,
        not_for: YesNo::No,
        informant: YesNo::No,
        sensitive_service: SensitiveService::NotConcerned,
        restriction: Restriction::None,
        cleared: YesNo::No,
        advice: Advice::None,
        more_detrimental: YesNo::No,
    }
}

/// `often` makes a fact that does not stand in the way as likely as all others together: else next to nothing is shared.
fn often<T: Clone + std::fmt::Debug + 'static>(usual: T, all: &'static [T]) -> impl Strategy<Value = T> {
    prop_oneof![3 => Just(usual), 1 => select(all)]
}

/// Any facts at all.
pub(crate) fn any_facts() -> impl Strategy<Value = Facts> {
    let whom = (
        select(&["southgate-housing", "riverside-yot", "another-agency", "borough-caf-team"][..]),
        prop_oneof![select(&[AgencyKind::CafTeam, AgencyKind::SocialCare][..]), select(AgencyKind::ALL)],
        often(Standing::Checked, Standing::ALL),
        prop_oneof![Just(FormPart::ActionPlan), select(FormPart::ALL)],
        prop_oneof![select(&[Purpose::SafeguardingEnquiry, Purpose::QualityCheck][..]), select(Purpose::ALL)],
        select(&[YesNo::Yes, YesNo::No][..]),
    );
    let ground = (
        select(Stage::ALL),
        prop_oneof![Just(PracticeBasis::Consent), select(PracticeBasis::ALL)],
        option::of(select(PublicInterestGround::ALL)),
        often(Judged::ByHolder, Judged::ALL),
        often(YesNo::Yes, YesNo::ALL),
        option::of(select(ConsentPosition::ALL)),
        prop_oneof![Just(ConsentFact::Covered), select(ConsentFact::ALL)],
        option::of(often(ElectronicRecording::Agreed, ElectronicRecording::ALL)),
        often(Advice::None, Advice::ALL),
        often(YesNo::No, YesNo::ALL),
    );
    let people = (
        often(AboutWhom::Child, AboutWhom::ALL),
        select(AboutConsent::ALL),
        select(YesNo::ALL),
        often(YesNo::No, YesNo::ALL),
        often(YesNo::No, YesNo::ALL),
        often(SensitiveService::NotConcerned, SensitiveService::ALL),
        often(Restriction::None, Restriction::ALL),
        select(YesNo::ALL),
    );
    (whom, ground, people).prop_map(|(whom, ground, people)| Facts {
        stage: ground.0,
        recipient: AgencyId::parse(whom.0).unwrap(),
        recipient_kind: whom.1,
        own_team: whom.5,
        standing: whom.2,
        part: whom.3,
        purpose: whom.4,
        basis: ground.1,
        ground: ground.2,
        judged: ground.3,
        reasons: ground.4,
        consent_position: ground.5,
        consent: ground.6,
        electronic_recording: ground.7,
        about: people.0,
        about_consent: people.1,
        confidential: people.2,
        not_for: people.3,
        informant: people.4,
        sensitive_service: people.5,
        restriction: people.6,
        cleared: people.7,
        advice: ground.8,
        more_detrimental: ground.9,
    })
}
