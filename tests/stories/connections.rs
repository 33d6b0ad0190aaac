//! Who is let in by the exchange, and when no longer.

use std::path::Path;
use std::sync::Arc;

use caf::agency::Renewal;
use caf::ca::{Ca, Validity};
use caf::clock::now;
use caf::exchange_file::AgencyAccess;
use lapin::Connection;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use stories::{Kind, Pair, World, until};
use time::Duration;

/// What a system without a good certificate reads.
pub(crate) const NOT_ACCEPTED: &str = "the exchange does not accept this certificate";
/// What a system reads whose certificate is good but whose agency is not enrolled.
const NOT_KNOWN: &str = "the exchange does not know this certificate's agency";

pub(crate) fn refusal(knocked: caf::Result<Connection>) -> String {
    knocked.expect_err("it is not let in").to_string()
}

pub(crate) async fn is_closed(connection: &Connection) {
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

/// A client that remembers its TLS sessions, as an agency's library may.
fn remembering(
    world: &World,
    access: &AgencyAccess,
    version: &'static SupportedProtocolVersion,
) -> Arc<ClientConfig> {
    let read = |path: &Path| CertificateDer::from_pem_file(path).expect("a certificate");
    let mut roots = RootCertStore::empty();
    roots.add(read(&world.ca().certificate_path())).expect("an authority");
    let key = PrivateKeyDer::from_pem_file(access.identity().key).expect("a key");
    let client = ClientConfig::builder_with_protocol_versions(&[version]).with_root_certificates(roots);
    Arc::new(client.with_client_auth_cert(vec![read(&access.certificate)], key).expect("a pair"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_does_not_come_back_over_a_resumed_session() {
    let world = World::start().await;
    let surgery = world.agency("northside-surgery", Kind::Gp).await;
    let access = surgery.client.access();
    let endpoint = world.operator.exchange().expect("the exchange file").amqps;
    let clients = [&TLS12, &TLS13].map(|version| remembering(&world, access, version));
    for client in &clients {
        for _ in 0..2 {
            caf::client::open_with(&endpoint, Arc::clone(client)).await.expect("it is let in");
        }
    }
    world.ca().revoke(&world.certificates_of(&surgery.id)[0]).expect("it was issued");
    world.ca().write_crl().expect("the list is written");
    for client in clients {
        let said = refusal(caf::client::open_with(&endpoint, client).await);
        assert!(said.contains(NOT_ACCEPTED), "{said}");
    }
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
async fn sweeps_that_meet_over_the_same_connections_close_them_all() {
    let world = World::start().await;
    let surgery = world.agency("northside-surgery", Kind::Gp).await;
    let mut open = Vec::new();
    for _ in 0..12 {
        open.push(world.knock_with(surgery.client.access()).await.expect("it is let in"));
    }
    until("the broker shows them", async || {
        let shown = world.management().connections().await.expect("the broker answers");
        (shown.iter().filter(|one| one.user == surgery.id.as_str()).count() == 13).then_some(())
    })
    .await;

    world.ca().revoke(&world.certificates_of(&surgery.id)[0]).expect("it was issued");
    let ca = world.ca();
    let sweep = || caf::keeper::sweep(world.management(), &ca);
    let closed = tokio::join!(sweep(), sweep(), sweep(), sweep());
    for closed in [closed.0, closed.1, closed.2, closed.3] {
        closed.expect("a connection that is gone counts as closed");
    }
    for connection in &open {
        is_closed(connection).await;
    }
}
