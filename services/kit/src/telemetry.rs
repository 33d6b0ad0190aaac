//! Logs and traces. Log lines are JSON on standard output, one a message handled; they hold
//! ids, types and codes, never a body, never a person. Traces follow a message through
//! its AMQP headers (W3C `traceparent`) and go to an OTLP collector, if one is configured.

use std::sync::OnceLock;

use opentelemetry::trace::{
    Span, SpanContext, SpanId, SpanKind, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
    TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use time::OffsetDateTime;
use tracing_subscriber::EnvFilter;

use crate::config::Telemetry;
use crate::start_error::StartError;

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Sets up logs, and traces where a collector is configured.
pub(crate) fn start(name: &'static str, config: &Telemetry) -> Result<(), StartError> {
    // lapin writes the whole body of a returned message under the first target, and whole
    // frames at level trace: neither can be switched on.
    let silent = ["lapin::returned_messages=off".parse(), "lapin=info".parse()];
    let mut filter = EnvFilter::try_new(&config.log).map_err(|e| cannot("logs", e))?;
    for directive in silent {
        filter = filter.add_directive(directive.map_err(|e| cannot("logs", e))?);
    }
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .try_init()
        .map_err(|e| cannot("logs", e))?;
    if let Some(endpoint) = &config.otlp_endpoint {
        let _ = PROVIDER.set(provider(name, endpoint)?);
    }
    Ok(())
}

fn provider(name: &'static str, endpoint: &str) -> Result<SdkTracerProvider, StartError> {
    // The blocking client: the exporter runs on a thread of its own, without a runtime. It must be
    // built on such a thread too.
    let endpoint = endpoint.to_owned();
    let exporter = std::thread::spawn(move || {
        opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(reqwest::blocking::Client::new())
            .with_endpoint(endpoint)
            .build()
    })
    .join()
    .map_err(|_| cannot("traces", "the exporter's thread ended"))?
    .map_err(|e| cannot("traces", e))?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name(name).build())
        .build())
}

fn cannot(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StartError {
    StartError::SetUp { what, source: source.into() }
}

/// Sends what is left of the traces.
pub(crate) async fn stop() {
    if let Some(provider) = PROVIDER.get() {
        // It blocks.
        let _ = tokio::task::spawn_blocking(|| provider.shutdown()).await;
    }
}

fn tracer() -> Option<&'static SdkTracer> {
    static TRACER: OnceLock<SdkTracer> = OnceLock::new();
    let provider = PROVIDER.get()?;
    Some(TRACER.get_or_init(|| provider.tracer("caf-exchange")))
}

/// Records that a message was handled; gives the `traceparent` for what we send because of it.
/// Without a collector the sender's own is passed on, if it is one.
pub(crate) fn handled(
    kind: &'static str,
    outcome: &'static str,
    traceparent: Option<&str>,
    received_at: OffsetDateTime,
) -> Option<String> {
    let parent = traceparent.and_then(parse);
    let Some(tracer) = tracer() else {
        return parent.as_ref().map(header);
    };
    let parent = parent.map_or_else(Context::new, |parent| Context::new().with_remote_span_context(parent));
    let span = tracer
        .span_builder(format!("handle {kind}"))
        .with_kind(SpanKind::Consumer)
        .with_start_time(received_at)
        .with_attributes([
            KeyValue::new("messaging.system", "rabbitmq"),
            KeyValue::new("messaging.operation.type", "process"),
            KeyValue::new("outcome", outcome),
        ]);
    let mut span = span.start_with_context(tracer, &parent);
    span.end();
    Some(header(span.span_context()))
}

fn header(context: &SpanContext) -> String {
    let flags = context.trace_flags().to_u8();
    format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id())
}

/// A `traceparent` header (W3C Trace Context, 3.2).
fn parse(header: &str) -> Option<SpanContext> {
    let mut parts = header.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    // Of this version there are four parts; what comes after them would not be a trace's.
    if version != "00" || trace.len() != 32 || span.len() != 16 || flags.len() != 2 || parts.next().is_some()
    {
        return None;
    }
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}
