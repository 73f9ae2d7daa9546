//! How many sockets there may be. Each needs a file descriptor, so the system has its say.

/// The most sockets at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// All together.
    pub all: usize,
    /// From one address that is not this machine's.
    pub from_address: usize,
}

/// File descriptors that are left to the database and to requests over HTTP, at most.
const OTHER_FILES: u64 = 256;

impl Default for Connections {
    fn default() -> Self {
        Self { all: fit_into(files_max()), from_address: 100 }
    }
}

/// How many sockets fit into so many files: a quarter of few is left to others.
fn fit_into(files: u64) -> usize {
    let others = (files / 4).min(OTHER_FILES);
    usize::try_from(files - others).unwrap_or(usize::MAX)
}

/// How many files this process may have open, as `ulimit -n` says.
#[cfg(unix)]
fn files_max() -> u64 {
    use rustix::process::{Resource, getrlimit};

    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[cfg(not(unix))]
fn files_max() -> u64 {
    u64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_left_to_others() {
        assert_eq!(fit_into(256), 192);
        assert_eq!(fit_into(1_024), 768);
        assert_eq!(fit_into(65_536), 65_280);
    }
}
