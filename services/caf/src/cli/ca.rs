//! `caf ca …`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::output::{Output, facts};
use crate::{
    Error, Result,
    ca::{Ca, Issued},
    clock,
};

#[derive(Debug, Subcommand)]
pub(super) enum CaCommand {
    /// Make the authority and its first revocation list
    #[command(after_help = "Example:\n  caf ca init .local/ca --crl-directory .local/crl")]
    Init {
        /// The authority's directory: only its owner can enter it
        directory: PathBuf,
        /// Where the broker reads the revocation list
        #[arg(long, value_name = "DIR")]
        crl_directory: PathBuf,
    },
    /// Issue a certificate for a server
    #[command(after_help = "Example:\n  caf ca issue-server --ca .local/ca --out broker localhost 127.0.0.1")]
    IssueServer {
        #[command(flatten)]
        place: Place,
        /// Host names and addresses
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Issue a certificate for a service
    #[command(after_help = "Example:\n  caf ca issue-service --ca .local/ca --out svc-index svc-index")]
    IssueService {
        #[command(flatten)]
        place: Place,
        /// The service's broker user
        name: String,
    },
}

#[derive(Args, Debug)]
pub(super) struct Place {
    /// The authority's directory
    #[arg(long, value_name = "DIR")]
    ca: PathBuf,
    /// Where certificate.pem and key.pem are put
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(command: CaCommand) -> Result<Output> {
    match command {
        CaCommand::Init { directory, crl_directory } => {
            let ca = Ca::create(&directory, &crl_directory)?;
            let (certificate, list) = (ca.certificate_path(), ca.crl_path());
            Ok(Output::new(
                json!({ "certificate": certificate, "revocationList": list }),
                facts([
                    ("authority", certificate.display().to_string()),
                    ("revocation list", list.display().to_string()),
                ]),
            ))
        }
        CaCommand::IssueServer { place, names } => {
            let issued = Ca::open(&place.ca)?.issue_server(&names, &place.out)?;
            Ok(told(&issued))
        }
        CaCommand::IssueService { place, name } => {
            schemas::ServiceId::parse(&name)
                .map_err(|_| Error::usage("a service's name reads like svc-index"))?;
            let issued = Ca::open(&place.ca)?.issue_client(&name, &place.out)?;
            Ok(told(&issued))
        }
    }
}

fn told(issued: &Issued) -> Output {
    Output::new(
        json!({ "record": issued.record, "certificate": issued.certificate, "key": issued.key }),
        facts([
            ("name", issued.record.name.clone()),
            ("number", issued.record.number.clone()),
            ("certificate", issued.certificate.display().to_string()),
            ("valid until", clock::day(issued.record.valid_until)),
        ]),
    )
}
