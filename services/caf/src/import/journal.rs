//! What came of each row, kept beside the file, so that a second run sends the rest.
//!
//! The first line says which import this is and what the ids of its messages are made of: so they are
//! known before anything is sent, and nothing need be written for a row until it has an outcome. Rows
//! stand here by number, problems by column and code; nobody is named. Two runs at once are refused.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use schemas::AgencyId;
use serde::{Deserialize, Serialize};

use super::{Answer, Kind, Outcome, Problem, Tally, ids::Ids};
use crate::{Error, Result, atomic_file::PRIVATE};

/// How the name of the journal ends.
pub const ENDING: &str = ".import-journal";

/// Which import a journal is of.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    pub kind: Kind,
    pub agency: AgencyId,
    /// Where it was sent.
    pub exchange: String,
    pub sha256: String,
}

#[derive(Deserialize, Serialize)]
struct Head {
    version: u32,
    import: Import,
    ids: Ids,
}

/// One row that has an outcome.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub row: u32,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// The journal of one import, open and ours alone.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    pub ids: Ids,
    pub tally: Tally,
    done: HashMap<u32, Outcome>,
    rejected: Vec<Entry>,
    lines: BufWriter<File>,
}

impl Journal {
    /// Goes on with the journal at `path`, or begins it.
    ///
    /// # Errors
    /// When it is another import's, another run has it, or it cannot be read or written.
    pub fn open(path: &Path, import: &Import) -> Result<Self> {
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(PRIVATE).open(path);
        let file = open.map_err(|cause| Error::writing(path, cause))?;
        match file.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::refused("another import of this file is running; let it end"));
            }
            Err(TryLockError::Error(cause)) => return Err(Error::writing(path, cause)),
        }
        Self::go_on(path, &file, import)?.map_or_else(|| Self::begin(path, &file, import), Ok)
    }

    fn begin(path: &Path, file: &File, import: &Import) -> Result<Self> {
        let head = Head { version: 1, import: import.clone(), ids: Ids::new()? };
        let begun = (|| {
            file.set_len(0)?;
            let mut journal = Self::new(path, head.ids, file.try_clone()?)?;
            journal.write(&head)?;
            journal.lines.flush()?;
            // the ids must outlast whatever happens to the machine
            file.sync_all()?;
            Ok(journal)
        })();
        begun.map_err(|cause| Error::writing(path, cause))
    }

    fn new(path: &Path, ids: Ids, mut file: File) -> io::Result<Self> {
        file.seek(SeekFrom::End(0))?;
        Ok(Self {
            path: path.to_owned(),
            ids,
            tally: Tally::default(),
            done: HashMap::new(),
            rejected: Vec::new(),
            lines: BufWriter::new(file),
        })
    }

    /// None where nothing was begun.
    fn go_on(path: &Path, file: &File, import: &Import) -> Result<Option<Self>> {
        let reading = |cause| Error::reading(path, cause);
        let mut reader = BufReader::new(file);
        let mut line = String::new();
        let mut whole = reader.read_line(&mut line).map_err(reading)?;
        if !line.ends_with('\n') {
            return Ok(None);
        }
        let head: Head = serde_json::from_str(&line).map_err(|_| damaged(path, 1))?;
        same(path, &head, import)?;
        let mut entries = Vec::new();
        loop {
            line.clear();
            let read = reader.read_line(&mut line).map_err(reading)?;
            // a last line that was cut short: its row is sent again, under the same ids
            if !line.ends_with('\n') {
                break;
            }
            whole += read;
            entries.push(serde_json::from_str(&line).map_err(|_| damaged(path, entries.len() + 2))?);
        }
        let cut = file.set_len(u64::try_from(whole).unwrap_or(u64::MAX));
        let journal = cut.and_then(|()| Self::new(path, head.ids, file.try_clone()?));
        let mut journal = journal.map_err(|cause| Error::writing(path, cause))?;
        for entry in entries {
            journal.remember(entry);
        }
        Ok(Some(journal))
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.lines, line)?;
        self.lines.write_all(b"\n")
    }

    fn remember(&mut self, entry: Entry) {
        self.tally.add(entry.outcome, entry.code.as_deref());
        self.done.insert(entry.row, entry.outcome);
        if entry.outcome == Outcome::Rejected {
            self.rejected.push(entry);
        }
    }

    /// What came of a row, if it has an outcome.
    #[must_use]
    pub fn outcome(&self, row: u32) -> Option<Outcome> {
        self.done.get(&row).copied()
    }

    /// Notes what came of a row.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn note(&mut self, row: u32, answer: Answer) -> Result<()> {
        let Answer { outcome, code, problems } = answer;
        let entry = Entry { row, outcome, code, problems };
        self.write(&entry).map_err(|cause| Error::writing(&self.path, cause))?;
        self.remember(entry);
        Ok(())
    }

    /// Hands what was noted to the operating system: it outlasts a kill of this program.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn flush(&mut self) -> Result<()> {
        self.lines.flush().map_err(|cause| Error::writing(&self.path, cause))
    }

    /// The rows that were not taken.
    #[must_use]
    pub fn rejected(&self) -> &[Entry] {
        &self.rejected
    }
}

fn damaged(path: &Path, line: usize) -> Error {
    Error::refused(format!(
        "{} is damaged (line {line}); remove it to import the file anew: what was recorded already is then a duplicate",
        path.display()
    ))
}

fn same(path: &Path, head: &Head, now: &Import) -> Result<()> {
    let Import { kind, agency, exchange, sha256 } = &head.import;
    let journal = path.display();
    if head.version != 1 {
        return Err(Error::refused(format!("{journal} is of a version that this program does not know")));
    }
    if (kind, agency, exchange) != (&now.kind, &now.agency, &now.exchange) {
        return Err(Error::refused(format!(
            "this file was imported as {kind} of {agency} to {exchange} (see {journal}); to import it otherwise, use a copy of another name"
        )));
    }
    if *sha256 != now.sha256 {
        return Err(Error::refused(format!(
            "the file has changed since its import began: bring it back as it was to go on; or remove {journal} to import it anew as it is now: what was recorded already is then a duplicate"
        )));
    }
    Ok(())
}
