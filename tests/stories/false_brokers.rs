//! Servers that are not the exchange: neither an agency's client nor a service tells them anything.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use caf::ca::{Ca, Issued};
use caf::exchange_file::Endpoint;
use kit::config::Broker;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};
use stories::{Kind, Pair, World};

/// One visit lasts no longer, whatever the visitor does.
const VISIT: Duration = Duration::from_secs(5);
/// The first byte of a TLS handshake (RFC 8446, 5.1).
const HANDSHAKE: u8 = 0x16;

/// A server for two visitors: an agency's client and a service.
struct FalseBroker {
    port: u16,
    heard: JoinHandle<Vec<Vec<u8>>>,
}

impl FalseBroker {
    fn start(serve: impl Fn(&mut TcpStream) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let visit = move |stream: std::io::Result<TcpStream>| {
            let mut stream = stream.expect("a visitor");
            stream.set_read_timeout(Some(VISIT)).expect("a time limit");
            serve(&mut stream)
        };
        let heard = std::thread::spawn(move || listener.incoming().take(2).map(visit).collect());
        Self { port, heard }
    }

    /// Both clients try it: what they say of it, and what it heard of each.
    async fn tried_by_both(self, world: &World) -> [(String, Vec<u8>); 2] {
        let school = world.agency("beaumont-school", Kind::School).await;
        let identity = school.client.access().identity();
        let endpoint =
            Endpoint { port: self.port, ..world.operator.exchange().expect("the exchange file").amqps };
        let ca = world.ca().certificate_path();
        let client = caf::client::open(&endpoint, &ca, Some(identity)).await;
        let client = client.expect_err("the client refuses").to_string();
        let broker = Broker {
            host: endpoint.host,
            port: self.port,
            vhost: endpoint.vhost,
            ca_certificate: ca,
            certificate: identity.certificate.to_owned(),
            key: identity.key.to_owned(),
        };
        let service = kit::amqp::connect(&broker, "svc-index").await.expect_err("the service refuses");
        let service =
            std::error::Error::source(&service).map_or_else(|| service.to_string(), ToString::to_string);
        let heard = self.heard.join().expect("the server ends");
        let [by_client, by_service] = heard.try_into().expect("two visits");
        [(client, by_client), (service, by_service)]
    }
}

/// Offers TLS with this certificate; gives what was said to it under encryption.
fn tls(shown: &Issued) -> impl Fn(&mut TcpStream) -> Vec<u8> + Send + use<> {
    let chain = CertificateDer::pem_file_iter(&shown.certificate).expect("a certificate");
    let chain = chain.collect::<Result<_, _>>().expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(shown.key.as_ref().expect("a key")).expect("a key");
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
    let config = Arc::new(config.expect("a server's configuration"));
    move |stream| {
        let mut tls = ServerConnection::new(Arc::clone(&config)).expect("a TLS server");
        let mut said = Vec::new();
        // Ends in an error when the visitor goes away.
        let _ = rustls::Stream::new(&mut tls, stream).read_to_end(&mut said);
        said
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_told_nothing_but_the_start_of_a_handshake() {
    let world = World::start().await;
    let plain = FalseBroker::start(|stream| {
        let mut said = vec![0; 4096];
        let length = stream.read(&mut said).expect("something is said");
        said.truncate(length);
        // AMQP's own "another version, please": a client that speaks in plain would go on.
        stream.write_all(b"AMQP\x00\x00\x09\x01").expect("an answer");
        said
    });
    for (refusal, said) in plain.tried_by_both(&world).await {
        assert_eq!(said.first(), Some(&HANDSHAKE), "{refusal}");
        assert!(!said.windows(4).any(|part| part == b"AMQP"), "plain AMQP was spoken: {refusal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_another_authority_is_refused() {
    let world = World::start().await;
    let out = |place: &str| world.directory.join(place);
    let foreign = Ca::create(&out("foreign"), &out("foreign-crl")).expect("another authority");
    let shown = foreign.issue_server(&["localhost".to_owned()], &out("foreign-server"));
    let server = FalseBroker::start(tls(&shown.expect("a certificate")));
    let [(client, to_client), (service, to_service)] = server.tried_by_both(&world).await;
    assert!(client.contains("is not this exchange"), "{client}");
    assert!(service.contains("invalid peer certificate"), "{service}");
    assert!(to_client.is_empty() && to_service.is_empty(), "nothing was said to it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_the_exchange_under_another_host_name_is_refused() {
    let world = World::start().await;
    let elsewhere = ["elsewhere.example".to_owned()];
    let shown = world.ca().issue_server(&elsewhere, &world.directory.join("elsewhere"));
    let server = FalseBroker::start(tls(&shown.expect("a certificate")));
    let [(client, to_client), (service, to_service)] = server.tried_by_both(&world).await;
    assert!(client.contains("is not this exchange"), "{client}");
    assert!(service.contains("invalid peer certificate"), "{service}");
    assert!(to_client.is_empty() && to_service.is_empty(), "nothing was said to it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_does_not_pass_for_a_server() {
    let world = World::start().await;
    let agency = world.ca().issue_client("localhost", &world.directory.join("localhost"));
    let server = FalseBroker::start(tls(&agency.expect("a certificate")));
    for (refusal, said) in server.tried_by_both(&world).await {
        assert!(said.is_empty(), "{refusal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_itself_listens_with_tls_alone_and_to_this_machine_alone() {
    let world = World::start().await;
    let overview = world.management().read(&["overview"]).await.expect("the broker answers");
    let listeners = overview["listeners"].as_array().expect("a list");
    let served: BTreeSet<&str> = listeners.iter().filter_map(|one| one["protocol"].as_str()).collect();
    assert_eq!(served, BTreeSet::from(["amqp/ssl", "clustering", "https"]), "{overview}");
    for listener in listeners.iter().filter(|one| one["protocol"] != "clustering") {
        // The management listener shows where it really listens among its TLS options.
        let told = listener["socket_opts"]["ssl_opts"]["ip"].as_str().or(listener["ip_address"].as_str());
        assert!(matches!(told, Some("127.0.0.1" | "::1")), "{listener}");
    }
}
