//! `caf import …`

use std::{path::PathBuf, time::Duration};

use clap::{Args, Subcommand};
use schemas::AgencyId;
use serde_json::json;

use super::{
    args::Common,
    output::{Outcome, Output, facts, table, warn},
    progress::Progress,
};
use crate::{
    Result,
    client::AgencyClient,
    exchange_file::ExchangeFile,
    import::{
        Author, Kind, Tally,
        flow::{self, End},
        journal::{self, Import, Journal},
        rejects,
        sheet::Sheet,
    },
};

#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Practitioners for the agency's register
    #[command(after_help = "Examples:
  caf import practitioners --columns
  caf import practitioners --as beaumont-school staff.csv")]
    Practitioners(ImportArgs),
    /// The children that the agency works with
    #[command(after_help = "Examples:
  caf import children --columns
  caf import children --as beaumont-school pupils.csv")]
    Children(ImportArgs),
    /// The log of open CAFs kept until now, with assessors, leads and review dates
    #[command(after_help = "Examples:
  caf import caf-log --columns
  caf import caf-log --as borough-caf-team log.csv

With review-due-on the lead's agency is reminded of that day; without, the first review is due three months
after completed-on.")]
    CafLog(ImportArgs),
}

#[derive(Args, Debug)]
#[command(
    long_about = "Import a file (CSV, UTF-8) as an agency: each row becomes the messages that its system would send.

The file's first row names the columns, in any order (docs/import.md). A row that is not as the schemas say
is not sent; it stands in FILE.rejects.csv with the reason, as does one that the exchange rejects. Mended,
that file can be imported itself.

May be interrupted at any time: the same command goes on with the rows that have no outcome yet, and
nothing happens twice. FILE.import-journal remembers them; it names nobody.

Receipts are taken from the agency's inbox, everything else there comes back to its place at the end. The
agency's own reader may go on: until then it is given nothing."
)]
pub(super) struct ImportArgs {
    /// The agency, with its own certificate
    #[arg(long = "as", value_name = "AGENCY", required_unless_present = "columns")]
    agency: Option<AgencyId>,
    /// Seconds without any receipt after which to stop
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// List the columns that a file may have
    #[arg(long, exclusive = true)]
    columns: bool,
    /// The file
    #[arg(required_unless_present = "columns")]
    file: Option<PathBuf>,
}

pub(super) async fn run(command: ImportCommand, common: &Common) -> Result<Output> {
    let (kind, args) = match command {
        ImportCommand::Practitioners(args) => (Kind::Practitioners, args),
        ImportCommand::Children(args) => (Kind::Children, args),
        ImportCommand::CafLog(args) => (Kind::CafLog, args),
    };
    match (args.agency, args.file) {
        (Some(agency), Some(file)) => {
            let sheet = Sheet::open(&file, kind)?;
            import(&sheet, agency, Duration::from_secs(args.wait), &common.exchange()?).await
        }
        (_, _) => Ok(columns(kind)),
    }
}

fn columns(kind: Kind) -> Output {
    let needed = kind.needed();
    let columns = kind.columns();
    let is_needed = |name: &str| if needed.contains(&name) { "needed" } else { "" };
    let json = columns
        .iter()
        .map(|column| json!({"name": column.name, "needed": needed.contains(&column.name.as_str()), "field": column.place}));
    let rows = columns
        .iter()
        .map(|column| vec![column.name.clone(), is_needed(&column.name).to_owned(), column.place.clone()]);
    Output::new(json.collect(), table(&["column", "", "field"], rows))
}

async fn import(
    sheet: &Sheet,
    agency: AgencyId,
    patience: Duration,
    exchange: &ExchangeFile,
) -> Result<Output> {
    let place = &exchange.amqps;
    let of = Import {
        kind: sheet.kind,
        agency: agency.clone(),
        exchange: format!("{}:{}/{}", place.host, place.port, place.vhost),
        sha256: sheet.sha256.clone(),
    };
    let mut journal = Journal::open(&sheet.beside(journal::ENDING), &of)?;
    let before = journal.tally.done();
    if before == sheet.rows {
        return Ok(summary(sheet, &journal.tally, "Nothing is left to do."));
    }
    let client = AgencyClient::connect(exchange, agency.as_str()).await?;
    let author = Author { agency, ids: journal.ids };
    let mut progress = Progress::new(sheet.rows, "rows");
    let shown = |tally: &Tally| progress.is_at(tally.done(), || rejected_so_far(tally));
    let ended = flow::run(&client, sheet, &mut journal, author, patience, shown).await;
    progress.ends();
    if !journal.rejected().is_empty() {
        rejects::write(sheet, &journal)?;
    }
    let left = sheet.rows - journal.tally.done();
    match ended {
        Ok(End::Complete) => {
            client.close().await?;
            Ok(summary(sheet, &journal.tally, ""))
        }
        Ok(End::Silent) => Ok(summary(
            sheet,
            &journal.tally,
            &format!("{left} rows have no outcome yet, and no receipt comes; does another program read this inbox? The same command goes on with them."),
        )
        .ended(Outcome::Unreachable)),
        Err(error) => {
            warn(&format!("{left} of {} rows have no outcome yet; the same command goes on with them", sheet.rows));
            Err(error)
        }
    }
}

fn rejected_so_far(tally: &Tally) -> String {
    if tally.rejected == 0 { String::new() } else { format!("({} rejected)", tally.rejected) }
}

/// Counts and codes; nothing of a row.
fn summary(sheet: &Sheet, tally: &Tally, more: &str) -> Output {
    let mut rows = vec![
        ("rows".to_owned(), sheet.rows.to_string()),
        ("recorded".to_owned(), tally.recorded.to_string()),
        ("there already".to_owned(), tally.duplicate.to_string()),
        ("held".to_owned(), tally.held.to_string()),
        ("rejected".to_owned(), tally.rejected.to_string()),
    ];
    rows.extend(tally.codes.iter().map(|(code, count)| (format!("  {code}"), count.to_string())));
    let file = sheet.beside(rejects::ENDING);
    let mut json = json!(tally);
    json["rows"] = json!(sheet.rows);
    let mut told = vec![facts(rows)];
    if tally.rejected > 0 {
        json["rejects"] = json!(file);
        told.push(format!("Rows and reasons: {}", file.display()));
    }
    if tally.held > 0 {
        told.push("Held: a person will look, and a final receipt follows in the inbox.".to_owned());
    }
    if !more.is_empty() {
        told.push(more.to_owned());
    }
    let output = Output::new(json, told.join("\n"));
    if tally.rejected > 0 { output.ended(Outcome::NotAsAsked) } else { output }
}
