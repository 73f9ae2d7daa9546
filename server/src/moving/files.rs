//! Files beside the lists, as they lie in a folder: `media/ME…` in the folder of their channel. Each
//! is read and written a piece at a time.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use chat::{ChannelSid, Media, MediaSid};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::{Error, ObjectStoreExt};

use crate::files::Shelf;
use crate::store::Broken;

/// The folder of files in a channel's.
const FOLDER: &str = "media";

/// A file that an export named, and has yet to bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub(super) channel: ChannelSid,
    pub(super) media: Media,
}

/// Brings the files that an export named; gives those that are not there any more.
pub async fn export_files(
    shelf: &Shelf,
    folder: &Path,
    named: Vec<Named>,
) -> Result<Vec<MediaSid>, Broken> {
    let mut missing = Vec::new();
    for Named { channel, media } in named {
        let Ok(mut bytes) = shelf.read(media.sid, 0..media.size).await else {
            missing.push(media.sid);
            continue;
        };
        let folder = folder.join("channels").join(channel.to_string()).join(FOLDER);
        fs::create_dir_all(&folder).map_err(Broken::new)?;
        let mut file = create(&folder.join(media.sid.to_string())).map_err(Broken::new)?;
        while let Some(piece) = bytes.try_next().await? {
            file.write_all(&piece).map_err(Broken::new)?;
        }
        file.sync_all().map_err(Broken::new)?;
    }
    Ok(missing)
}

/// What is exported is private: only its owner reads it.
pub(super) fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

/// A file that lies beside the lists of a channel, and how many bytes it has; nothing if it is not
/// there.
pub(super) async fn lying(
    folder: &Path,
    media: MediaSid,
) -> io::Result<Option<(u64, BoxStream<'static, Result<Bytes, Error>>)>> {
    let path = fs::canonicalize(folder)?.join(path_of(media));
    let path = object_store::path::Path::from_absolute_path(path).map_err(io::Error::other)?;
    match LocalFileSystem::new().get(&path).await {
        Ok(found) => Ok(Some((found.meta.size, found.into_stream()))),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Below the folder of its channel.
pub(super) fn path_of(media: MediaSid) -> PathBuf {
    Path::new(FOLDER).join(media.to_string())
}
