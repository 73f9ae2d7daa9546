//! Where webhooks may lead. Whoever may set an address must not reach through it what only this
//! machine or its network can.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

use crate::config::{PublicUrl, is_loopback};

/// What is allowed here.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Whether addresses inside are allowed, too.
    inside: bool,
    /// Host and port of this very server.
    own: (String, u16),
    /// Where it listens.
    own_port: u16,
}

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    #[error("the address is inside")]
    Inside,
    #[error("the address is this server's own")]
    Own,
    #[error("the address cannot be read")]
    Unreadable,
}

impl Guard {
    /// For a server with this public URL that listens on this port.
    pub fn new(inside: bool, public: &PublicUrl, own_port: u16) -> Self {
        let port = if public.is_https() { 443 } else { 80 };
        let port = crate::config::port_of(public.authority()).unwrap_or(port);
        Self { inside, own: (public.host().to_owned(), port), own_port }
    }

    /// Whether an address may be called, as far as it tells without being looked up.
    pub fn judge(&self, url: &Url) -> Result<(), Forbidden> {
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        let port = url.port_or_known_default().unwrap_or_default();
        let here = is_loopback(host) && port == self.own_port;
        if here || (host.eq_ignore_ascii_case(&self.own.0) && port == self.own.1) {
            return Err(Forbidden::Own);
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse() {
            Ok(address) if !self.allows(address) => Err(Forbidden::Inside),
            Err(_) if !self.inside && is_loopback(host) => Err(Forbidden::Inside),
            _ => Ok(()),
        }
    }

    /// Whether what a name stands for may be called.
    pub fn allows(&self, address: IpAddr) -> bool {
        self.inside || is_outside(address)
    }
}

/// Whether an address is for everybody, and means just itself.
fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let lies_in = |(network, bits)| shares_first(address, network, bits);
            !INSIDE.into_iter().any(lies_in)
        }
        IpAddr::V6(address) => {
            let lies_in = |(network, bits)| shares_first_of_six(address, network, bits);
            // Whatever IPv6 keeps for special uses lies outside of its global range, or is named.
            lies_in(GLOBAL) && !SPECIAL.into_iter().any(lies_in)
        }
    }
}

/// IPv4 that is not for everybody: this host, private, shared with a carrier, loopback, link-local
/// (and there the metadata of clouds), protocols, documentation, the way to 6to4, benchmarks,
/// multicast, reserved and broadcast; and the metadata of one cloud beside.
const INSIDE: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Where IPv6 gives out addresses for everybody.
const GLOBAL: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What is special in there: protocols (Teredo among them), 6to4, and documentation twice.
const SPECIAL: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

fn shares_first(address: Ipv4Addr, network: Ipv4Addr, bits: u32) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= bits
}

fn shares_first_of_six(address: Ipv6Addr, network: Ipv6Addr, bits: u32) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(inside: bool) -> Guard {
        Guard::new(inside, &"https://chat.example".parse().expect("an address"), 3000)
    }

    fn judged(inside: bool, url: &str) -> Result<(), Forbidden> {
        guard(inside).judge(&Url::parse(url).expect("an address"))
    }

    #[test]
    fn only_what_is_for_everybody_is_outside() {
        for outside in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:4860:4860::8888",
            "2606:4700:4700::1111",
            "2a00:1450:4001:800::200e",
            "2001:200::",
            "2003::1",
            "3ffe::1",
        ] {
            assert!(is_outside(outside.parse().expect(outside)), "{outside}");
        }
        for inside in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::8.8.8.8",
            "::ffff:8.8.8.8",
            "::ffff:10.0.0.1",
            "::ffff:0:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:20::1",
            "2001:db8::1",
            "2002::1",
            "2002:a00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_outside(inside.parse().expect(inside)), "{inside}");
        }
    }

    #[test]
    fn an_address_is_judged_however_it_is_written() {
        for inside in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://[::1]:80/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost/",
            "http://LOCALHOST./",
        ] {
            assert_eq!(judged(false, inside), Err(Forbidden::Inside), "{inside}");
            assert_eq!(judged(true, inside), Ok(()), "{inside}");
        }
        assert_eq!(judged(false, "https://hooks.example/"), Ok(()));
        assert_eq!(judged(false, "https://8.8.8.8/"), Ok(()));
    }

    #[test]
    fn the_server_does_not_call_itself() {
        for own in [
            "https://chat.example/v2/Services",
            "https://CHAT.example:443/",
            "https://chat.example./",
            "http://127.0.0.1:3000/",
            "http://localhost:3000/",
            "http://[::1]:3000/",
        ] {
            assert_eq!(judged(true, own), Err(Forbidden::Own), "{own}");
            assert_eq!(judged(false, own), Err(Forbidden::Own), "{own}");
        }
        assert_eq!(judged(true, "https://chat.example:8443/"), Ok(()));
        assert_eq!(judged(true, "http://127.0.0.1:3001/"), Ok(()));
    }
}
