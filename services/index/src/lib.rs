//! The index: who works with a child, is there a CAF, who leads (D-I1). No case data.
//!
//! * [`handlers`]: one file a message type, and the two lanes that they run in.
//! * [`rules`]: pure functions; what is folded, who is linked, what is shown.
//! * [`store`]: the SQL, a file a table.
//! * [`admin`]: what operators ask and set.

pub mod admin;
pub mod error;
pub mod handlers;
pub mod rules;
pub mod store;

/// The index's own tables, as they came to be.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();
