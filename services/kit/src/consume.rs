//! Keeps the consuming connection: makes it, runs every lane on it, and makes it anew when it
//! or a lane ends. No client auto-recovery: it hangs now and then.

use std::iter;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use lapin::Connection;
use tokio::sync::watch;

use crate::amqp;
use crate::context::{Context, Stop};
use crate::lane::Lane;

/// Lanes that end together may take so long over what they have.
const ENDING: Duration = Duration::from_secs(20);
/// Pauses before the next try to connect: the first, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Runs the lanes until asked to stop.
pub(crate) async fn run(context: Arc<Context>, lanes: Arc<Vec<Lane>>, mut stop: Stop) {
    let name = format!("{} consume", context.user);
    let mut pause = FIRST_PAUSE;
    while !stop.is_requested() {
        match amqp::connect(&context.config.broker, &name).await {
            Ok(connection) => {
                let since = Instant::now();
                run_lanes(&context, &connection, &lanes, stop.clone()).await;
                amqp::close(&connection, "done").await;
                let lasted = since.elapsed() > LONGEST_PAUSE;
                pause = if lasted { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot consume now");
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
        if stop.sleep(pause).await {
            break;
        }
    }
}

/// Returns when every lane has finished the batch that it had: they end together, because the
/// service stops, the certificate was renewed, or one of them failed.
async fn run_lanes(context: &Context, connection: &Connection, lanes: &[Lane], mut stop: Stop) {
    let (end, ending) = watch::channel(false);
    let consumers = lanes.iter().flat_map(|lane| iter::repeat_n(lane, lane.consumers()));
    let lanes = join_all(consumers.map(async |lane| {
        if let Err(error) = lane.run(context, connection, Stop(ending.clone())).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "consuming was broken off");
        }
        end.send_replace(true);
    }));
    let mut ended = Stop(ending.clone());
    let told = async {
        tokio::select! {
            () = stop.requested() => {}
            () = context.certificate_renewed.notified() => {}
            // One of them failed.
            () = ended.requested() => {}
        }
        end.send_replace(true);
    };
    let mut lanes = pin!(lanes);
    tokio::select! {
        _ = &mut lanes => return,
        () = told => {}
    }
    // One that does not end is dropped: its transaction is undone and its messages come again.
    let ended = tokio::time::timeout(ENDING, lanes).await;
    tracing::info!(in_time = ended.is_ok(), "consuming ended");
}
