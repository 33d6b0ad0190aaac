//! Who is let in by the exchange, and when no longer.

use caf::agency::Renewal;
use caf::ca::{Ca, Validity};
use caf::clock::now;
use lapin::options::BasicGetOptions;
use lapin::{Connection, ErrorKind};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use stories::facts::{practitioner, under};
use stories::{Kind, World, until};
use time::Duration;

/// What a system without a good certificate reads.
const NOT_ACCEPTED: &str = "the exchange does not accept this certificate";
/// What a system reads whose certificate is good but whose agency is not enrolled.
const NOT_KNOWN: &str = "the exchange does not know this certificate's agency";

fn refusal(knocked: caf::Result<Connection>) -> String {
    knocked.expect_err("it is not let in").to_string()
}

async fn is_closed(connection: &Connection) {
    until("the connection is closed", async || (!connection.status().connected()).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_without_a_certificate_of_the_exchange_stays_outside() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let name = school.id.as_str();
    let out = |place: &str| world.directory.join(place);

    let said = refusal(world.knock(None).await);
    assert!(said.contains(NOT_ACCEPTED), "no certificate: {said}");

    let foreign = Ca::create(&out("foreign"), &out("foreign-crl")).expect("another authority");
    let forged = foreign.issue_client(name, &out("forged")).expect("a certificate");
    let said = refusal(world.knock_with(&forged).await);
    assert!(said.contains(NOT_ACCEPTED), "of another authority of the same name: {said}");

    let last_year = Validity { from: now() - Duration::days(366), until: now() - Duration::hours(1) };
    let expired = world.ca().issue_client_valid(name, last_year, &out("expired"));
    let said = refusal(world.knock_with(&expired.expect("a certificate")).await);
    assert!(said.contains(NOT_ACCEPTED), "expired: {said}");

    let not_yet = Validity { from: now() + Duration::hours(1), until: now() + Duration::days(365) };
    let early = world.ca().issue_client_valid(name, not_yet, &out("early"));
    let said = refusal(world.knock_with(&early.expect("a certificate")).await);
    assert!(said.contains(NOT_ACCEPTED), "not yet valid: {said}");

    let server = world.ca().issue_server(&[name.to_owned()], &out("server"));
    let said = refusal(world.knock_with(&server.expect("a certificate")).await);
    assert!(said.contains(NOT_ACCEPTED), "a server's certificate: {said}");

    world.knock_with(school.client.access()).await.expect("its own certificate is let in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_the_exchange_is_not_enough_without_a_user_of_its_name() {
    let world = World::start().await;
    let stranger = world.ca().issue_client(world.id("stranger").as_str(), &world.directory.join("stranger"));
    let said = refusal(world.knock_with(&stranger.expect("a certificate")).await);
    assert!(said.contains(NOT_KNOWN), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_agency_is_cut_off_at_once_and_its_inbox_is_kept() {
    let world = World::start().await;
    let mut housing = world.agency("southgate-housing", Kind::Housing).await;
    let access = housing.client.access().clone();
    housing.stop_listening().await;
    let system = world.system_of(&housing.id).await;
    let officer = under("p-1", practitioner("h1", "Hal Oakes", "housing-officer"));
    let notice = housing.message("practitioner.recorded", None, officer);
    system.publish(&notice).await.expect("the broker takes it");
    until("the receipt lies in the inbox", async || {
        let mut peek = system.peek_inbox().await.expect("its own inbox");
        peek.next().await.expect("its own inbox")
    })
    .await;

    let revoked = world.caf(&["agency", "revoke", housing.id.as_str()]);
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));

    is_closed(system.connection()).await;
    is_closed(housing.client.connection()).await;
    system.publish(&notice).await.expect_err("nothing more is taken");
    let said = refusal(world.knock_with(&access).await);
    assert!(said.contains(NOT_ACCEPTED), "{said}");
    until("its receipt is kept", async || {
        let inbox = world.management().queue(&access.inbox).await.expect("the broker answers");
        (inbox.expect("the inbox is kept").messages == 1).then_some(())
    })
    .await;

    // Were the user brought back, by a definitions file for one, the certificate is still refused.
    world.management().put_user(housing.id.as_str()).await.expect("a user");
    let said = refusal(world.knock_with(&access).await);
    assert!(said.contains(NOT_ACCEPTED), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_certificate_is_good_until_its_grace_period_ends() {
    let world = World::start().await;
    let nursery = world.agency("willow-nursery", Kind::EarlyYears).await;
    let old = nursery.client.access().clone();

    let renewed = world.caf(&["agency", "renew", nursery.id.as_str()]);
    assert!(renewed.status.success(), "{}", String::from_utf8_lossy(&renewed.stderr));
    let new = world.connect(&nursery.id).await;
    assert_ne!(old.certificate, new.client.access().certificate);
    let late = world.knock_with(&old).await.expect("within the grace period both are good");

    let replaced = world.certificates_of(&nursery.id)[0].clone();
    world.ca().supersede(&replaced, now()).expect("the grace period ends");
    let kept = world.caf(&["keeper", "once"]);
    assert!(kept.status.success(), "{}", String::from_utf8_lossy(&kept.stderr));

    is_closed(&late).await;
    is_closed(nursery.client.connection()).await;
    let said = refusal(world.knock_with(&old).await);
    assert!(said.contains(NOT_ACCEPTED), "{said}");
    assert!(new.client.connection().status().connected(), "the new certificate's connection stays open");
    world.knock_with(new.client.access()).await.expect("the new certificate is good");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compromised_certificate_is_refused_at_once() {
    let world = World::start().await;
    let surgery = world.agency("northside-surgery", Kind::Gp).await;
    let stolen = surgery.client.access().clone();
    let earlier = caf::agency::renew(&world.operator, &surgery.id, Renewal::Planned, None).await;
    let in_grace = earlier.expect("a renewal").access;

    let renewed = caf::agency::renew(&world.operator, &surgery.id, Renewal::Compromised, None).await;
    let renewed = renewed.expect("a renewal");
    assert!(renewed.refused_from <= now());
    is_closed(surgery.client.connection()).await;
    for old in [&stolen, &in_grace] {
        let said = refusal(world.knock_with(old).await);
        assert!(said.contains(NOT_ACCEPTED), "{said}");
    }
    world.knock_with(&renewed.access).await.expect("the new certificate is good");
}

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
