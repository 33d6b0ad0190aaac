//! The program `caf`; everything is in the library.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    caf::cli::run().await
}
