//! Every command, as a table of contents.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::{
    agency::AgencyCommand, asyncapi::AsyncApiArgs, authority::AuthorityCommand, ca::CaCommand,
    conform::ConformArgs, consent::ConsentCommand, decide::DecideArgs, decisions::DecisionsCommand,
    definitions::DefinitionsArgs, demo::DemoArgs, import::ImportCommand, inbox::InboxArgs,
    keeper::KeeperCommand, lookup::LookupArgs, parked::ParkedCommand, republish::RepublishArgs,
    rules::RulesCommand, send::SendArgs, set_aside::SetAsideCommand, worklist::WorklistCommand,
};

/// Works with the CAF exchange: for agencies send, lookup, inbox and import; for the
/// operator everything else.
#[derive(Debug, Parser)]
#[command(
    name = "caf",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 refused, rejected or not as it should be, 2 wrongly called, 3 cannot be reached.

Examples:
  caf status
  caf agency list
  caf lookup --as willow-nursery --practitioner n-01 --purpose avoid-duplicate-assessment --nhs-number 9434765919"
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) common: Common,
}

/// What every command takes.
#[derive(Args, Debug)]
pub(super) struct Common {
    /// How agencies reach the exchange [default: .local/exchange.json here or above, or beside this program]
    #[arg(long, global = true, env = "CAF_EXCHANGE", value_name = "FILE")]
    pub(super) exchange: Option<PathBuf>,
    /// What the operator works with [default: operator.json, found in the same way]
    #[arg(long, global = true, env = "CAF_OPERATOR", value_name = "FILE")]
    pub(super) operator: Option<PathBuf>,
    /// Print JSON instead of tables
    #[arg(long, global = true)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Is the exchange well? Services, broker, queues, certificates
    #[command(after_help = "Examples:\n  caf status\n  caf status --json")]
    Status,
    /// Add, show, renew and revoke agencies
    #[command(subcommand)]
    Agency(AgencyCommand),
    /// The local authorities, with the number that stands in every safety note
    #[command(subcommand)]
    Authority(AuthorityCommand),
    /// Send a message as an agency and wait for its receipt
    Send(SendArgs),
    /// Ask who works with a child, whether there is a CAF, and who leads
    Lookup(LookupArgs),
    /// Read an agency's inbox; nothing is taken from it without --ack
    Inbox(InboxArgs),
    /// Send what an agency's system holds already, from a file
    #[command(subcommand)]
    Import(ImportCommand),
    /// Messages that could not be processed; a person looks
    #[command(subcommand)]
    SetAside(SetAsideCommand),
    /// Outgoing messages that could not be delivered
    #[command(subcommand)]
    Parked(ParkedCommand),
    /// Have a service tell the others again of all its state
    Republish(RepublishArgs),
    /// What waits for a person of the CAF team, or for the operator
    #[command(subcommand)]
    Worklist(WorklistCommand),
    /// Who looked up whom and who asked for what, what was shown or shared or not, and why
    #[command(subcommand)]
    Decisions(DecisionsCommand),
    /// What a child's family agreed to and refused, at any moment
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// What would be decided of a request or an offer; nothing is sent
    Decide(DecideArgs),
    /// The policies by which it is decided what is shared
    #[command(subcommand)]
    Rules(RulesCommand),
    /// See point by point whether an agency's own system keeps to the contract
    Conform(ConformArgs),
    /// Play the main job with invented children, through real messages
    Demo(DemoArgs),
    /// The exchange's certificate authority (used by deploy/up)
    #[command(subcommand)]
    Ca(CaCommand),
    /// Print the contract as an AsyncAPI document, for suppliers
    Asyncapi(AsyncApiArgs),
    /// Print what the broker loads at every boot
    Definitions(DefinitionsArgs),
    /// Keep revoked and replaced certificates out
    #[command(subcommand)]
    Keeper(KeeperCommand),
}
