//! Every column of the files, as a table of contents. docs/import.md shows the same.

use std::sync::LazyLock;

use super::kind::{Part, Sent, What};

/// One column: its name and where its value goes.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    /// The place in the message; a number is a place in a list, which closes up where earlier ones are
    /// empty.
    pub place: String,
    pub shape: Shape,
    /// A file without this column is refused whole.
    pub needed: bool,
    /// Also of other messages of the same row: alone it makes none.
    pub shared: bool,
}

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Text,
    /// The agency's own id of the child, as a subject.
    Local,
    /// The agency's own id of a CAF; the agency's id goes before it.
    Caf,
    /// Texts with semicolons between them.
    List,
    Number,
    /// `yes` or `no`.
    Flag,
    /// A number of this kind; blanks within it are left out.
    Identifier(&'static str),
    /// Parts of the form that are in this state.
    Parts(&'static str),
    /// Trainings, each with its day: `caf-awareness=2026-01-31`.
    Trainings,
}

fn column(name: &str, place: &str, shape: Shape) -> Column {
    let (name, place) = (name.to_owned(), place.to_owned());
    Column { name, place, shape, needed: false, shared: false }
}

impl Column {
    fn needed(self) -> Self {
        Self { needed: true, ..self }
    }

    fn shared(self) -> Self {
        Self { shared: true, ..self }
    }
}

fn practitioner() -> Vec<Column> {
    use Shape::{List, Number, Text, Trainings};
    vec![
        column("practitioner-id", "data/practitionerId", Text).needed(),
        column("name", "data/name", Text).needed(),
        column("job", "data/job", Text).needed(),
        column("work-phone", "data/workPhone", Text).needed(),
        column("check-state", "data/check/state", Text).needed(),
        column("authorities", "data/authorities", List).needed(),
        column("happened-on", "data/happenedOn", Text).needed(),
        column("check-kind", "data/check/kind", Text),
        column("checked-on", "data/check/checkedOn", Text),
        column("recheck-months", "data/check/recheckPolicyMonths", Number),
        column("vouched-by", "data/check/vouchedBy", Text),
        column("state", "data/state", Text),
        column("deputy", "data/deputy", Text),
        column("line-manager", "data/lineManager", Text),
        column("secure-contact", "data/secureContact", Text),
        column("training", "data/training", Trainings),
        column("local-ref", "data/localRef", Text),
    ]
}

fn child() -> Vec<Column> {
    use Shape::{Flag, Identifier, List, Local, Text};
    let mut columns = vec![
        column("local-id", "subject", Local).needed().shared(),
        column("family-name", "data/names/family", Text).needed(),
        column("birth-date", "data/birth/date", Text).needed(),
        column("authority", "data/authority", Text).needed().shared(),
        column("happened-on", "data/happenedOn", Text).needed(),
        column("given-names", "data/names/given", List),
        column("known-as", "data/names/knownAs", Text),
        column("former-names", "data/names/former", List),
        column("birth-precision", "data/birth/precision", Text),
        column("gender", "data/gender", Text),
        column("nhs-number", "data/identifiers/0/value", Identifier("nhs-number")),
        column("upn", "data/identifiers/1/value", Identifier("upn")),
        column("uln", "data/identifiers/2/value", Identifier("uln")),
        column("address-kind", "data/addresses/0/kind", Text),
        column("address-1", "data/addresses/0/lines/0", Text),
        column("address-2", "data/addresses/0/lines/1", Text),
        column("address-3", "data/addresses/0/lines/2", Text),
        column("address-4", "data/addresses/0/lines/3", Text),
        column("postcode", "data/addresses/0/postcode", Text),
        column("address-show-to", "data/addresses/0/showTo", Text),
        column("address-from", "data/addresses/0/from", Text),
    ];
    for n in 0..4 {
        for (name, field) in [
            ("name", "name"),
            ("relationship", "relationship"),
            ("parental-responsibility", "parentalResponsibility"),
            ("lives-with-child", "livesWithChild"),
            ("contact-restricted", "contactRestricted"),
            ("phone", "phone"),
        ] {
            let place = format!("data/carers/{n}/{field}");
            columns.push(column(&format!("carer-{}-{name}", n + 1), &place, Text));
        }
    }
    columns.extend([
        column("setting-name", "data/setting/name", Text),
        column("setting-phone", "data/setting/phone", Text),
        column("gp-practice-name", "data/gpPractice/name", Text),
        column("gp-practice-phone", "data/gpPractice/phone", Text),
        column("child-state", "data/childState", Text),
        column("restricted", "data/restricted", Text),
        column("synthetic", "data/synthetic", Flag),
        column("recorded-by", "data/practitioner/id", Text),
    ]);
    columns.extend(on_behalf_of());
    columns
}

fn child_of_its_own() -> Vec<Column> {
    let mut columns = child();
    columns.push(column("local-ref", "data/localRef", Shape::Text));
    columns
}

/// D-A3: only a CAF team says for whom it writes this down.
fn on_behalf_of() -> [Column; 5] {
    [
        ("on-behalf-of-agency", "agencyId"),
        ("on-behalf-of-practitioner", "practitionerId"),
        ("on-behalf-of-name", "name"),
        ("on-behalf-of-phone", "phone"),
        ("on-behalf-of-how", "how"),
    ]
    .map(|(name, field)| column(name, &format!("data/onBehalfOf/{field}"), Shape::Text).shared())
}

/// What every message about one CAF says.
fn of_caf() -> Vec<Column> {
    use Shape::{Caf, Local, Text};
    let mut columns = vec![
        column("local-id", "subject", Local).needed().shared(),
        column("caf-id", "data/cafRef", Caf).needed().shared(),
        column("assessor", "data/practitioner/id", Text).needed().shared(),
        column("authority", "data/authority", Text).needed().shared(),
    ];
    columns.extend(on_behalf_of());
    columns
}

fn caf_started() -> Vec<Column> {
    let mut columns = of_caf();
    columns.extend([
        column("started-on", "data/startedOn", Shape::Text).needed(),
        column("form-medium", "data/formMedium", Shape::Text).needed(),
        column("electronic-recording", "data/electronicRecording", Shape::Text).needed(),
        column("review-due-on", "data/reviewDueOn", Shape::Text),
    ]);
    columns
}

fn caf_completed() -> Vec<Column> {
    use Shape::{List, Parts, Text};
    let mut columns = of_caf();
    columns.extend([
        column("completed-on", "data/completedOn", Text),
        column("sent-to-caf-team-on", "data/sentToCafTeamOn", Text),
        column("consent-refs", "data/consentRefs", List),
        column("parts-filled", "data/manifest/parts", Parts("filled")),
        column("parts-not-relevant", "data/manifest/parts", Parts("not-relevant")),
        column("parts-to-follow", "data/manifest/parts", Parts("to-follow")),
        column("assessor-signed-on", "data/manifest/assessorSignedOn", Text),
        column("agreed-by", "data/manifest/agreedBy/0/person", Text),
        column("agreed-capacity", "data/manifest/agreedBy/0/capacity", Text),
        column("agreed-how", "data/manifest/agreedBy/0/how", Text),
        column("agreed-on", "data/manifest/agreedBy/0/on", Text),
        column("excluded-recorded", "data/manifest/excludedRecorded", Text),
        column("safeguarding-considered", "data/manifest/safeguardingConsidered", Text),
        column("safeguarding-acted", "data/manifest/safeguardingActed", Text),
        column("single-agency-tried", "data/manifest/singleAgencyTried", Text),
        column("copy-given-to", "data/manifest/copyGiven/0/to", Text),
        column("copy-given-on", "data/manifest/copyGiven/0/on", Text),
        column("copy-given-how", "data/manifest/copyGiven/0/how", Text),
    ]);
    columns
}

fn lead() -> Vec<Column> {
    use Shape::{Flag, Local, Text};
    let mut columns = vec![
        column("local-id", "subject", Local).needed().shared(),
        column("lead", "data/practitioner/id", Text),
        column("lead-service", "data/serviceName", Text),
        column("lead-level", "data/level", Text),
        column("lead-kind", "data/leadKind", Text),
        column("lead-since", "data/startedOn", Text),
        column("lead-phone", "data/contactPhone", Text),
        column("lead-sensitive", "data/sensitive", Flag),
    ];
    columns.extend(on_behalf_of());
    columns
}

static PRACTITIONER: LazyLock<Vec<Column>> = LazyLock::new(practitioner);
static CHILD: LazyLock<Vec<Column>> = LazyLock::new(child);
static CHILD_OF_ITS_OWN: LazyLock<Vec<Column>> = LazyLock::new(child_of_its_own);
static CAF_STARTED: LazyLock<Vec<Column>> = LazyLock::new(caf_started);
static CAF_COMPLETED: LazyLock<Vec<Column>> = LazyLock::new(caf_completed);
static LEAD: LazyLock<Vec<Column>> = LazyLock::new(lead);

fn part(what: What, columns: &'static [Column], named_by: &'static str, sent: Sent) -> Part {
    Part { what, columns, named_by, sent }
}

pub(super) static PRACTITIONER_PARTS: LazyLock<[Part; 1]> =
    LazyLock::new(|| [part(What::Practitioner, &PRACTITIONER, "practitioner-id", Sent::Always)]);

pub(super) static CHILD_PARTS: LazyLock<[Part; 1]> =
    LazyLock::new(|| [part(What::Child, &CHILD_OF_ITS_OWN, "local-id", Sent::Always)]);

pub(super) static CAF_LOG_PARTS: LazyLock<[Part; 4]> = LazyLock::new(|| {
    [
        part(What::Child, &CHILD, "local-id", Sent::WhereTold),
        part(What::Started, &CAF_STARTED, "caf-id", Sent::Always),
        part(What::Completed, &CAF_COMPLETED, "caf-id", Sent::WhereTold),
        part(What::Lead, &LEAD, "caf-id", Sent::WhereTold),
    ]
});

/// What the file of rejects adds to the columns; a mended file may keep them.
pub const ADDED: [&str; 2] = ["import-row", "import-reason"];
