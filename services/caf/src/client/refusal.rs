//! What the broker's refusals mean to the person who reads them.

use lapin::ErrorKind;

use super::connection::Greeted;
use crate::{Error, error::Cause, exchange_file::Endpoint};

/// A connection that was not let in.
pub(super) fn login(endpoint: &Endpoint, cause: lapin::Error) -> Error {
    match cause.kind() {
        ErrorKind::ProtocolError(_) => Error::refused(
            "the exchange does not know this certificate's agency, or it may not connect; ask the operator",
        ),
        ErrorKind::IOError(io) if is_alert(io) => Error::refused(NOT_ACCEPTED),
        ErrorKind::IOError(io) if is_untrusted(io) => Error::refused(format!(
            "what answers at {}:{} is not this exchange: its certificate is not of the exchange's authority",
            endpoint.host, endpoint.port
        )),
        _ => not_answering(endpoint, cause),
    }
}

/// A connection that was dropped at login, again and again.
pub(super) fn broken_at_login(greeted: Greeted) -> Error {
    match greeted {
        Greeted::Yes => Error::refused(NOT_ACCEPTED),
        Greeted::No => Error::unreachable(
            format!(
                "the connection was dropped before it stood: something on the way is down, or {NOT_ACCEPTED}"
            ),
            "dropped without a word",
        ),
    }
}

/// Whether a connection ended without a word from the other side.
pub(super) fn is_break(cause: &lapin::Error) -> bool {
    match cause.kind() {
        ErrorKind::IOError(io) => tls_error(io).is_none(),
        _ => false,
    }
}

const NOT_ACCEPTED: &str = "the exchange does not accept this certificate (revoked, replaced, expired, or of another authority); ask the operator for a new one";

/// `CONNECTION_FORCED` of AMQP: an operator closed the connection.
const FORCED: u16 = 320;

/// A broker that does not answer.
pub(super) fn not_answering(endpoint: &Endpoint, cause: impl Into<Cause>) -> Error {
    Error::unreachable(
        format!(
            "the exchange does not answer at {}:{}; see whether it is up, and try again",
            endpoint.host, endpoint.port
        ),
        cause,
    )
}

/// An open connection on which nothing comes back.
pub(super) fn no_answer(cause: impl Into<Cause>) -> Error {
    Error::unreachable(
        "the exchange did not answer in time (it may be short of disk or memory, or gone); try again, with the same message id",
        cause,
    )
}

/// Something refused on an open connection.
pub(super) fn on_channel(cause: lapin::Error) -> Error {
    match cause.kind() {
        ErrorKind::ProtocolError(said) if said.get_id() == FORCED => Error::unreachable(
            "the exchange closed this connection; connect again, with the newest certificate",
            cause,
        ),
        ErrorKind::ProtocolError(said) => {
            Error::refused(format!("the exchange refused: {}", said.get_message()))
        }
        _ => Error::unreachable(
            "the connection to the exchange broke; try again, with the same message id",
            cause,
        ),
    }
}

fn tls_error(io: &std::io::Error) -> Option<&rustls::Error> {
    io.get_ref()?.downcast_ref::<rustls::Error>()
}

fn is_alert(io: &std::io::Error) -> bool {
    matches!(tls_error(io), Some(rustls::Error::AlertReceived(_)))
}

fn is_untrusted(io: &std::io::Error) -> bool {
    matches!(tls_error(io), Some(rustls::Error::InvalidCertificate(_)))
}
