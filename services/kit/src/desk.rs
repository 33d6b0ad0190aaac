//! Decides what becomes of each message of a batch and writes its receipt.
//!
//! A repeated id is answered from memory and folded no more. A repeated *fact* under a
//! new id is folded again: that changes nothing but its version, and so any order
//! of its versions ends in the same state (G7).

use std::collections::HashSet;

use schemas::Released;
use schemas::catalogue::MessageType;
use schemas::codes::ReceiptCode;
use schemas::ids::{AgencyId, ChildRef};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::batch::{Item, Origin, Treat};
use crate::context::Context;
use crate::handler::{Notice, Outcome};
use crate::inbox::{Earlier, First, Row, State};
use crate::intake::{Identity, Rejection, Verdict};
use crate::message::Message;
use crate::metrics::Handled;
use crate::outbox::Bundle;
use crate::outgoing::{Cause, Outgoing};
use crate::{receipt, telemetry};

/// How one message ended.
#[derive(Debug)]
pub(crate) enum Ending {
    Recorded(Option<ChildRef>, Vec<Notice>, Vec<Released>),
    /// The same message, or the same fact, came before. Who asked by it is answered again; nobody else
    /// is told twice.
    Duplicate(First, Option<ChildRef>, Vec<Notice>),
    Rejected(Rejection),
    Answered(MessageType, serde_json::Value),
    Held(&'static str),
    PutOff(Row),
}

impl Ending {
    fn notices(&mut self) -> Vec<Notice> {
        match self {
            Self::Recorded(_, notices, _) | Self::Duplicate(_, _, notices) => std::mem::take(notices),
            Self::Rejected(_) | Self::Answered(..) | Self::Held(_) | Self::PutOff(_) => Vec::new(),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Recorded(..) => "recorded",
            Self::Duplicate(..) => "duplicate",
            Self::Rejected(_) => "rejected",
            Self::Answered(..) => "answered",
            Self::Held(_) => "held",
            Self::PutOff(_) => "put-off",
        }
    }
}

/// The state of one run over a batch.
pub(crate) struct Desk<'a> {
    context: &'a Context,
    now: OffsetDateTime,
    earlier: Earlier,
    /// Ids met in this very batch, before their outcome is known.
    met: HashSet<(String, Uuid)>,
    rows: Vec<Row>,
    outgoing: Vec<Outgoing>,
    told: Vec<Told>,
}

/// One message handled, for the log line and the count once it is committed.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) kind: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) message_id: Option<Uuid>,
    pub(crate) agency: Option<AgencyId>,
}

impl Context {
    /// One log line and one count a message, after the commit.
    pub(crate) fn tell(&self, told: &[Told]) {
        for Told { kind, outcome, message_id, agency } in told {
            self.metrics.handled.get_or_create(&Handled { kind, outcome }).inc();
            tracing::info!(
                messaging.kind = kind,
                messaging.message_id = message_id.map(tracing::field::display),
                agency.id = agency.as_ref().map(AgencyId::as_str),
                outcome,
                "handled"
            );
        }
    }
}

impl<'a> Desk<'a> {
    pub(crate) fn new(context: &'a Context, now: OffsetDateTime, earlier: Earlier) -> Self {
        Self {
            context,
            now,
            earlier,
            met: HashSet::new(),
            rows: Vec::new(),
            outgoing: Vec::new(),
            told: Vec::new(),
        }
    }

