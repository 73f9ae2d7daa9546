//! Where a request comes from: the address behind the proxies that we trust, or the nearest one.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use http::HeaderMap;
use http::request::Parts;

use super::host_in;
use crate::config::Cidr;

/// Whoever sent a request, by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub address: IpAddr,
    /// Whether a proxy that we trust handed the request on.
    forwarded: bool,
}

impl Caller {
    /// Who sent this request. Without a connection behind it (in a test) it is this machine.
    pub fn behind(request: &Request, trusted: &[Cidr]) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(peer)| peer.ip());
        Self::beyond(peer.to_canonical(), request.headers(), trusted)
    }

    fn beyond(peer: IpAddr, headers: &HeaderMap, trusted: &[Cidr]) -> Self {
        let trust = |address: &IpAddr| trusted.iter().any(|range| range.contains(*address));
        if !trust(&peer) {
            return Self { address: peer, forwarded: false };
        }
        // Each proxy adds whom it heard; what stands before the last one that we trust is hearsay.
        let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
        let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
        let heard = hops.iter().rev().map_while(|hop| hop.trim().parse::<IpAddr>().ok());
        let mut address = peer;
        for hop in heard {
            address = hop.to_canonical();
            if !trust(&address) {
                break;
            }
        }
        Self { address, forwarded: true }
    }

    /// The host that the browser asked for.
    pub(super) fn host(self, headers: &HeaderMap) -> &str {
        host_in(headers, self.forwarded)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let nobody = Self { address: IpAddr::V4(Ipv4Addr::LOCALHOST), forwarded: false };
        Ok(parts.extensions.get().copied().unwrap_or(nobody))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(peer: &str, forwarded_for: &str) -> String {
        let trusted = ["10.0.0.0/8".parse().expect("a range")];
        let headers = HeaderMap::from_iter([(
            "x-forwarded-for".parse().expect("a name"),
            forwarded_for.parse().expect("a value"),
        )]);
        let peer = peer.parse().expect("an address");
        Caller::beyond(peer, &headers, &trusted).address.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_may_speak_for_others() {
        assert_eq!(caller("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(caller("10.0.0.2", "198.51.100.1"), "198.51.100.1");
        assert_eq!(caller("10.0.0.2", "1.1.1.1, 198.51.100.1, 10.0.0.3"), "198.51.100.1");
        assert_eq!(caller("10.0.0.2", "198.51.100.1, nonsense"), "10.0.0.2");
        assert_eq!(caller("10.0.0.2", ""), "10.0.0.2");
    }
}
