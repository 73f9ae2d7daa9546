//! The bytes of files: in a folder, or in what speaks S3. What a file is called and who may have it
//! is in the database; here it is only a SID in its service's part.

mod writing;

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use chat::{MediaSid, ServiceSid};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ClientConfigKey, GetOptions, GetRange, ObjectStore, ObjectStoreExt};

use crate::config::{Config, MediaPlace};
use crate::limits::{FILES_SILENT_MS, FILES_WHOLE_MS};
use crate::store::Broken;

pub use writing::Writing;

/// The folder for files in the data folder.
const FOLDER: &str = "media";
/// What object_store calls the draft of a file in a folder, behind the file's own name.
const DRAFT: &str = "#1";

/// The files of all services; clones share them.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    /// Where they lie, if it is a folder.
    folder: Option<PathBuf>,
}

/// The files of one service.
#[derive(Clone)]
pub struct Shelf {
    files: Files,
    prefix: Path,
}

/// Files cannot be kept there; one sentence says why.
#[derive(Debug, thiserror::Error)]
pub enum NoFiles {
    #[error("Files cannot be kept in {folder}: {cause}.")]
    Folder { folder: PathBuf, cause: io::Error },
    #[error("Files cannot be kept in {place}: {cause}.")]
    Place { place: String, cause: object_store::Error },
}

impl From<object_store::Error> for Broken {
    fn from(cause: object_store::Error) -> Self {
        Self::new(cause)
    }
}

impl Files {
    /// Where the settings say. Nothing is asked of a bucket before there is a file.
    pub fn open(config: &Config) -> Result<Self, NoFiles> {
        match &config.media.place {
            MediaPlace::Data => Self::in_folder(&config.data.join(FOLDER)),
            MediaPlace::Folder(folder) => Self::in_folder(folder),
            MediaPlace::S3 { bucket, prefix } => {
                let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
                if let Some(endpoint) = &config.media.endpoint {
                    builder = builder
                        .with_endpoint(endpoint)
                        .with_allow_http(endpoint.starts_with("http://"));
                }
                Self::in_s3(builder, prefix).map_err(|cause| {
                    let place = format!("s3://{bucket}/{prefix}");
                    NoFiles::Place { place, cause }
                })
            }
        }
    }

    fn in_folder(folder: &FilePath) -> Result<Self, NoFiles> {
        make_folder(folder)
            .map_err(|cause| NoFiles::Folder { folder: folder.to_owned(), cause })?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(|cause| NoFiles::Place { place: folder.display().to_string(), cause })?;
        Ok(Self {
            store: Arc::new(store.with_fsync(true)),
            prefix: Path::default(),
            folder: Some(folder.to_owned()),
        })
    }

    fn in_s3(builder: AmazonS3Builder, prefix: &str) -> Result<Self, object_store::Error> {
        // Somebody else in this process may have said so before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A slow reader may take hours for a large file; only silence is an error. Beside the options
        // that the environment sets: taken whole, ours would replace them.
        let [whole, silence] = [FILES_WHOLE_MS, FILES_SILENT_MS].map(|limit| format!("{limit}ms"));
        let store = builder
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), whole)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::ReadTimeout), silence)
            .build()?;
        Ok(Self { store: Arc::new(store), prefix: Path::parse(prefix)?, folder: None })
    }

    /// Those of one service, which no other one sees.
    pub fn of(&self, service: ServiceSid) -> Shelf {
        Shelf { files: self.clone(), prefix: self.prefix.clone().join(service.to_string()) }
    }
}

impl Shelf {
    /// Begins a file. Nobody sees it before it is finished.
    pub async fn begin(&self, sid: MediaSid) -> Result<Writing, Broken> {
        let upload = self.files.store.put_multipart(&self.path(sid)).await?;
        Ok(Writing::to(upload))
    }

    /// Some bytes of a file, a piece at a time.
    pub async fn read(
        &self,
        sid: MediaSid,
        bytes: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, Broken>>, Broken> {
        let options = GetOptions::new().with_range(Some(GetRange::Bounded(bytes)));
        let found = self.files.store.get_opts(&self.path(sid), options).await?;
        Ok(found.into_stream().map_err(Broken::from).boxed())
    }

    /// Removes a file, and what is left of one that broke off. One that is not there is gone.
    pub async fn remove(&self, sid: MediaSid) -> Result<(), Broken> {
        if let Some(folder) = &self.files.folder {
            let draft = folder.join(format!("{}{DRAFT}", self.path(sid)));
            gone(fs::remove_file(draft)).map_err(Broken::new)?;
        }
        match self.files.store.delete(&self.path(sid)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            deleted => Ok(deleted?),
        }
    }

    /// Removes everything that the service has.
    pub async fn remove_all(&self) -> Result<(), Broken> {
        if let Some(folder) = &self.files.folder {
            let folder = folder.join(self.prefix.as_ref());
            let removed = tokio::task::spawn_blocking(move || fs::remove_dir_all(folder));
            return gone(removed.await.map_err(Broken::new)?).map_err(Broken::new);
        }
        let mut all = self.files.store.list(Some(&self.prefix));
        while let Some(file) = all.try_next().await? {
            self.files.store.delete(&file.location).await?;
        }
        Ok(())
    }

    fn path(&self, sid: MediaSid) -> Path {
        self.prefix.clone().join(sid.to_string())
    }
}

fn make_folder(folder: &FilePath) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// What is not there was removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
