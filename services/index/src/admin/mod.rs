//! What operators ask and set, over the admin socket, beside the kit's own routes: the registers of
//! agencies and authorities, and the decisions. A refusal is one sentence that says what to do.

mod agencies;
mod authorities;
mod decisions;
mod republish;
mod router;
mod worklist;

pub use router::{Desk, router};
