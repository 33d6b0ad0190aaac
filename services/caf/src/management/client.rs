//! One request, and what its answer means.

use std::{fmt, path::Path, time::Duration};

use reqwest::{Certificate, Client, Method, Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::path::path;
use crate::{Error, Result, atomic_file, tls};

/// Who calls the management API.
#[derive(Clone)]
pub struct Credentials {
    user: String,
    password: String,
}

impl Credentials {
    /// A user and its password.
    #[must_use]
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: user.into(), password: password.into() }
    }

    /// The user `operator` with the password in a file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn operator(password_file: &Path) -> Result<Self> {
        let password = atomic_file::read(password_file)?;
        Ok(Self::new("operator", password.trim_end()))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// The management API as seen for one virtual host.
#[derive(Clone, Debug)]
pub struct Management {
    http: Client,
    url: String,
    credentials: Credentials,
    vhost: String,
}

impl Management {
    /// Opens nothing yet: every call is its own request.
    ///
    /// # Errors
    /// When the authority's certificate cannot be read.
    pub fn new(url: &str, ca: &Path, credentials: Credentials, vhost: &str) -> Result<Self> {
        tls::install_provider();
        let unusable = |cause| {
            Error::failed(format!("{} is not a certificate that can be trusted", ca.display()), cause)
        };
        let authority = Certificate::from_pem(atomic_file::read(ca)?.as_bytes()).map_err(unusable)?;
        let http = Client::builder()
            .tls_certs_only([authority])
            .https_only(true)
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .build()
            .map_err(unusable)?;
        Ok(Self { http, url: url.trim_end_matches('/').to_owned(), credentials, vhost: vhost.to_owned() })
    }

    /// The virtual host this client works on.
    #[must_use]
    pub fn vhost(&self) -> &str {
        &self.vhost
    }

    /// The same broker seen through another virtual host.
    #[must_use]
    pub fn in_vhost(&self, vhost: &str) -> Self {
        Self { vhost: vhost.to_owned(), ..self.clone() }
    }

    /// The broker's version, as a sign that it answers.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn version(&self) -> Result<String> {
        let overview: Value = self.get(&["overview"], &[]).await?.unwrap_or_default();
        let version = overview.get("rabbitmq_version").and_then(Value::as_str);
        Ok(version.unwrap_or("unknown").to_owned())
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        parts: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Option<T>> {
        let request = self.http.request(Method::GET, format!("{}{}", self.url, path(parts))).query(query);
        let response = self.call(request).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        read(accepted(response).await?).await.map(Some)
    }

    pub(super) async fn put(&self, parts: &[&str], body: &impl Serialize) -> Result<()> {
        self.send(Method::PUT, parts, Some(body)).await
    }

    pub(super) async fn post(&self, parts: &[&str], body: &impl Serialize) -> Result<()> {
        self.send(Method::POST, parts, Some(body)).await
    }

    /// Asks with a body, and reads the answer.
    pub(super) async fn ask<T: DeserializeOwned>(&self, parts: &[&str], body: &impl Serialize) -> Result<T> {
        let request = self.http.request(Method::POST, format!("{}{}", self.url, path(parts))).json(body);
        read(accepted(self.call(request).await?).await?).await
    }

    /// Deletes; what is not there counts as deleted.
    pub(super) async fn delete(&self, parts: &[&str]) -> Result<()> {
        self.send(Method::DELETE, parts, None::<&Value>).await
    }

    async fn send(&self, method: Method, parts: &[&str], body: Option<&impl Serialize>) -> Result<()> {
        let deleting = method == Method::DELETE;
        let mut request = self.http.request(method, format!("{}{}", self.url, path(parts)));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = self.call(request).await?;
        if deleting && response.status() == StatusCode::NOT_FOUND {
            return Ok(());
        }
        accepted(response).await.map(drop)
    }

    async fn call(&self, request: reqwest::RequestBuilder) -> Result<Response> {
        let Credentials { user, password } = &self.credentials;
        request
            .basic_auth(user, Some(password))
            .send()
            .await
            .map_err(|cause| {
                Error::unreachable(
                    format!(
                        "the broker's management API does not answer at {}; see whether the exchange is up (deploy/status)",
                        self.url
                    ),
                    cause.without_url(),
                )
            })
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T> {
    response.json().await.map_err(|cause| {
        Error::failed("the broker's management API gave an answer that cannot be read", cause)
    })
}

async fn accepted(response: Response) -> Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    if status == StatusCode::UNAUTHORIZED {
        return Err(Error::refused(
            "the broker refuses the operator's password; bring the exchange up again (deploy/up) so that both agree",
        ));
    }
    let said: Value = response.json().await.unwrap_or_default();
    let reason = said.get("reason").and_then(Value::as_str).unwrap_or("no reason given");
    Err(Error::refused(format!("the broker refused: {status}, {reason}")))
}
