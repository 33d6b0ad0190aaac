//! What operators ask over the admin socket, beside the kit's own routes: decisions with their policies, what would be
//! decided, the time-line of a child's consents, and the policies. A refusal is one sentence that says what to do.

mod child;
mod consent;
mod decide;
mod decisions;
mod republish;
mod router;
mod rules;
mod texts;

pub use router::{Desk, router};
