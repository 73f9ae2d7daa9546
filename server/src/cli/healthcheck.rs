//! `yoriai healthcheck`: asks the server on this machine whether it is ready.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Failed;
use crate::config::Config;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is looked at of an answer.
const STATUS_LINE_BYTES: u64 = 64;

pub(super) async fn run(config: &Config) -> Result<(), Failed> {
    let address = reachable(config.listen);
    let status = tokio::time::timeout(PATIENCE, status_line(address))
        .await
        .map_err(|_| format!("{address} does not answer."))?
        .map_err(|error| format!("{address} does not answer: {error}."))?;
    if status.starts_with("HTTP/1.1 200") {
        return Ok(());
    }
    Err(format!("The server at {address} is not ready.").into())
}

async fn status_line(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(STATUS_LINE_BYTES).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A server that listens everywhere is reached on this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_reached_here() {
        let reached = |listen: &str| reachable(listen.parse().expect("an address")).to_string();
        assert_eq!(reached("0.0.0.0:3000"), "127.0.0.1:3000");
        assert_eq!(reached("[::]:3000"), "[::1]:3000");
        assert_eq!(reached("192.0.2.1:80"), "192.0.2.1:80");
    }
}
