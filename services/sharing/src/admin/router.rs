//! The routes, as a table of contents.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use kit::Clock;
use kit::seal::Sealer;
use sqlx::PgPool;

use super::{consent, decide, decisions, republish, rules};
use crate::handlers::Sharing;
use crate::keys::ChildKeys;
use crate::policies::Policies;

/// What the routes work with.
#[derive(Clone, Debug)]
pub struct Desk {
    pub db: PgPool,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
    pub keys: Arc<ChildKeys>,
    pub policies: Arc<Policies>,
    /// As the lanes decide.
    pub sharing: Arc<Sharing>,
}

/// The operators' routes of sharing.
pub fn router(desk: Desk) -> Router {
    Router::new()
        .route("/decisions", get(decisions::list))
        .route("/decisions/{id}", get(decisions::show))
        .route("/decided", get(decisions::cases))
        .route("/decide", post(decide::decide))
        .route("/consent", get(consent::show))
        .route("/republish", post(republish::republish))
        .route("/rules", get(rules::list))
        .route("/rules/{id}", get(rules::show))
        .route("/rules/reload", post(rules::reload))
        .with_state(desk)
}
