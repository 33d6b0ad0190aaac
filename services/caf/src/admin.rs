//! The admin API of a service, over its Unix socket.
//!
//! Who may open the socket (mode 0600) may use it: there is no other login.

use std::{path::Path, time::Duration};

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Error, Result, tls};

/// A client of one service's admin API.
#[derive(Clone, Debug)]
pub struct Admin {
    http: Client,
    service: String,
}

impl Admin {
    /// The admin API of `service` behind `socket`; nothing is opened yet.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(service: &str, socket: &Path) -> Result<Self> {
        tls::install_provider();
        let http = Client::builder()
            .unix_socket(socket.to_owned())
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()
            .map_err(|cause| Error::failed("no client of the admin API can be made", cause))?;
        Ok(Self { http, service: service.to_owned() })
    }

    /// The service behind the socket.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Reads; `path` begins with a slash.
    ///
    /// # Errors
    /// When the service does not answer, or there is no such thing.
    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T> {
        self.call(self.request(Method::GET, path).query(query)).await
    }

    /// Sets something whole.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn put(&self, path: &str, body: &impl Serialize) -> Result<Value> {
        self.call(self.request(Method::PUT, path).json(body)).await
    }

    /// Does something.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn post(&self, path: &str, query: &[(&str, &str)]) -> Result<Value> {
        self.call(self.request(Method::POST, path).query(query)).await
    }

    /// Asks something that is too long for a path.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn put_to(&self, path: &str, body: &impl Serialize) -> Result<Value> {
        self.call(self.request(Method::POST, path).json(body)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        // the host name goes nowhere: the socket is the address
        self.http.request(method, format!("http://localhost{path}"))
    }

    async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        let service = &self.service;
        let response = request.send().await.map_err(|cause| {
            Error::unreachable(
                format!(
                    "the service {service} does not answer on its admin socket; see whether it runs (deploy/status) and whether this user may open the socket"
                ),
                cause.without_url(),
            )
        })?;
        let status = response.status();
        let unreadable = |cause: Box<dyn std::error::Error + Send + Sync>| {
            Error::failed(format!("the service {service} gave an answer that cannot be read"), cause)
        };
        let body = response.bytes().await.map_err(|cause| unreadable(cause.into()))?;
        if status.is_success() {
            let text: &[u8] = if body.is_empty() { b"null" } else { &body };
            return serde_json::from_slice(text).map_err(|cause| unreadable(cause.into()));
        }
        Err(refusal(service, status, &body))
    }
}

fn refusal(service: &str, status: StatusCode, body: &[u8]) -> Error {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    match said.get("error").and_then(Value::as_str) {
        Some(sentence) if status == StatusCode::NOT_FOUND => Error::NotThere(sentence.to_owned()),
        Some(sentence) => Error::refused(sentence),
        None => Error::refused(format!("the service {service} answered {status}; its log says more")),
    }
}
