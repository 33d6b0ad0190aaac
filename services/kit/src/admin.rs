//! The operators' API of a service: HTTP and JSON over a Unix socket that only its owner may
//! use (0600). The `caf` command line is its client.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::net::UnixListener;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::batch::{Origin, Patience, Treat};
use crate::context::{Context, Stop};
use crate::intake::Parcel;
use crate::lane::Lane;
use crate::parked::Done;
use crate::put_off::find_lane;
use crate::start_error::StartError;
use crate::which::Which;
use crate::{parked, set_aside, waiting};

/// An answer that is not the wanted one, in a sentence for the operator.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    sentence: String,
}

impl Refusal {
    /// Something that was asked for is not there.
    #[must_use]
    pub fn not_found(sentence: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, sentence: sentence.to_owned() }
    }

    /// What was asked cannot be done as asked.
    #[must_use]
    pub fn bad_request(sentence: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, sentence: sentence.into() }
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        tracing::warn!(db.error = %crate::database::describe(&error), "an operator's request failed");
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            sentence: "the database did not answer; try again, and see the service's log".to_owned(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.sentence }))).into_response()
    }
}

/// What the routes work with.
#[derive(Clone)]
pub(crate) struct Replays {
    pub(crate) context: Arc<Context>,
    pub(crate) db: PgPool,
    pub(crate) lanes: Arc<Vec<Lane>>,
}

/// An operator waits for the outcome, not for the database to come back.
struct NoPatience;

impl Patience for NoPatience {
    fn worth_waiting(&self) -> bool {
        false
    }
}

/// Listens until asked to stop.
pub(crate) fn listen(
    parts: &mut JoinSet<()>,
    replays: Replays,
    own: Router,
    mut stop: Stop,
) -> Result<(), StartError> {
    let path = replays.context.config.admin.socket.clone();
    let failed = |source| StartError::Listen { address: path.display().to_string(), source };
    // A socket that a killed service left behind.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = UnixListener::bind(&path).map_err(failed)?;
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(failed)?;
    let routes = routes(replays).merge(own);
    parts.spawn(async move {
        let serving = axum::serve(listener, routes);
        let _ = serving.with_graceful_shutdown(async move { stop.requested().await }).await;
    });
    Ok(())
}

fn routes(replays: Replays) -> Router {
    Router::new()
        .route("/status", get(status))
        .route("/set-aside", get(list_set_aside))
        .route("/set-aside/groups", get(set_aside_groups))
        .route("/set-aside/{id}", get(show_set_aside))
        .route("/set-aside/{id}/replay", post(replay))
        .route("/set-aside/{id}/discard", post(discard))
        .route("/parked", get(list_parked))
        .route("/parked/groups", get(parked_groups))
        .route("/parked/{id}/replay", post(replay_parked))
        .route("/parked/{id}/discard", post(discard_parked))
        .with_state(replays)
}

async fn status(State(replays): State<Replays>) -> Result<Json<Value>, Refusal> {
    let Replays { context, db, lanes } = &replays;
    let consumers = Lane::consumers_of(lanes);
    let Context { metrics, .. } = context.as_ref();
    let mut status = json!(waiting::count(db).await?);
    status["service"] = json!(context.name);
    status["http"] = json!(context.http_address.get());
    status["ready"] = json!(metrics.consumers.get() == consumers && metrics.publishing.get() == 1);
    Ok(Json(status))
}

async fn list_set_aside(
    State(replays): State<Replays>,
    Query(which): Query<Which>,
) -> Result<Json<Value>, Refusal> {
    Ok(Json(json!(set_aside::list(&replays.db, &which).await?)))
}