    /// The message, if the rules are to see it.
    pub(crate) fn pick<'m>(&mut self, item: &'m Item, treat: Treat) -> Option<&'m Message> {
        let message = item.message()?;
        let key = (message.sender.as_str().to_owned(), message.id.as_uuid());
        let seen = self.earlier.by_id.get(&key).is_some_and(|first| is_done(item.origin, first));
        let first_in_batch = self.met.insert(key);
        (treat == Treat::Normally && first_in_batch && !seen).then_some(message)
    }

    /// How a message ends, given what the rules said of it.
    pub(crate) fn conclude(&mut self, item: &Item, treat: Treat, outcome: Option<Outcome>) -> Ending {
        let source = item.checked.sender.as_ref().map(|id| id.as_str().to_owned());
        let known = source.zip(item.checked.identity.clone());
        if let Some((source, identity)) = &known
            && let Some(ending) = self.repeated(item, source, identity)
        {
            return ending;
        }
        let ending = match (treat, outcome, &item.checked.verdict) {
            (Treat::Discard, _, _) => Ending::Rejected(discarded()),
            (Treat::PutOff, _, _) => match &known {
                Some((source, identity)) => {
                    return Ending::PutOff(Self::row(source, identity, item, State::Retrying, None));
                }
                None => Ending::Held("no-identity"),
            },
            (Treat::SetAside(reason), _, _) => Ending::Held(reason),
            (_, None, Verdict::SetAside(reason)) => Ending::Held(reason),
            (_, None, Verdict::Reject(rejection)) => Ending::Rejected(rejection.clone()),
            (_, Some(Outcome::Recorded { child, notices, released }), _) => {
                self.recorded(known.as_ref(), child, notices, released)
            }
            (_, Some(Outcome::Rejected { code, pointers }), _) => {
                Ending::Rejected(Rejection { code, pointers })
            }
            (_, Some(Outcome::Answered { kind, data }), _) => Ending::Answered(kind, data),
            // Every message that passed its checks was folded or is a repetition.
            (_, None, Verdict::Fold(_) | Verdict::Keep(_)) => Ending::Held("not-folded"),
        };
        if let Some((source, identity)) = known {
            self.remember(&source, &identity, item, &ending);
        }
        ending
    }

    /// A message whose id came before, in an earlier batch or in this one.
    fn repeated(&self, item: &Item, source: &str, identity: &Identity) -> Option<Ending> {
        let key = (source.to_owned(), identity.id.as_uuid());
        let first = self.earlier.by_id.get(&key).filter(|first| is_done(item.origin, first))?;
        Some(if first.content == identity.content {
            Ending::Duplicate(first.clone(), None, Vec::new())
        } else {
            let problem = "this id was used for another message";
            Ending::Rejected(Rejection::at(ReceiptCode::IdReused, "/id", problem))
        })
    }

    fn recorded(
        &self,
        known: Option<&(String, Identity)>,
        child: Option<ChildRef>,
        mut notices: Vec<Notice>,
        released: Vec<Released>,
    ) -> Ending {
        let same_fact = known
            .and_then(|(_, identity)| Some((self.earlier.by_fact.get(identity.fact.as_ref()?)?, identity)))
            .filter(|(first, identity)| first.content == identity.content);
        match same_fact {
            Some((first, _)) => {
                notices.retain(|notice| known.is_some_and(|(source, _)| notice.to.as_str() == source));
                Ending::Duplicate(first.clone(), child, notices)
            }
            None => Ending::Recorded(child, notices, released),
        }
    }

    fn row(source: &str, identity: &Identity, item: &Item, state: State, code: Option<ReceiptCode>) -> Row {
        Row {
            source: source.to_owned(),
            identity: identity.clone(),
            received_at: item.parcel.meta.received_at,
            state,
            code,
        }
    }

    /// Writes the inbox row and lets later messages of this batch see it.
    fn remember(&mut self, source: &str, identity: &Identity, item: &Item, ending: &Ending) {
        let (state, code) = match ending {
            Ending::Recorded(..) | Ending::Duplicate(..) => (State::Recorded, None),
            Ending::Rejected(rejection) => (State::Rejected, Some(rejection.code)),
            Ending::Answered(..) => (State::Answered, None),
            Ending::Held(_) => (State::Held, None),
            Ending::PutOff(_) => return,
        };
        let first = First { state, code, at: item.parcel.meta.received_at, content: identity.content };
        if let (State::Recorded, Some(fact)) = (state, identity.fact) {
            self.earlier.by_fact.insert(fact, first.clone());
        }
        self.earlier.by_id.insert((source.to_owned(), identity.id.as_uuid()), first);
        let row = Self::row(source, identity, item, state, code);
        self.rows.push(row);
    }

    /// Writes the receipt or answer.
    pub(crate) fn answer(&mut self, item: &Item, ending: Ending) -> Result<(), sqlx::Error> {
        let kind = item.checked.type_name();
        let outcome = ending.name();
        self.told.push(Told {
            kind,
            outcome,
            message_id: item.checked.identity.as_ref().map(|identity| identity.id.as_uuid()),
            agency: item.checked.sender.clone(),
        });
        let Some(agency) = &item.checked.sender else {
            return Ok(());
        };
        let sent = item.checked.traceparent.as_deref();
        let traceparent = telemetry::handled(kind, outcome, sent, item.parcel.meta.received_at);
        let cause = Cause {
            message_id: item.checked.identity.as_ref().map(|identity| identity.id),
            correlation_id: item.checked.correlation_id,
            traceparent: traceparent.as_deref(),
        };
        let id = self.context.clock.new_id();
        let to = (agency, item.checked.reply());
        let source = self.context.user;
        let written = match ending {
            // The final receipt follows when the message was processed.
            Ending::PutOff(_) => return Ok(()),
            // A replay that failed again: the sender knows already that it is held.
            Ending::Held(_) if matches!(item.origin, Origin::SetAside(_)) => return Ok(()),
            Ending::Answered(kind, data) => {
                Outgoing::to_agency(id, source, kind, to, &cause, self.now, &data)
            }
            mut ending => {
                for notice in ending.notices() {
                    let new_id = self.context.clock.new_id();
                    let written = Outgoing::notice(new_id, source, &notice, &cause, self.now);
                    self.outgoing.push(written.map_err(|e| sqlx::Error::Encode(e.into()))?);
                }
                let data = receipt::of(item.checked.of.clone(), ending, self.now);
                Outgoing::to_agency(id, source, MessageType::ReceiptIssued, to, &cause, self.now, &data)
            }
        };
        self.outgoing.push(written.map_err(|e| sqlx::Error::Encode(e.into()))?);
        Ok(())
    }

    pub(crate) fn finish(self) -> (Vec<Row>, Option<Bundle>, Vec<Told>) {
        let bundle = (!self.outgoing.is_empty()).then(|| Bundle {
            id: self.context.clock.new_id(),
            attempts: 0,
            alone: false,
            messages: self.outgoing,
        });
        (self.rows, bundle, self.told)
    }
}

/// Whether an earlier row of the same id means that nothing is to be done any more. A message that
/// waited has a row of its own, which says so until some replica has ended its case.
fn is_done(origin: Origin, first: &First) -> bool {
    match origin {
        Origin::Broker => true,
        Origin::Retry(_) => first.state != State::Retrying,
        Origin::SetAside(_) => first.state != State::Held,
    }
}

fn discarded() -> Rejection {
    let problem = "could not be processed; a person looked and discarded it";
    Rejection::at(ReceiptCode::BadForm, "", problem)
}
