//! `yoriai export`: everything, in files that `yoriai import` reads. A server may run meanwhile; the
//! lists show one moment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chat::ServiceSid;
use clap::Args;

use super::{Failed, open_store};
use crate::config::Config;
use crate::files::Files;
use crate::moving::{export, export_files};

#[derive(Args)]
pub(super) struct Export {
    /// A folder that is empty, or is not there yet
    dir: PathBuf,
    /// The service's SID [default: the first one]
    #[arg(long)]
    service: Option<ServiceSid>,
}

impl Export {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failed> {
        let Self { dir, service } = self;
        make_empty(&dir).map_err(|error| {
            format!("The folder {} cannot be written to: {error}.", dir.display())
        })?;
        let (store, service) = open_store(config, service).await?;
        let folder = dir.clone();
        let exported = store.read(move |tx| export(tx, &folder)).await;
        store.close().await;
        let shelf = Files::open(config)?.of(service.sid);
        for missing in export_files(&shelf, &dir, exported?).await? {
            eprintln!("The file {missing} is not there any more.");
        }
        Ok(())
    }
}

fn make_empty(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if !dir.exists() {
        return fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    }
    if fs::read_dir(dir)?.next().is_some() {
        return Err(io::Error::other("it is not empty"));
    }
    Ok(())
}
