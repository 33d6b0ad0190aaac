//! The closed lists of codes, versioned with the schemas: lower case with hyphens on the wire.

/// A closed list: the enum, its codes, and reading and writing them.
macro_rules! code_list {
    ($(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$of])* $variant,)+ }

        impl $name {
            /// The whole list, in its order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code on the wire.
            #[must_use]
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// # Errors
            /// When the text is not a code of this list.
            pub fn parse(written: &str) -> Result<Self, $crate::Malformed> {
                match written {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::Malformed::Form(concat!("a code of the list ", stringify!($name)))),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        through_parse!($name);
        displayed!($name);
    };
}

mod agency;
mod caf;
mod child;
mod consent;
mod element;
mod exchange;
mod form;
mod notice;
mod sharing;

pub use agency::*;
pub use caf::*;
pub use child::*;
pub use consent::*;
pub use element::*;
pub use exchange::*;
pub use form::*;
pub use notice::*;
pub use sharing::*;