async fn set_aside_groups(State(replays): State<Replays>) -> Result<Json<Value>, Refusal> {
    Ok(Json(json!(set_aside::groups(&replays.db).await?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reveal {
    /// Who looks: it is recorded.
    reveal: Option<String>,
}

async fn show_set_aside(
    State(replays): State<Replays>,
    Path(id): Path<Uuid>,
    Query(reveal): Query<Reveal>,
) -> Result<Json<Value>, Refusal> {
    let gone = || Refusal::not_found("no message set aside has this id");
    let row = set_aside::show(&replays.db, id).await?.ok_or_else(gone)?;
    let mut shown = json!(row);
    let Some(by) = reveal.reveal else {
        return Ok(Json(shown));
    };
    if by.trim().is_empty() {
        return Err(Refusal::bad_request("say who looks at the body: it is recorded"));
    }
    let context = &replays.context;
    let look = (context.clock.new_id(), by.trim(), context.clock.now());
    let sealed = set_aside::reveal(&replays.db, id, look).await?.ok_or_else(gone)?;
    let parcel = context.open(set_aside::CONTEXT, &sealed).ok_or_else(unreadable)?;
    shown["body"] = json!(String::from_utf8_lossy(&parcel.body));
    Ok(Json(shown))
}

fn unreadable() -> Refusal {
    Refusal::bad_request("the message does not open with this master key; restore the key that sealed it")
}

async fn replay(State(replays): State<Replays>, Path(id): Path<Uuid>) -> Result<Json<Value>, Refusal> {
    replays.end(id, Treat::Normally).await
}

async fn discard(State(replays): State<Replays>, Path(id): Path<Uuid>) -> Result<Json<Value>, Refusal> {
    replays.end(id, Treat::Discard).await
}

impl Replays {
    /// Runs a message set aside through its lane again, or ends its case.
    async fn end(&self, id: Uuid, treat: Treat) -> Result<Json<Value>, Refusal> {
        let gone = || Refusal::not_found("no message set aside has this id");
        let sealed = set_aside::sealed(&self.db, id).await?.ok_or_else(gone)?;
        let parcel: Parcel = self.context.open(set_aside::CONTEXT, &sealed).ok_or_else(unreadable)?;
        let found = find_lane(&self.context, &self.lanes, parcel, Origin::SetAside(id));
        let (lane, item) = found.ok_or_else(gone)?;
        let bundles = lane
            .process
            .process(&[item], treat, &NoPatience)
            .await
            .map_err(|_| Refusal::from(sqlx::Error::PoolTimedOut))?;
        lane.relay.send(bundles).await;
        let state = match (set_aside::show(&self.db, id).await?, treat) {
            (Some(_), _) => "still-set-aside",
            (None, Treat::Discard) => "discarded",
            (None, _) => "replayed",
        };
        Ok(Json(json!({ "id": id, "state": state })))
    }
}

async fn list_parked(
    State(replays): State<Replays>,
    Query(which): Query<Which>,
) -> Result<Json<Value>, Refusal> {
    Ok(Json(json!(parked::list(&replays.db, &which).await?)))
}

async fn parked_groups(State(replays): State<Replays>) -> Result<Json<Value>, Refusal> {
    Ok(Json(json!(parked::groups(&replays.db).await?)))
}

async fn replay_parked(State(replays): State<Replays>, Path(id): Path<Uuid>) -> Result<Json<Value>, Refusal> {
    let context = &replays.context;
    let (bundle, now) = (context.clock.new_id(), context.clock.now());
    let done = parked::replay(&replays.db, &context.sealer, id, bundle, now).await?;
    told(id, done, "waiting-to-be-sent")
}

async fn discard_parked(
    State(replays): State<Replays>,
    Path(id): Path<Uuid>,
) -> Result<Json<Value>, Refusal> {
    told(id, parked::discard(&replays.db, id).await?, "discarded")
}

fn told(id: Uuid, done: Done, state: &str) -> Result<Json<Value>, Refusal> {
    match done {
        Done::Done => Ok(Json(json!({ "id": id, "state": state }))),
        Done::NotThere => Err(Refusal::not_found("no parked message has this id")),
    }
}
