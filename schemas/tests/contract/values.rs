use proptest::prelude::*;
use schemas::{
    AgencyId, Birth, CafRef, Day, DobPrecision, Happened, LocalRef, Malformed, MessageId, Names, NhsNumber,
    PartialDate, Phone, Postcode, ReceiptOf, Subject, Text, Uln, Upn,
};
use serde_json::json;

fn names(given: &[&str], family: &str) -> Names {
    serde_json::from_value(json!({ "given": given, "family": family })).expect("names")
}

#[test]
fn nhs_numbers_have_a_check_digit() {
    assert!(NhsNumber::parse("9990000018").is_ok());
    assert_eq!(NhsNumber::parse("9990000019"), Err(Malformed::CheckDigit("the NHS number")));
    // The sum would need the digit 10: never issued.
    for digit in 0..=9 {
        let written = format!("999000000{digit}");
        assert!(matches!(NhsNumber::parse(&written), Err(Malformed::CheckDigit(_))), "{written}");
    }
    for written in ["", "999 000 0018", "999000001", "99900000180", "999000001x", "٩٩٩٠٠٠٠٠١٨"] {
        assert!(matches!(NhsNumber::parse(written), Err(Malformed::Form(_))), "{written}");
    }
}

#[test]
fn upns_have_a_check_letter_and_may_be_temporary() {
    assert!(Upn::parse("W999999915001").is_ok());
    assert!(Upn::parse("G99999991500A").is_ok());
    assert_eq!(Upn::parse("V999999915001"), Err(Malformed::CheckDigit("the UPN")));
    for written in ["", "w999999915001", "I999999915001", "W99999991500", "W9999999150O1", "WA99999915001"] {
        assert!(matches!(Upn::parse(written), Err(Malformed::Form(_))), "{written}");
    }
}

#[test]
fn ulns_have_a_check_digit() {
    assert!(Uln::parse("9999000028").is_ok());
    assert_eq!(Uln::parse("9999000029"), Err(Malformed::CheckDigit("the ULN")));
    assert!(matches!(Uln::parse("0999000028"), Err(Malformed::Form(_))));
}

#[test]
fn postcodes_compare_without_case_and_space() {
    let written = ["ZZ99 3VZ", "zz993vz", "Zz99 3vZ", "ZZ993VZ"];
    for other in written {
        let postcode = Postcode::parse(other).expect("a postcode");
        assert_eq!(postcode.normal().as_str(), "ZZ993VZ");
    }
    for fits in ["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 0AX", "EC1A 1BB"] {
        assert!(Postcode::parse(fits).is_ok(), "{fits}");
    }
    for not in ["", "LE1", "LE1  4AB", "LE1-4AB", "1LE 4AB", "LE1 44B", "LE1 4A", "LEE1 4AB", "LE1 4ÄB"] {
        assert!(Postcode::parse(not).is_err(), "{not}");
    }
}

#[test]
fn names_compare_without_case_accents_spaces_hyphens_and_apostrophes() {
    let plain = names(&["Zoe", "Anne"], "O'Dreary Los").folded().expect("letters");
    for (given, family) in [
        (&["ZOË-Anne"][..], "O’Dreary-Łoś"),
        (&["Zoe\u{308} anne"], "oDREARY los"),
        (&["Zoe", "Anne"], "O`Dreary Los"),
    ] {
        assert_eq!(names(given, family).folded().as_ref(), Some(&plain));
    }
    assert_eq!((plain.given(), plain.family()), ("zoeanne", "odrearylos"));
    assert_ne!(names(&["Zoe"], "O'Dreary Los").folded(), Some(plain));
    assert_eq!(names(&["İpek"], "Groß").folded(), names(&["Ipek"], "GROSS").folded());
    assert_eq!(names(&["小明"], "李").folded().expect("letters").family(), "李");
}

#[test]
fn a_name_without_a_given_name_is_not_compared() {
    assert_eq!(names(&[], "Quillfeather").folded(), None);
    assert_eq!(names(&["-"], "Quillfeather").folded(), None);
    assert_eq!(names(&["Ada"], "-").folded(), None);
}

#[test]
fn a_birth_date_is_as_precise_as_it_says() {
    let birth = |date: &str, precision| PartialDate::parse(date).and_then(|date| Birth::new(date, precision));
    assert!(birth("2017-03-09", DobPrecision::Exact).expect("exact").exact_day().is_some());
    assert!(birth("2027-02-14", DobPrecision::Expected).expect("expected").exact_day().is_none());
    assert!(birth("2010-06", DobPrecision::Month).is_ok() && birth("2012", DobPrecision::Year).is_ok());
    assert!(
        birth("2012", DobPrecision::Estimated).is_ok()
            && birth("2012-01-01", DobPrecision::Estimated).is_ok()
    );
    for (date, precision) in [
        ("2017-03", DobPrecision::Exact),
        ("2017", DobPrecision::Expected),
        ("2017-03-09", DobPrecision::Month),
        ("2017-03", DobPrecision::Year),
    ] {
        assert!(birth(date, precision).is_err());
    }
    assert_eq!(PartialDate::parse("2017-13"), Err(Malformed::DateImpossible("a month YYYY-MM")));
    assert_eq!(PartialDate::parse("2017-03").expect("a month").first_day().to_string(), "2017-03-01");
}

