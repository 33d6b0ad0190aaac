//! Files that are replaced whole: a reader sees the old or the new content,
//! never a part, also when the machine stops in between.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::{Error, Result, random};

/// Readable by its owner only.
pub const PRIVATE: u32 = 0o600;
/// Readable by everybody on the machine.
pub const PUBLIC: u32 = 0o644;

/// Writes `content` to `path` with exactly the permission `mode`.
///
/// # Errors
/// When the directory cannot be written.
pub fn write(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let beside = beside(path)?;
    replace(path, &beside, content, mode).map_err(|cause| {
        let _ = fs::remove_file(&beside);
        Error::writing(path, cause)
    })
}

fn beside(path: &Path) -> Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(path.with_file_name(format!(".{name}.{}", random::hex(&random::bytes::<6>()?))))
}

fn replace(path: &Path, beside: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(beside)?;
    file.write_all(content)?;
    // the mode of `open` is cut by the umask: set it to what was asked for
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()?;
    fs::rename(beside, path)?;
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => File::open(directory)?.sync_all(),
        Some(_) | None => Ok(()),
    }
}

/// Makes a directory and those above it; the last one gets the permission `mode`.
///
/// # Errors
/// When it cannot be made or its permission cannot be set.
pub fn directory(path: &Path, mode: u32) -> Result<()> {
    let make = || {
        fs::DirBuilder::new().recursive(true).mode(mode).create(path)?;
        fs::set_permissions(path, Permissions::from_mode(mode))
    };
    make().map_err(|cause| Error::writing(path, cause))
}

/// Holds the lock file `path` until the returned file is dropped.
///
/// # Errors
/// When the lock file cannot be made.
pub fn lock(path: &Path) -> Result<File> {
    let take = || {
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(PRIVATE).open(path)?;
        file.lock()?;
        Ok(file)
    };
    take().map_err(|cause| Error::writing(path, cause))
}

/// The whole text of a file.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|cause| Error::reading(path, cause))
}
