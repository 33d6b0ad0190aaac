//! Connections to the broker: mutual TLS with the exchange's CA alone, login EXTERNAL.
//!
//! lapin's own TLS options add public roots, and its auto-recovery hangs now and
//! then; so the connection is made here, and rebuilt by whoever uses it. Certificates
//! are read from their files at every connect: a renewed one is taken up by a reconnect.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_rs::{Runtime, Tokio};
use lapin::tcp::{AsyncTcpStream, RustlsConnector};
use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo, SASLMechanism};
use lapin::{Connection, ConnectionProperties};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::lookup_host;

use crate::config::Broker;

/// How long a connection may take before it counts as failed.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the broker may take over a request. One that got lost with its connection is never
/// answered, and the client library does not always say so.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(1);

/// Why a connection could not be made or used.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// A certificate or key file cannot be used.
    #[error("cannot use the certificate file {path}")]
    Certificate { path: String, source: rustls::pki_types::pem::Error },
    /// Key and certificate do not fit together, or the CA is not one.
    #[error("the certificate files cannot be used together")]
    Tls(#[from] rustls::Error),
    /// The broker refused, nobody answered there, or the connection broke.
    #[error("the broker refused, or the connection broke")]
    Refused(#[from] lapin::Error),
    /// A resource alarm: short of memory or disk, it takes no messages.
    #[error("the broker is short of memory or disk and takes no messages")]
    Blocked,
    /// Nothing came in time.
    #[error("the broker did not answer in time")]
    TimedOut,
}

/// Connects as the identity that `broker` names.
///
/// # Errors
/// When files cannot be used, or the broker does not let us in.
pub async fn connect(broker: &Broker, name: &str) -> Result<Connection, BrokerError> {
    let tls = RustlsConnector::from(Arc::new(client_config(broker)?));
    let host = broker.host.clone();
    let uri = AMQPUri {
        scheme: AMQPScheme::AMQPS,
        authority: AMQPAuthority {
            userinfo: AMQPUserInfo { username: String::new(), password: String::new() },
            host: broker.host.clone(),
            port: broker.port,
        },
        vhost: broker.vhost.clone(),
        query: AMQPQueryString {
            auth_mechanism: Some(SASLMechanism::External),
            // Seconds. A dead peer is noticed within two of these (AMQP 0-9-1, 4.2.7).
            heartbeat: Some(10),
            ..AMQPQueryString::default()
        },
    };
    let address = format!("{}:{}", broker.host, broker.port);
    let connecting = Connection::connector(
        uri,
        Runtime::tokio_current(),
        async move |_uri, runtime: Runtime<Tokio>| {
            // All of them: the broker may listen on the second only (`::1` before `127.0.0.1`).
            let addresses: Vec<SocketAddr> = lookup_host(address.as_str()).await?.collect();
            let stream = AsyncTcpStream::connect(&runtime, addresses).await?;
            Ok(stream.into_rustls(&tls, &host).await?)
        },
        ConnectionProperties::default().with_connection_name(name.into()),
    );
    tokio::time::timeout(CONNECT_TIMEOUT, connecting)
        .await
        .map_err(|_| BrokerError::TimedOut)?
        .map_err(BrokerError::from)
}

/// Waits for the broker's answer to a request, for a while.
pub(crate) async fn answered<T>(
    request: impl Future<Output = Result<T, lapin::Error>>,
) -> Result<T, BrokerError> {
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, request).await;
    Ok(answer.map_err(|_| BrokerError::TimedOut)??)
}

/// Says goodbye, if the broker still listens. Whoever calls has better things to do than to wait.
pub(crate) async fn close(connection: &Connection, why: &str) {
    let _ = tokio::time::timeout(GOODBYE_TIMEOUT, connection.close(200, why.into())).await;
}

fn client_config(broker: &Broker) -> Result<rustls::ClientConfig, BrokerError> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in certificates(&broker.ca_certificate)? {
        roots.add(certificate)?;
    }
    let key = PrivateKeyDer::from_pem_file(&broker.key).map_err(|source| unusable(&broker.key, source))?;
    Ok(rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_client_auth_cert(certificates(&broker.certificate)?, key)?)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, BrokerError> {
    CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|source| unusable(path, source))
}

fn unusable(path: &Path, source: rustls::pki_types::pem::Error) -> BrokerError {
    BrokerError::Certificate { path: path.display().to_string(), source }
}
