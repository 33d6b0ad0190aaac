//! What arrives in a service's queue of events, as one enum.

use serde_json::Value;

use super::{
    AgencyChanged, CafChanged, ChildChanged, ConsentChanged, InvolvementChanged, PractitionerChanged,
};
use crate::MessageType;

macro_rules! state_events {
    ($($name:ident,)+) => {
        /// The states of one message.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum StateEvent { $($name($name),)+ }

        impl StateEvent {
            /// Reads `data` as the type says. None for the types that carry no state.
            #[must_use]
            pub fn read(kind: MessageType, data: &Value) -> Option<Result<Self, serde_json::Error>> {
                use serde::Deserialize as _;
                match kind {
                    $(MessageType::$name => Some($name::deserialize(data).map(Self::$name)),)+
                    _ => None,
                }
            }

            #[must_use]
            pub const fn message_type(&self) -> MessageType {
                match self { $(Self::$name(_) => MessageType::$name,)+ }
            }

            /// How many states it carries.
            #[must_use]
            pub fn count(&self) -> usize {
                match self { $(Self::$name(event) => event.states.len(),)+ }
            }

            /// Takes its later half off, for a message of its own.
            #[must_use]
            pub fn split_off(&mut self) -> Self {
                match self {
                    $(Self::$name(event) => {
                        let middle = event.states.len().div_ceil(2);
                        Self::$name($name { states: event.states.split_off(middle) })
                    })+
                }
            }
        }

        impl serde::Serialize for StateEvent {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$name(event) => event.serialize(serializer),)+ }
            }
        }
    };
}

state_events! {
    AgencyChanged,
    PractitionerChanged,
    ChildChanged,
    InvolvementChanged,
    CafChanged,
    ConsentChanged,
}
