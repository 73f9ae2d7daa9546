//! Where files are kept, and how much of them.

use std::path::PathBuf;
use std::str::FromStr;

use crate::commands::Quotas;

/// Bytes in a megabyte, as settings count them.
const MEGABYTE: u64 = 1_048_576;

/// Everything that is set about files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaSettings {
    pub place: MediaPlace,
    /// The address of what speaks S3, if it is not the maker's own.
    pub endpoint: Option<String>,
    /// Bytes of one file, at most.
    pub file_bytes_max: u64,
    /// Of each service.
    pub quotas: Quotas,
}

impl MediaSettings {
    /// Megabytes of one file, at most.
    pub fn file_mb_max(&self) -> u64 {
        self.file_bytes_max / MEGABYTE
    }
}

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaPlace {
    /// In the data folder.
    Data,
    Folder(PathBuf),
    S3 {
        bucket: String,
        prefix: String,
    },
}

/// The text names no place for files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPlace;

impl FromStr for MediaPlace {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        if let Some(rest) = text.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if bucket.is_empty() {
                return Err(NotAPlace);
            }
            let prefix = prefix.trim_matches('/').to_owned();
            return Ok(Self::S3 { bucket: bucket.to_owned(), prefix });
        }
        if text.is_empty() || text.contains("://") {
            return Err(NotAPlace);
        }
        Ok(Self::Folder(PathBuf::from(text)))
    }
}

/// As many megabytes, in bytes.
pub(super) fn megabytes(count: usize) -> u64 {
    (count as u64).saturating_mul(MEGABYTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_in_a_folder_or_in_a_bucket() {
        let s3 = |bucket: &str, prefix: &str| {
            Ok(MediaPlace::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
        };
        assert_eq!("./data/media".parse(), Ok(MediaPlace::Folder("./data/media".into())));
        assert_eq!("s3://files".parse(), s3("files", ""));
        assert_eq!("s3://files/our/chat/".parse(), s3("files", "our/chat"));
        for text in ["", "s3://", "s3:///x", "ftp://files", "gs://files"] {
            assert_eq!(text.parse::<MediaPlace>(), Err(NotAPlace), "{text}");
        }
    }
}
