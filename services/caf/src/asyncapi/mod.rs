//! The contract as an AsyncAPI 3.0 document, from a supplier's view, generated from the catalogue, the
//! schemas and their valid examples.

mod document;
mod draft_07;
mod examples;

pub use document::document;
pub use examples::Examples;
