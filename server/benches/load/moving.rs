//! A service that moves in, with a long history.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command as Process;
use std::time::Instant;

const AUTHORS: usize = 100;
const CHANNEL: &str = "CH00000000000000000000000000000001";

/// How long an import takes, and how much memory at its peak.
pub(crate) fn import(messages: usize) {
    let lists = tempfile::tempdir().expect("a temporary folder");
    write_lists(lists.path(), messages).expect("there is room on the disk");
    let data = tempfile::tempdir().expect("a temporary folder");
    let begun = Instant::now();
    let mut import = Process::new(env!("CARGO_BIN_EXE_yoriai"));
    import.args(["import", "programmable-chat"]).arg(lists.path()).arg("--data").arg(data.path());
    let mut child = import.stdout(std::process::Stdio::null()).spawn().expect("it starts");
    let mut peak = 0;
    let status = loop {
        peak = peak.max(super::program::resident_bytes_of(child.id()));
        match child.try_wait().expect("it is our own") {
            Some(status) => break status,
            None => std::thread::sleep(std::time::Duration::from_millis(20)),
        }
    };
    assert!(status.success(), "{status}");
    println!(
        "an import of {messages} messages: {:.0} s, {:.0} MB of memory at most",
        begun.elapsed().as_secs_f64(),
        peak as f64 / 1e6,
    );
}

fn write_lists(folder: &Path, messages: usize) -> std::io::Result<()> {
    let channel = folder.join("channels").join(CHANNEL);
    std::fs::create_dir_all(&channel)?;
    std::fs::write(
        folder.join("channels.json"),
        format!("{{\"sid\":\"{CHANNEL}\",\"unique_name\":\"harvest\",\"type\":\"public\"}}\n"),
    )?;
    let mut file = BufWriter::new(File::create(channel.join("messages.json"))?);
    let body = "x".repeat(200);
    for index in 0..messages {
        let author = index % AUTHORS;
        writeln!(
            file,
            "{{\"sid\":\"IM{index:032x}\",\"index\":{index},\"from\":\"author-{author}\",\
             \"body\":\"{body}\",\"attributes\":\"{{}}\",\
             \"date_created\":\"2026-01-02T03:04:05Z\"}}"
        )?;
    }
    file.flush()
}