#[test]
fn a_day_counts_from_its_first_moment() {
    let day = Happened::parse("2026-11-20").expect("a day").effective_at();
    assert_eq!(Happened::parse("2026-11-20T00:00:00Z").expect("an instant").effective_at(), day);
    assert_eq!(Happened::parse("2026-11-20T01:00:00+01:00").expect("an instant").effective_at(), day);
    assert!(matches!(Day::parse("2026-02-29"), Err(Malformed::DateImpossible(_))));
    for written in ["1899-01-01", "2200-01-01", "2026-1-1", "2026-01-01T00:00:00", "2026-01-01t00:00:00z"] {
        assert!(matches!(Happened::parse(written), Err(Malformed::Form(_))), "{written}");
    }
}

#[test]
fn agencies_cannot_take_the_names_of_the_exchange() {
    for written in
        ["operator", "guest", "svc-index", "ab", "Beaumont", "1school", "a_b_c", "a.b.c", &"a".repeat(41)]
    {
        assert!(AgencyId::parse(written).is_err(), "{written}");
    }
    for written in ["abc", "beaumont-school", "svcs", "operators", &"a".repeat(40)] {
        assert!(AgencyId::parse(written).is_ok(), "{written}");
    }
}

#[test]
fn references_read_as_they_are_written() {
    let caf = CafRef::parse("beaumont-school/caf:1").expect("a CAF");
    assert_eq!((caf.agency().as_str(), caf.starters_id().as_str()), ("beaumont-school", "caf:1"));
    assert_eq!(caf.to_string(), "beaumont-school/caf:1");
    for written in ["local:p-4711", "child:0b5e8f6a-0c60-4f39-9a57-5d1b6dd1c111"] {
        assert_eq!(Subject::parse(written).expect("a subject").to_string(), written);
    }
    for written in
        ["", "p-4711", "local:", "local:a b", "child:4711", "child:0B5E8F6A-0C60-4F39-9A57-5D1B6DD1C111"]
    {
        assert!(Subject::parse(written).is_err(), "{written}");
    }
    assert!(LocalRef::parse(&"x".repeat(64)).is_ok() && LocalRef::parse(&"x".repeat(65)).is_err());
    assert!(MessageId::parse("0b5e8f6a0c604f399a575d1b6dd1c111").is_err());
}

#[test]
fn a_receipt_names_its_message_by_what_is_readable() {
    let uuid = "019ab5d0-1c00-7000-8000-000000000001";
    assert!(matches!(ReceiptOf::amqp(uuid), Some(ReceiptOf::Message(_))));
    assert!(matches!(ReceiptOf::amqp("export-431"), Some(ReceiptOf::Amqp(_))));
    for unreadable in ["", "an export", "delivered:2026-11-21T10:00:00Z", "é", &"x".repeat(256)] {
        assert_eq!(ReceiptOf::amqp(unreadable), None, "{unreadable}");
    }
    for written in [uuid, "export-431", "delivered:2026-11-21T10:00:01Z"] {
        assert_eq!(ReceiptOf::parse(written).expect("it names one").to_text(), written);
    }
}

#[test]
fn what_is_personal_does_not_print() {
    let names = names(&["Tobias"], "Featherby");
    let printed = [
        format!("{names:?}"),
        format!("{:?}", names.folded()),
        format!("{:?}", NhsNumber::parse("9990000018")),
        format!("{:?}", Postcode::parse("ZZ99 3VZ").map(|postcode| postcode.normal())),
        format!("{:?}", Phone::parse("07700 900123")),
        format!("{:?}", Day::parse("2017-03-09")),
        format!("{:?}", Happened::parse("2017-03-09")),
        format!("{:?}", Text::parse("The family asked.")),
        format!("{:?}", ReceiptOf::amqp("Featherby")),
    ]
    .concat();
    for personal in ["Tobias", "tobias", "Featherby", "999", "ZZ99", "07700", "2017", "asked"] {
        assert!(!printed.contains(personal), "{printed}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_wrong_digit_is_always_noticed(place in 0_usize..10, digit in 0_u8..10) {
        let mut digits = *b"9990000018";
        let before = digits[place];
        digits[place] = b'0' + digit;
        let written = std::str::from_utf8(&digits).expect("digits");
        prop_assert_eq!(NhsNumber::parse(written).is_ok(), digits[place] == before);
    }

    #[test]
    fn parsing_never_panics(written in "\\PC{0,40}") {
        let _ = (NhsNumber::parse(&written), Upn::parse(&written), Uln::parse(&written));
        let _ = (Postcode::parse(&written), Phone::parse(&written), Text::parse(&written));
        let _ = (Happened::parse(&written), PartialDate::parse(&written), Day::parse(&written));
        let _ = (Subject::parse(&written), CafRef::parse(&written), ReceiptOf::parse(&written));
        let _ = serde_json::from_value::<Names>(json!({ "given": [written], "family": written })).map(|names| names.folded());
    }
}
