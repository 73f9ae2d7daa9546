//! Who works on a data folder: servers share it, and what needs it for itself waits for nobody.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

const FILE: &str = "occupied";

/// Holds the folder until it is dropped, or the process ends in any way.
#[derive(Debug)]
pub struct Occupied {
    _file: File,
}

/// Why the folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum NotAlone {
    #[error("A server runs on this data folder. Stop it first.")]
    Served,
    #[error("Something needs this data folder for itself just now, such as an import.")]
    Taken,
    #[error("The data folder cannot be locked: {0}.")]
    Io(#[from] io::Error),
}

impl Occupied {
    /// For a server.
    pub fn by_server(data: &Path) -> Result<Self, NotAlone> {
        let file = open(data)?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(NotAlone::Taken),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// For what wants no server beside it.
    pub fn alone(data: &Path) -> Result<Self, NotAlone> {
        let file = open(data)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(NotAlone::Served),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

fn open(data: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(data.join(FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_share_a_folder_and_an_import_has_it_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Occupied::by_server(folder.path()).expect("nobody is there");
        let second = Occupied::by_server(folder.path()).expect("they share");
        drop(first);
        assert!(matches!(Occupied::alone(folder.path()), Err(NotAlone::Served)));
        drop(second);
        let alone = Occupied::alone(folder.path()).expect("nobody is there");
        assert!(matches!(Occupied::by_server(folder.path()), Err(NotAlone::Taken)));
        drop(alone);
        assert!(Occupied::by_server(folder.path()).is_ok());
    }
}
