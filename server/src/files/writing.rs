//! A file that is being written, in pieces: never all of it is in memory.

use std::mem;

use bytes::Bytes;
use object_store::{MultipartUpload, PutPayload};

use crate::limits::FILE_PIECE_BYTES;
use crate::store::Broken;

/// Dropped before it is finished, it leaves no file.
pub struct Writing {
    upload: Box<dyn MultipartUpload>,
    piece: Vec<Bytes>,
    bytes: usize,
}

impl Writing {
    pub(super) fn to(upload: Box<dyn MultipartUpload>) -> Self {
        Self { upload, piece: Vec::new(), bytes: 0 }
    }

    /// Adds to it, and waits until there is room for more.
    pub async fn add(&mut self, bytes: Bytes) -> Result<(), Broken> {
        self.bytes += bytes.len();
        self.piece.push(bytes);
        if FILE_PIECE_BYTES <= self.bytes {
            self.put_piece().await?;
        }
        Ok(())
    }

    /// Now the file is there, and durable.
    pub async fn finish(mut self) -> Result<(), Broken> {
        if 0 < self.bytes {
            self.put_piece().await?;
        }
        self.upload.complete().await?;
        Ok(())
    }

    /// There will be no file.
    pub async fn give_up(mut self) -> Result<(), Broken> {
        Ok(self.upload.abort().await?)
    }

    async fn put_piece(&mut self) -> Result<(), Broken> {
        self.bytes = 0;
        let piece = PutPayload::from_iter(mem::take(&mut self.piece));
        Ok(self.upload.put_part(piece).await?)
    }
}
