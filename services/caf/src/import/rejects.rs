//! The rows that were not taken, as they were, with the reasons: mended, the file can be imported itself.

use csv::{StringRecord, WriterBuilder};

use super::{columns::ADDED, draft::named, journal::Journal, sheet::Sheet};
use crate::{Error, Result, atomic_file};

/// How the name of the file of rejects ends.
pub const ENDING: &str = ".rejects.csv";

/// Writes the file of rejects; the people in it are for its owner only.
///
/// # Errors
/// When it cannot be written, or the file of the import no longer read.
pub fn write(sheet: &Sheet, journal: &Journal) -> Result<()> {
    let mut rejected: Vec<_> = journal.rejected().iter().collect();
    rejected.sort_by_key(|entry| entry.row);
    let path = sheet.beside(ENDING);
    let unwritten = |cause: csv::Error| Error::failed(format!("cannot write {}", path.display()), cause);
    let mut writer = WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(&with(sheet, &sheet.header, &ADDED)).map_err(unwritten)?;
    let mut rejected = rejected.into_iter().peekable();
    let mut rows = sheet.rows()?;
    while let Some(entry) = rejected.peek() {
        let Some(row) = rows.next().transpose()? else { break };
        if row.number != entry.row {
            continue;
        }
        let problems = entry.problems.iter().map(|problem| match problem.of {
            Some(_) => named(sheet, &row, problem),
            None => problem.clone(),
        });
        let told = problems.map(|problem| format!("{}: {}", problem.at, problem.problem));
        let code = entry.code.clone().unwrap_or_default();
        let reason: Vec<String> = std::iter::once(code).chain(told).collect();
        let added = [row.number.to_string(), reason.join("; ")];
        writer.write_record(&with(sheet, &row.cells, &added)).map_err(unwritten)?;
        rejected.next();
    }
    let text = writer
        .into_inner()
        .map_err(|cause| Error::failed("the rejects cannot be written", cause.into_error()))?;
    atomic_file::write(&path, &text, atomic_file::PRIVATE)
}

/// A row without what an earlier file of rejects added, and with what this one adds, in columns of its own.
fn with(sheet: &Sheet, cells: &StringRecord, added: &[impl AsRef<str>]) -> StringRecord {
    let is_own = |place: usize| {
        let name = sheet.header.get(place).unwrap_or_default().trim().to_ascii_lowercase();
        !ADDED.contains(&name.as_str())
    };
    let columns = (0..sheet.header.len()).filter(|place| is_own(*place));
    let own = columns.map(|place| cells.get(place).unwrap_or_default());
    // a row that was too long keeps its end, beyond all columns
    let beyond = cells.iter().skip(sheet.header.len());
    own.chain(added.iter().map(AsRef::as_ref)).chain(beyond).collect()
}
