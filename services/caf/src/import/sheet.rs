//! The file: looked through whole before anything is sent, then read row by row. It is never held in
//! memory whole, and nothing of it is quoted.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read, Seek as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{Context, SHA256};
use csv::{ByteRecord, ErrorKind, ReaderBuilder, StringRecord};

use super::{Kind, columns::ADDED};
use crate::{Error, Result, random};

/// Longer than any message may be: most likely a quote that is not closed.
const LONGEST_ROW: usize = 256 * 1024;
/// More line breaks than stand in any cell that somebody wrote: most likely a quote that is not closed.
const MOST_BREAKS: usize = 16;
/// Read after the end of the file. They make no row, unless a quote is open there still: then its cell holds
/// them.
const BREAKS: &[u8] = &[b'\n'; MOST_BREAKS + 1];

/// A file with its columns, found to be readable to its end.
#[derive(Debug)]
pub struct Sheet {
    pub path: PathBuf,
    pub kind: Kind,
    /// The columns as the file names them.
    pub header: StringRecord,
    pub rows: usize,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    places: HashMap<String, usize>,
    file: File,
}

/// One row, with its number as spreadsheets count: the first below the names of the columns is 2.
#[derive(Debug)]
pub struct Row {
    pub number: u32,
    pub cells: StringRecord,
}

impl Sheet {
    /// Looks through the file.
    ///
    /// # Errors
    /// When it cannot be read, is not UTF-8, or its columns are not those of the kind.
    pub fn open(path: &Path, kind: Kind) -> Result<Self> {
        let file = File::open(path).map_err(|cause| Error::reading(path, cause))?;
        let mut hashing = Hashing { file: &file, digest: Context::new(&SHA256) };
        let (header, rows) = survey(path, (&mut hashing).chain(BREAKS))?;
        let sha256 = random::hex(hashing.digest.finish().as_ref());
        let places = places(path, kind, &header)?;
        Ok(Self { path: path.to_owned(), kind, header, rows, sha256, places, file })
    }

    /// A file beside it, named after it.
    #[must_use]
    pub fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_os_string();
        name.push(ending);
        self.path.with_file_name(name)
    }

    /// The value of a column in a row, without blanks around it. None where there is none.
    #[must_use]
    pub fn value<'a>(&self, row: &'a Row, column: &str) -> Option<&'a str> {
        let value = row.cells.get(*self.places.get(column)?)?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// Every row, in order; blank rows are left out.
    ///
    /// # Errors
    /// When the file can no longer be read as it was before.
    pub fn rows(&self) -> Result<Rows<'_>> {
        let mut file = &self.file;
        file.rewind().map_err(|cause| Error::reading(&self.path, cause))?;
        Ok(Rows { path: &self.path, reader: reader(file), number: 0 })
    }
}

/// The rows of a file.
#[derive(Debug)]
pub struct Rows<'a> {
    path: &'a Path,
    reader: csv::Reader<&'a File>,
    number: u32,
}

impl Iterator for Rows<'_> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut cells = StringRecord::new();
            match self.reader.read_record(&mut cells) {
                Err(cause) => return Some(Err(unreadable(self.path, self.number + 1, cause))),
                Ok(false) => return None,
                Ok(true) => self.number += 1,
            }
            // the first record holds the names of the columns
            if self.number > 1 && !cells.iter().all(|cell| cell.trim().is_empty()) {
                return Some(Ok(Row { number: self.number, cells }));
            }
        }
    }
}

/// Reads and takes the hash of what it reads.
struct Hashing<'a> {
    file: &'a File,
    digest: Context,
}

impl Read for Hashing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}

fn reader<R: Read>(file: R) -> csv::Reader<R> {
    // a row of another length is refused by itself; the names of the columns are read like a row
    ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(1 << 16).from_reader(file)
}

/// The names of the columns, and how many rows are not blank.
fn survey(path: &Path, file: impl Read) -> Result<(StringRecord, usize)> {
    let mut reader = reader(file);
    let (mut header, mut rows, mut number) = (None, 0, 0_u32);
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|cause| unreadable(path, number + 1, cause))? {
        number = number.checked_add(1).ok_or_else(|| too_long(path))?;
        if record.as_slice().len() > LONGEST_ROW || record.iter().any(goes_on) {
            return Err(Error::usage(format!(
                "row {number} of {} is longer than any row: most likely a quotation mark is opened there and not closed",
                path.display()
            )));
        }
        let cells = StringRecord::from_byte_record(std::mem::take(&mut record)).map_err(|_| {
            Error::usage(format!(
                "row {number} of {} is not UTF-8; save the file as \"CSV UTF-8\" (it may be in Windows-1252) and try again",
                path.display()
            ))
        })?;
        let blank = cells.iter().all(|cell| cell.trim().is_empty());
        match header {
            None => header = Some(cells),
            Some(_) if !blank => rows += 1,
            Some(_) => (),
        }
    }
    header.map(|header| (header, rows)).ok_or_else(|| {
        Error::usage(format!("{} is empty; its first row must name the columns", path.display()))
    })
}

fn goes_on(cell: &[u8]) -> bool {
    cell.split(|byte| *byte == b'\n').nth(MOST_BREAKS + 1).is_some()
}

fn too_long(path: &Path) -> Error {
    Error::usage(format!("{} has too many rows; cut it into several files", path.display()))
}

fn unreadable(path: &Path, row: u32, cause: csv::Error) -> Error {
    match cause.into_kind() {
        ErrorKind::Io(cause) => Error::reading(path, cause),
        // the words of the others may quote
        _ => Error::usage(format!("row {row} of {} cannot be read as CSV", path.display())),
    }
}

/// Which column stands where.
fn places(path: &Path, kind: Kind, header: &StringRecord) -> Result<HashMap<String, usize>> {
    let known: Vec<&str> = kind.columns().iter().map(|column| column.name.as_str()).collect();
    let names: Vec<String> = header.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let file = path.display();
    if !names.iter().any(|name| known.contains(&name.as_str())) {
        // what stands there may be a row with people in it: it is not quoted
        return Err(Error::usage(format!(
            "the first row of {file} names none of the columns of {kind}, which are: {}",
            known.join(", ")
        )));
    }
    let mut places = HashMap::new();
    for (place, name) in names.into_iter().enumerate() {
        if name.is_empty() || ADDED.contains(&name.as_str()) {
            continue;
        }
        if !known.contains(&name.as_str()) {
            return Err(Error::usage(format!(
                "{file} has a column {name}, which {kind} does not know; take it out. Known: {}",
                known.join(", ")
            )));
        }
        if places.insert(name.clone(), place).is_some() {
            return Err(Error::usage(format!("{file} has two columns {name}")));
        }
    }
    let missing: Vec<&str> =
        kind.needed().into_iter().filter(|needed| !places.contains_key(*needed)).collect();
    if missing.is_empty() {
        return Ok(places);
    }
    Err(Error::usage(format!("{file} lacks what {kind} needs: {}", missing.join(", "))))
}
