//! Letting an agency in: what its certificate says, and which names it cannot have.

use lapin::options::BasicGetOptions;
use lapin::{Connection, ErrorKind};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use stories::{Kind, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_names_the_agency_whatever_its_request_says() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let yot = world.id("riverside-yot");
    let key = KeyPair::generate().expect("a key");
    let mut asked =
        CertificateParams::new(vec![school.id.to_string(), "localhost".to_owned()]).expect("names");
    asked.distinguished_name.push(DnType::CommonName, school.id.as_str());
    asked.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    asked.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let request = world.directory.join("request.pem");
    let pem = asked.serialize_request(&key).and_then(|request| request.pem());
    std::fs::write(&request, pem.expect("a request")).expect("a file");

    let request = request.to_str().expect("a path");
    let added = world.caf(&[
        "agency",
        "add",
        yot.as_str(),
        "--kind",
        "yot",
        "--sector",
        "statutory",
        "--display-name",
        "Riverside YOT",
        "--authority",
        "borough",
        "--duty-desk-phone",
        "01632 960001",
        "--safeguarding-lead-phone",
        "01632 960002",
        "--csr",
        request,
    ]);
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));

    let mut access = world.operator.exchange().expect("the exchange file").agencies[yot.as_str()].clone();
    assert_eq!(access.key, None, "the agency's key stays with the agency");
    let own_key = world.directory.join("yot.key");
    std::fs::write(&own_key, key.serialize_pem()).expect("a file");
    access.key = Some(own_key);
    let system = world.knock_with(&access).await.expect("it is let in");
    assert_eq!(reads(&system, &access.inbox).await, Ok(()), "as itself");
    assert_eq!(
        reads(&system, &school.client.access().inbox).await,
        Err(403),
        "not as the school that it named"
    );
}

/// Whether a queue may be read: nothing, or the code of the broker's refusal.
async fn reads(system: &Connection, queue: &str) -> Result<(), u16> {
    let channel = system.create_channel().await.expect("a channel");
    let options = BasicGetOptions::default();
    match channel.basic_get(queue.into(), options).await {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            ErrorKind::ProtocolError(said) => Err(said.get_id()),
            _ => panic!("{error}"),
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_belong_to_the_exchange_are_given_to_no_agency() {
    let world = World::start().await;
    for name in ["svc-index", "svc-sharing", "operator", "guest", "School-A", "school.a", "a"] {
        let added = world.caf(&[
            "agency",
            "add",
            name,
            "--kind",
            "school",
            "--sector",
            "statutory",
            "--display-name",
            "School",
            "--authority",
            "borough",
            "--duty-desk-phone",
            "01632 960001",
            "--safeguarding-lead-phone",
            "01632 960002",
        ]);
        assert_eq!(added.status.code(), Some(2), "{name}: {}", String::from_utf8_lossy(&added.stderr));
    }
}
