//! `/health/live`, `/health/ready` and `/metrics` on loopback, for the supervisor and the
//! operator's monitoring. Nothing here says anything of a message.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::certificate::{self, EndOfOthers};
use crate::context::{Context, Stop};
use crate::start_error::StartError;
use crate::waiting;

#[derive(Clone)]
struct Health {
    context: Arc<Context>,
    consumers: i64,
    others: Option<EndOfOthers>,
}

/// Listens until asked to stop.
pub(crate) async fn listen(
    parts: &mut JoinSet<()>,
    context: &Arc<Context>,
    (consumers, others): (i64, Option<EndOfOthers>),
    mut stop: Stop,
) -> Result<(), StartError> {
    let address = context.config.http.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Listen { address: address.to_string(), source })?;
    // Port 0 means any free one; `caf status` tells which.
    if let Ok(address) = listener.local_addr() {
        let _ = context.http_address.set(address);
    }
    let health = Health { context: Arc::clone(context), consumers, others };
    let routes = Router::new()
        .route("/health/live", get(async || StatusCode::NO_CONTENT))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health);
    parts.spawn(async move {
        let serving = axum::serve(listener, routes);
        let _ = serving.with_graceful_shutdown(async move { stop.requested().await }).await;
    });
    Ok(())
}

/// 204 when every lane consumes, the publishing connection is up and the database answers;
/// else 503 with the words of what is missing.
async fn ready(State(health): State<Health>) -> impl IntoResponse {
    let missing = health.missing().await;
    if missing.is_empty() {
        (StatusCode::NO_CONTENT, String::new())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, missing.join(", "))
    }
}

impl Health {
    async fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.context.metrics.consumers.get() < self.consumers {
            missing.push("consuming");
        }
        if self.context.metrics.publishing.get() == 0 {
            missing.push("publishing");
        }
        if !self.context.database_is_up().await {
            missing.push("database");
        }
        missing
    }
}

async fn metrics(State(health): State<Health>) -> impl IntoResponse {
    waiting::gauge(&health.context).await;
    certificate::gauge(&health.context, health.others).await;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], health.context.metrics.text())
}
