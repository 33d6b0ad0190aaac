//! The SQL, a file a table or a join. Each function takes the transaction that it runs in and a
//! whole batch; nothing here decides. Upserts keep the order of `rules::moment`: the later
//! statement stays.

pub mod access_notice;
pub mod agency;
pub mod asker;
pub mod audit;
pub mod authority;
pub mod caf;
pub mod caf_step;
pub mod correction;
pub mod decision;
mod engagement;
pub mod intention;
pub mod involvement;
pub mod lookup;
pub mod near;
pub mod practitioner;
pub mod publication;
pub mod record;
pub mod refusal;
pub mod register;
pub mod restriction;
pub mod sensitive_shown;
mod shown;
pub mod stands;
mod states;
pub mod task;
pub mod watch;
pub mod worklist;
