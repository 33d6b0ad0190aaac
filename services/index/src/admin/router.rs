//! The routes, as a table of contents.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};
use kit::Clock;
use kit::seal::Sealer;
use sqlx::PgPool;

use super::{agencies, authorities, decisions, republish, worklist};

/// What the routes work with.
#[derive(Clone, Debug)]
pub struct Desk {
    pub db: PgPool,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
}

/// The operators' routes of the index.
pub fn router(desk: Desk) -> Router {
    Router::new()
        .route("/authorities", get(authorities::list))
        .route("/authorities/{id}", get(authorities::show).put(authorities::put))
        .route("/agencies", get(agencies::list))
        .route("/agencies/{id}", get(agencies::show).put(agencies::put))
        .route("/agencies/{id}/certificate", put(agencies::certify))
        .route("/agencies/{id}/revoke", post(agencies::revoke))
        .route("/agencies/{id}/conform", post(agencies::conform))
        .route("/decisions", get(decisions::list))
        .route("/decisions/{id}", get(decisions::show))
        .route("/republish", post(republish::republish))
        .route("/worklist", get(worklist::list))
        .route("/worklist/{id}", get(worklist::show))
        .route("/worklist/{id}/done", post(worklist::mark_done))
        .route("/refusals", get(worklist::refusals))
        .with_state(desk)
}
