#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::path::{Path, PathBuf};

use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::{Value, json};

use super::{
    Answer, Author, Kind, Outcome, Problem, draft,
    ids::Ids,
    journal::{Import, Journal},
    rejects,
    sheet::Sheet,
};
use crate::random;

const KINDS: [Kind; 3] = [Kind::Practitioners, Kind::Children, Kind::CafLog];

/// A file in a folder of its own, removed at the end.
struct Written(PathBuf);

impl Written {
    fn new(content: impl AsRef<[u8]>) -> Self {
        let name = format!("caf-import-{}", random::hex(&random::bytes::<8>().unwrap()));
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir(&directory).unwrap();
        let path = directory.join("file.csv");
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    fn sheet(&self, kind: Kind) -> crate::Result<Sheet> {
        Sheet::open(&self.0, kind)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}

fn author() -> Author {
    Author { agency: schemas::AgencyId::parse("beaumont-school").unwrap(), ids: Ids::new().unwrap() }
}

/// What every row of a file comes to: the data of its messages, or what is wrong.
fn read(kind: Kind, content: impl AsRef<[u8]>) -> Vec<Result<Vec<Value>, Answer>> {
    let file = Written::new(content);
    let (sheet, author) = (file.sheet(kind).unwrap(), author());
    let rows = sheet.rows().unwrap().map(|row| draft::messages(&sheet, &row.unwrap(), &author).unwrap());
    let shown = |message: &crate::client::Outgoing| {
        let envelope = message.envelope();
        json!([envelope["type"], envelope.get("subject"), envelope["data"]])
    };
    rows.map(|row| row.map(|messages| messages.iter().map(shown).collect())).collect()
}

fn refusal(kind: Kind, content: impl AsRef<[u8]>) -> String {
    Written::new(content).sheet(kind).unwrap_err().to_string().replace(['/', '\\'], "")
}

fn wrong(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{}: {}", problem.at, problem.problem)).collect()
}

#[test]
fn a_practitioner_is_a_row() {
    let file = "practitioner-id,name,job,work-phone,check-state,authorities,happened-on,check-kind,checked-on,recheck-months,vouched-by,training
t-1,Tess Archer,teacher,01632 960123,held,borough; county,2026-09-01,enhanced-dbs,2025-09-01,36,Head,caf-assessor=2026-01-31;safeguarding=2026-02-01
";
    let expected = json!(["uk.caf.practitioner.recorded.v1", null, {
        "practitionerId": "t-1", "name": "Tess Archer", "job": "teacher", "workPhone": "01632 960123",
        "check": {"kind": "enhanced-dbs", "checkedOn": "2025-09-01", "recheckPolicyMonths": 36, "vouchedBy": "Head", "state": "held"},
        "training": [{"kind": "caf-assessor", "on": "2026-01-31"}, {"kind": "safeguarding", "on": "2026-02-01"}],
        "state": "active", "authorities": ["borough", "county"], "happenedOn": "2026-09-01", "localRef": "t-1",
    }]);
    assert_eq!(read(Kind::Practitioners, file), [Ok(vec![expected])]);
}

#[test]
fn a_child_is_a_row_whose_lists_close_up_over_empty_columns() {
    let file = "\u{feff}Local-ID,family-name,given-names,birth-date,authority,happened-on,nhs-number,upn,address-2,postcode,address-show-to,carer-2-name,carer-2-relationship,carer-2-parental-responsibility,carer-2-lives-with-child,carer-2-contact-restricted,synthetic\r\n\
p-1,\"O'Hara, the younger\",Ada; Mary Ann,2017-03,borough,2026-09-01,,B123456789012, 2 Invented Row ,ZZ1 1AA,ordinary,\"Ms \"\"Bo\"\" Sample\",mother,yes-mother,yes,no,yes\r\n\
,,,,,,,,,,,,,,,,\r\n\r\n";
    let rows = read(Kind::Children, file.replace("B123456789012", ""));
    let expected = json!(["uk.caf.child.recorded.v1", "local:p-1", {
        "names": {"given": ["Ada", "Mary Ann"], "family": "O'Hara, the younger"},
        "birth": {"date": "2017-03", "precision": "month"}, "gender": "not-known",
        "addresses": [{"kind": "home", "lines": ["2 Invented Row"], "postcode": "ZZ1 1AA", "showTo": "ordinary"}],
        "carers": [{"name": "Ms \"Bo\" Sample", "relationship": "mother", "parentalResponsibility": "yes-mother",
                    "livesWithChild": "yes", "contactRestricted": "no"}],
        "childState": "living", "authority": "borough", "synthetic": true, "happenedOn": "2026-09-01", "localRef": "p-1",
    }]);
    assert_eq!(rows, [Ok(vec![expected])]);
    // the one number that is there stands first in its list, and is named by its column all the same
    let Err(found) = &read(Kind::Children, file)[0] else { panic!("the check letter is wrong") };
    assert_eq!(found.code.as_deref(), Some("check-digit"));
    assert_eq!(wrong(&found.problems), ["upn: the check digit or check letter is wrong"]);
}

#[test]
fn a_row_of_the_log_becomes_what_it_tells_of() {
    let columns = "local-id,caf-id,assessor,authority,started-on,form-medium,electronic-recording,review-due-on,lead,lead-service,lead-level,completed-on,parts-filled,parts-to-follow,excluded-recorded,safeguarding-considered,safeguarding-acted,single-agency-tried,family-name,birth-date,happened-on,lead-kind";
    let started = "c-1,17,t-1,borough,2026-09-01,paper,agreed,";
    let file = format!(
        "{columns}\n{started},,,,,,,,,,,,,,\n{started}2026-12-18,t-2,Year 5,universal,2026-10-01,identity;reason,action-plan,yes,yes,no,yes,Example,2017,2026-08-01,parent-or-carer\n{started},,,targeted,2026-10-01,,,,,,,,,,\n"
    );
    let rows = read(Kind::CafLog, file);
    let types = |row: &Result<Vec<Value>, Answer>| -> Vec<String> {
        row.as_ref().unwrap().iter().map(|message| message[0].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(types(&rows[0]), ["uk.caf.caf.started.v1"]);
    let all = ["child.recorded", "caf.started", "caf.completed", "involvement.recorded"];
    assert_eq!(types(&rows[1]), all.map(|name| format!("uk.caf.{name}.v1")));
    let messages = rows[1].as_ref().unwrap();
    assert_eq!(messages[1][2]["cafRef"], "beaumont-school/17");
    assert_eq!(messages[1][2]["reviewDueOn"], "2026-12-18");
    let parts = json!([{"part": "identity", "state": "filled"}, {"part": "reason", "state": "filled"}, {"part": "action-plan", "state": "to-follow"}]);
    assert_eq!(messages[2][2]["manifest"]["parts"], parts);
    let lead = json!({"id": "t-2", "roleInCase": "lead-professional"});
    assert_eq!(messages[3][2]["practitioner"], lead);
    assert_eq!(messages[3][2]["leadKind"], "parent-or-carer");
    assert_eq!(messages[3][2]["startedOn"], "2026-09-01");
    // half of a form and half of a lead: nothing of the row is sent, and what is missing is named
    let Err(found) = &rows[2] else { panic!("not whole") };
    let found = wrong(&found.problems);
    for missing in ["lead: missing", "lead-service: missing", "parts-filled: missing"] {
        assert!(found.contains(&missing.to_owned()), "{found:?}");
    }
}

#[test]
fn what_is_wrong_with_a_row_is_named_by_its_column_and_never_quoted() {
    let file = "practitioner-id,name,job,work-phone,check-state,authorities,happened-on,recheck-months,deputy
t-1,Secret Person,wizard,no number,held,borough,01/09/2026,often,
t-2,Secret Person
";
    let rows = read(Kind::Practitioners, file);
    let Err(first) = &rows[0] else { panic!("much is wrong") };
    let found = wrong(&first.problems);
    for expected in [
        "job: not a code of this list (the schema has it)",
        "work-phone: not of the form that the schema says",
        "happened-on: not of the form that the schema says",
        "check-kind: missing",
        "recheck-months: not a whole number",
    ] {
        assert!(found.contains(&expected.to_owned()), "{expected}: {found:?}");
    }
    assert!(!format!("{found:?}").contains("Secret") && !format!("{found:?}").contains("often"), "{found:?}");
    let Err(second) = &rows[1] else { panic!("too short") };
    assert_eq!(wrong(&second.problems), ["the row: 2 fields, where there are 9 columns"]);
}

#[test]
fn a_file_that_cannot_be_taken_is_refused_whole_with_what_to_do() {
    let columns = "practitioner-id,name,job,work-phone,check-state,authorities,happened-on";
    let of = |content: &str| refusal(Kind::Practitioners, content);
    assert!(of("").contains("is empty"));
    let lacks = of("practitioner-id,name,job,check-state\n");
    assert!(
        lacks.contains("lacks what practitioners needs: work-phone, authorities, happened-on"),
        "{lacks}"
    );
    let unknown = of(&format!("{columns},shoe-size\n"));
    assert!(
        unknown.contains("a column shoe-size") && unknown.contains("Known: practitioner-id, name"),
        "{unknown}"
    );
    assert!(of(&format!("{columns},name\n")).contains("two columns name"));
    let headless = of("t-1,Tess Archer,teacher\n");
    assert!(headless.contains("names none of the columns") && !headless.contains("Tess"), "{headless}");
    let mut latin = format!("{columns}\nt-1,Zo").into_bytes();
    latin.extend(b"\xeb Archer,teacher,1,held,borough,2026-09-01\n");
    let latin = refusal(Kind::Practitioners, latin);
    assert!(latin.starts_with("row 2 of") && latin.contains("save the file as \"CSV UTF-8\""), "{latin}");
    assert!(refusal(Kind::Practitioners, b"\xff\xfep\0r\0").contains("is not UTF-8"));
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_told_with_its_row() {
    let columns = "practitioner-id,name,job,work-phone,check-state,authorities,happened-on";
    let row = |name: &str| format!("t-1,{name},teacher,01632 960123,held,borough,2026-09-01\n");
    let whole = |rows: &[String]| format!("{columns}\n{}", rows.concat());
    let refused = |content: String| {
        let refused = refusal(Kind::Practitioners, content);
        assert!(refused.contains("not closed") && !refused.contains("Tess"), "{refused}");
        refused.split(" of ").next().unwrap().to_owned()
    };
    let (plain, open) = (row("Tess"), row("\"Tess"));
    assert_eq!(refused(whole(&[plain.clone(), open.clone()])), "row 3");
    assert_eq!(refused(whole(&[plain.clone(), open.clone(), plain.clone()])), "row 3");
    assert_eq!(refused(whole(&[plain.clone(), "t-2,\"".to_owned()])), "row 3", "the last that there is");
    assert_eq!(refused(format!("\"{columns}\n{plain}")), "row 1");
    // Far below another cell has quotation marks: it closes the first, and opens none.
    let between = vec![plain.clone(); 17].concat();
    assert_eq!(refused(whole(&[open.clone(), between, row("\"Tess\"")])), "row 2");
    assert_eq!(refused(whole(&[format!("t-1,\"Tess{}", "x".repeat(300_000))])), "row 2");
    // Some lines in a cell, marks within it, and an end without a line break are as they should be.
    for name in ["\"Tess\nArcher\n\"", "\"Tess \"\"Bo\"\" Archer\"", "Tess \"Bo\" Archer"] {
        let content = whole(&[row(name)]);
        assert_eq!(Written::new(content.trim_end()).sheet(Kind::Practitioners).unwrap().rows, 1, "{name}");
    }
    let last = "practitioner-id,job,work-phone,check-state,authorities,happened-on,name\nt-1,,,,,,\"Tess\n\"";
    assert_eq!(Written::new(last).sheet(Kind::Practitioners).unwrap().rows, 1);
}

#[test]
fn the_journal_goes_on_after_an_interruption_and_with_its_own_import_alone() {
    let file = Written::new("practitioner-id\n");
    let path = file.0.with_extension("journal");
    let agency = author().agency;
    let of = |sha256: &str| Import {
        kind: Kind::Practitioners,
        agency: agency.clone(),
        exchange: "here".to_owned(),
        sha256: sha256.to_owned(),
    };
    let mut journal = Journal::open(&path, &of("1")).unwrap();
    let ids = journal.ids;
    let twice = Journal::open(&path, &of("1")).unwrap_err().to_string();
    assert!(twice.contains("another import of this file is running"), "{twice}");
    let recorded = Answer { outcome: Outcome::Recorded, code: None, problems: Vec::new() };
    journal.note(2, recorded.clone()).unwrap();
    journal.note(3, Answer::refused("bad-form", vec![Problem::in_column("job", "missing")])).unwrap();
    drop(journal);
    // a line cut short by a crash
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{whole}{{\"row\":4,\"outc")).unwrap();
    let mut journal = Journal::open(&path, &of("1")).unwrap();
    assert_eq!((journal.ids, journal.tally.done()), (ids, 2));
    let outcomes = [2, 3, 4].map(|row| journal.outcome(row).is_some());
    assert_eq!(outcomes, [true, true, false]);
    journal.note(4, recorded).unwrap();
    drop(journal);
    assert_eq!(Journal::open(&path, &of("1")).unwrap().tally.recorded, 2);
    let changed = Journal::open(&path, &of("2")).unwrap_err().to_string();
    assert!(changed.contains("the file has changed"), "{changed}");
    std::fs::write(&path, format!("{whole}nonsense\n")).unwrap();
    assert!(Journal::open(&path, &of("1")).unwrap_err().to_string().contains("damaged (line 4)"));
}

#[test]
fn rejects_are_the_rows_as_they_were_with_number_and_reason_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = Written::new(
        "import-reason,practitioner-id,name,job,work-phone,check-state,authorities,happened-on\nold,t-1,\"A, B\",teacher,,,,\nold,t-2,C,teacher,,,,\n,t-3,D\n",
    );
    let sheet = file.sheet(Kind::Practitioners).unwrap();
    let of = Import {
        kind: Kind::Practitioners,
        agency: author().agency,
        exchange: String::new(),
        sha256: sheet.sha256.clone(),
    };
    let mut journal = Journal::open(&sheet.beside(".import-journal"), &of).unwrap();
    journal.note(4, Answer::refused("field-count", vec![Problem::in_column("the row", "3 fields")])).unwrap();
    let receipt = json!({"data": {"state": "rejected", "code": "unknown-code", "pointers": [{"at": "/data/authorities/0", "problem": "not on the register"}]}});
    journal.note(2, Answer::read(&receipt, schemas::MessageType::PractitionerRecorded).unwrap()).unwrap();
    rejects::write(&sheet, &journal).unwrap();
    let path = sheet.beside(".rejects.csv");
    let expected =
        "practitioner-id,name,job,work-phone,check-state,authorities,happened-on,import-row,import-reason
t-1,\"A, B\",teacher,,,,,2,unknown-code; authorities: not on the register
t-3,D,,,,,,4,field-count; the row: 3 fields
";
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // it can be imported itself
    assert!(Sheet::open(&path, Kind::Practitioners).is_ok());
}

#[test]
fn the_documentation_names_every_column() {
    let told =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/import.md")).unwrap();
    for kind in KINDS {
        for column in kind.columns() {
            let name = &column.name;
            let family =
                if name.starts_with("carer-") { format!("carer-1-{}", &name[8..]) } else { name.clone() };
            assert!(told.contains(&format!("`{family}`")), "{kind}: {name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Whatever stands in the cells: no panic, no loop, and no problem quotes it.
    #[test]
    fn any_cells_end_in_messages_or_in_words_that_quote_nothing(
        which in 0_usize..3, cells in proptest::collection::vec("[a-z0-9;=/ \"\n\u{e9}-]{0,12}", 40), mark in any::<u32>()
    ) {
        let kind = KINDS[which];
        let mark = format!("mark{mark}mark");
        let columns = kind.columns();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(columns.iter().map(|column| column.name.as_str())).unwrap();
        writer.write_record(columns.iter().enumerate().map(|(n, _)| format!("{}{mark}", cells[n % cells.len()]))).unwrap();
        for row in read(kind, writer.into_inner().unwrap()) {
            if let Err(found) = row {
                assert!(!found.problems.is_empty());
                assert!(!format!("{found:?}").contains(&mark), "{found:?}");
                let is_known = |at: &str| at.starts_with('/') || columns.iter().any(|column| column.name == at);
                assert!(found.problems.iter().all(|problem| is_known(&problem.at)), "{found:?}");
            }
        }
    }

    /// Whatever bytes a file holds, it is read or refused in words.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for kind in KINDS {
            let file = Written::new(&bytes);
            if let Ok(sheet) = file.sheet(kind) {
                sheet.rows().unwrap().for_each(|row| drop(row.unwrap()));
            }
        }
    }
}
