//! References that may be of more than one kind: each text is read as one of them.

use schemas::{FormPerson, ReminderRef};

#[test]
fn a_reminder_tells_what_it_is_about_by_its_form() {
    let caf = ReminderRef::parse("beaumont-school/caf-2026-014");
    assert!(matches!(caf, Ok(ReminderRef::Caf(_))));
    let child = ReminderRef::parse("child:0b5e8f6a-0c60-4f39-9a57-5d1b6dd1c111");
    assert!(matches!(child, Ok(ReminderRef::Child(_))));
    // An agency's own id may begin with the same word.
    for own in ["int-2026-31", "child:31"] {
        assert!(matches!(ReminderRef::parse(own), Ok(ReminderRef::Statement(_))), "{own}");
    }
    for bad in ["", "svc-index/1", "two words", "a/b/c"] {
        assert!(ReminderRef::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_person_of_a_form_is_never_a_name() {
    for good in ["child", "person:c-1"] {
        assert_eq!(FormPerson::parse(good).map(|person| person.to_string()), Ok(good.to_owned()));
    }
    for bad in ["mother", "person:", "person:Rosalind Featherby", "Child"] {
        assert!(FormPerson::parse(bad).is_err(), "{bad}");
    }
}
