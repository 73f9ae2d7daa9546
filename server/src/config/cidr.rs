//! A range of addresses, such as a proxy's: `10.0.0.0/8`, `fd00::/8`, or a single address.

use std::net::IpAddr;
use std::str::FromStr;

/// All addresses that share their first bits with this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    bits: u32,
}

/// The text is not a range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACidr;

impl Cidr {
    /// Whether the address lies in the range. An IPv4 address in IPv6's clothes counts as itself.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl FromStr for Cidr {
    type Err = NotACidr;

    fn from_str(text: &str) -> Result<Self, NotACidr> {
        let (network, bits) = match text.split_once('/') {
            Some((network, bits)) => (network, Some(bits.parse().map_err(|_| NotACidr)?)),
            None => (text, None),
        };
        let network: IpAddr = network.parse().map_err(|_| NotACidr)?;
        let whole = if network.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(whole);
        if whole < bits {
            return Err(NotACidr);
        }
        Ok(Self { network, bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lies_in(address: &str, range: &str) -> bool {
        let range: Cidr = range.parse().expect("a range");
        range.contains(address.parse().expect("an address"))
    }

    #[test]
    fn an_address_lies_in_its_range_and_in_no_other() {
        assert!(lies_in("10.1.2.3", "10.0.0.0/8"));
        assert!(!lies_in("11.1.2.3", "10.0.0.0/8"));
        assert!(lies_in("::ffff:10.1.2.3", "10.0.0.0/8"));
        assert!(lies_in("192.0.2.7", "192.0.2.7"));
        assert!(!lies_in("192.0.2.8", "192.0.2.7"));
        assert!(lies_in("203.0.113.1", "0.0.0.0/0"));
        assert!(lies_in("fd00::1", "fd00::/8"));
        assert!(!lies_in("fe80::1", "fd00::/8"));
        assert!(!lies_in("::1", "0.0.0.0/0"));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/-1", "proxy"] {
            assert_eq!(text.parse::<Cidr>(), Err(NotACidr), "{text}");
        }
    }
}
