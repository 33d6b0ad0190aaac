//! One connection, TLS that trusts the exchange's authority alone.

use std::{
    future::Future,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_rs::Runtime;
use lapin::{
    Connection, ConnectionProperties,
    tcp::{AsyncTcpStream, RustlsConnector},
    uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo, SASLMechanism},
};
use rustls::ClientConfig;
use tokio::{
    net::lookup_host,
    time::{sleep, timeout},
};

use super::refusal;
use crate::{
    Error, Result,
    exchange_file::Endpoint,
    tls::{self, Identity},
};

/// How long a broker may take to let a client in.
const LOGIN: Duration = Duration::from_secs(15);
/// How often a login that breaks is tried.
const ATTEMPTS: u32 = 3;
const BETWEEN: Duration = Duration::from_millis(200);
/// How long the broker may take over a request. One that got lost with its
/// connection is never answered, and the library does not always say so.
const ANSWER: Duration = Duration::from_secs(15);

/// Connects with a certificate, or without one (tests see it refused).
///
/// # Errors
/// When the broker cannot be reached, is not the exchange's, or refuses the certificate.
pub async fn open(endpoint: &Endpoint, ca: &Path, identity: Option<Identity<'_>>) -> Result<Connection> {
    open_with(endpoint, tls::client_config(ca, identity)?).await
}

/// Waits for the broker's answer to a request, for a while.
pub(super) async fn answered<T>(request: impl Future<Output = lapin::Result<T>>) -> Result<T> {
    let answer = timeout(ANSWER, request).await;
    answer.map_err(refusal::no_answer)?.map_err(refusal::on_channel)
}

/// Connects with a TLS configuration of one's own.
///
/// When the broker does not accept a certificate, its reset may overtake the
/// alert that says so; with TLS 1.3 both come only after the client's own
/// handshake. So a connection that breaks at login is tried again: a broker
/// that is gone no longer answers at all.
///
/// # Errors
/// When the broker cannot be reached, is not the exchange's, or refuses the certificate.
pub async fn open_with(endpoint: &Endpoint, config: Arc<ClientConfig>) -> Result<Connection> {
    for _ in 1..ATTEMPTS {
        match attempt(endpoint, Arc::clone(&config)).await {
            Err(Login::Broken(_)) => sleep(BETWEEN).await,
            Err(Login::Ended(error)) => return Err(error),
            Ok(connection) => return Ok(connection),
        }
    }
    attempt(endpoint, config).await.map_err(|login| match login {
        Login::Broken(greeted) => refusal::broken_at_login(greeted),
        Login::Ended(error) => error,
    })
}

/// How a login failed.
enum Login {
    /// The connection was taken and dropped without a word.
    Broken(Greeted),
    Ended(Error),
}

/// Whether the exchange's own broker had shown its certificate.
#[derive(Clone, Copy)]
pub(super) enum Greeted {
    Yes,
    No,
}

/// How far a login came.
#[derive(Default)]
struct Steps {
    taken: AtomicBool,
    greeted: AtomicBool,
}

async fn attempt(endpoint: &Endpoint, config: Arc<ClientConfig>) -> Result<Connection, Login> {
    let runtime = lapin::runtime::default_runtime()
        .map_err(|cause| Login::Ended(Error::failed("no connection can be made", cause)))?;
    let steps = Arc::new(Steps::default());
    let seen = Arc::clone(&steps);
    let handshake = move |uri: AMQPUri, runtime: Runtime<_>| {
        let (config, seen) = (Arc::clone(&config), Arc::clone(&seen));
        async move {
            let host = (uri.authority.host.as_str(), uri.authority.port);
            let addresses: Vec<SocketAddr> = lookup_host(host).await?.collect();
            let plain = AsyncTcpStream::connect(&runtime, addresses).await?;
            seen.taken.store(true, Ordering::Relaxed);
            // TLS whatever the scheme says: lapin's own way can silently be plain text
            let connector = RustlsConnector::from(config);
            let stream = plain.into_rustls(&connector, &uri.authority.host).await?;
            seen.greeted.store(true, Ordering::Relaxed);
            Ok(stream)
        }
    };
    let options = ConnectionProperties::default().with_connection_name("caf".into());
    let connecting = Connection::connector(uri(endpoint), runtime, handshake, options);
    match timeout(LOGIN, connecting).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(cause)) if steps.taken.load(Ordering::Relaxed) && refusal::is_break(&cause) => {
            let greeted = if steps.greeted.load(Ordering::Relaxed) { Greeted::Yes } else { Greeted::No };
            Err(Login::Broken(greeted))
        }
        Ok(Err(cause)) => Err(Login::Ended(refusal::login(endpoint, cause))),
        Err(late) => Err(Login::Ended(refusal::not_answering(endpoint, late))),
    }
}

fn uri(endpoint: &Endpoint) -> AMQPUri {
    AMQPUri {
        scheme: AMQPScheme::AMQPS,
        authority: AMQPAuthority {
            // EXTERNAL: the broker takes the user from the certificate's common name
            userinfo: AMQPUserInfo { username: String::new(), password: String::new() },
            host: endpoint.host.clone(),
            port: endpoint.port,
        },
        vhost: endpoint.vhost.clone(),
        query: AMQPQueryString {
            auth_mechanism: Some(SASLMechanism::External),
            // a dead peer is noticed within half a minute
            heartbeat: Some(15),
            ..AMQPQueryString::default()
        },
    }
}
