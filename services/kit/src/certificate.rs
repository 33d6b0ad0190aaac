//! A renewed certificate is taken up without a restart: when the files change, both
//! connections are made anew. And when certificates end, for the metrics.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sqlx::PgPool;
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, X509Certificate};

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

/// When the first of the certificates of others ends that a service knows of.
pub(crate) type EndOfOthers = fn(&PgPool) -> BoxFuture<'_, Result<Option<OffsetDateTime>, sqlx::Error>>;

/// Brings the gauges up to date; they stay as they are while the database is away.
pub(crate) async fn gauge(context: &Context, others: Option<EndOfOthers>) {
    if let Some(end) = end_of_own(context) {
        context.metrics.certificates_end("own", end);
    }
    if let Some(others) = others
        && let Ok(Some(end)) = others(&context.db).await
    {
        context.metrics.certificates_end("agencies", end);
    }
}

fn end_of_own(context: &Context) -> Option<OffsetDateTime> {
    let file = CertificateDer::from_pem_file(&context.config.broker.certificate).ok()?;
    let (_, certificate) = X509Certificate::from_der(&file).ok()?;
    Some(certificate.validity().not_after.to_datetime())
}
