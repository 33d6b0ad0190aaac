//! Keeps the consuming connection: makes it, runs every lane on it, and makes it anew when it
//! or a lane ends. No client auto-recovery: it hangs now and then.

use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use lapin::Connection;

use crate::amqp;
use crate::context::{Context, Stop};
use crate::lane::Lane;

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
                pause = FIRST_PAUSE;
                run_lanes(&context, &connection, &lanes, &stop).await;
                amqp::close(&connection, "done").await;
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

/// Returns when all lanes stopped, one failed, or the certificate was renewed.
async fn run_lanes(context: &Context, connection: &Connection, lanes: &[Lane], stop: &Stop) {
    let running = lanes.iter().map(|lane| lane.run(context, connection, stop.clone()));
    let ended = tokio::select! {
        ended = try_join_all(running) => ended.map(|_| ()),
        () = context.certificate_renewed.notified() => Ok(()),
    };
    match ended {
        Ok(()) => tracing::info!("consuming ended"),
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "consuming was broken off"),
    }
}
