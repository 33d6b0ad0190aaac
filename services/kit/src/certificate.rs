//! A renewed certificate is taken up without a restart: when the files change, both
//! connections are made anew.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::context::{Context, Stop};
use crate::publisher::Link;

/// Looks at the files now and then until asked to stop.
pub(crate) async fn watch(context: Arc<Context>, link: Arc<Link>, mut stop: Stop) {
    let pause = Duration::from_millis(context.config.limits.certificate_check_ms);
    let mut known = modified(&context);
    while !stop.sleep(pause).await {
        let current = modified(&context);
        if current == known {
            continue;
        }
        known = current;
        tracing::info!("the certificate was renewed; connecting anew");
        link.renew().await;
        context.certificate_renewed.notify_waiters();
    }
}

fn modified(context: &Context) -> Vec<Option<SystemTime>> {
    let broker = &context.config.broker;
    [&broker.ca_certificate, &broker.certificate, &broker.key]
        .into_iter()
        .map(|path| std::fs::metadata(path).and_then(|file| file.modified()).ok())
        .collect()
}
