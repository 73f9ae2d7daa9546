//! How often somebody may try to come in.

use std::net::IpAddr;

use chat::{Refusal, Timestamp};

use crate::config::Rates;
use crate::rates::Buckets;
use crate::store::ChosenName;

/// What is left of everybody's tries. A guessed password slows the address that guesses and the
/// account it is guessed for, and locks nobody out for good.
pub struct Attempts {
    rates: Rates,
    guests: Buckets<IpAddr>,
    addresses: Buckets<IpAddr>,
    accounts: Buckets<String>,
    credentials: Buckets<IpAddr>,
}

impl Attempts {
    /// Nobody has tried yet.
    pub fn new(rates: Rates) -> Self {
        Self {
            rates,
            guests: Buckets::default(),
            addresses: Buckets::default(),
            accounts: Buckets::default(),
            credentials: Buckets::default(),
        }
    }

    /// Whether another name may be leased from this address now.
    pub fn guest(&self, address: IpAddr, now: Timestamp) -> Result<(), Refusal> {
        self.guests.take(network(address), self.rates.guests, now)
    }

    /// Whether another password may be tried from this address, for this account, now.
    pub fn password(
        &self,
        address: IpAddr,
        account: &ChosenName,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.addresses.take(network(address), self.rates.passwords, now)?;
        self.accounts.take(account.skeleton.clone(), self.rates.passwords, now)
    }

    /// A backend's credentials from this address were wrong; whether it is told at once that they
    /// are. Good ones come with every request, cost nothing, and are never kept waiting: they are
    /// too long to be found by guessing.
    pub fn wrong_credentials(&self, address: IpAddr, now: Timestamp) -> Result<(), Refusal> {
        self.credentials.take(network(address), self.rates.passwords, now)
    }
}

/// One household has 2^64 addresses of IPv6, and they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & (u128::MAX << 64)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Rate;

    const NOW: Timestamp = Timestamp(0);

    fn attempts() -> Attempts {
        let few = Rate::per_second(1, 2);
        Attempts::new(Rates { passwords: few, guests: few, ..Rates::default() })
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn account(text: &str) -> ChosenName {
        ChosenName::parse(text).expect("a name")
    }

    #[test]
    fn passwords_are_slowed_by_address_and_by_account() {
        let attempts = attempts();
        let ada = account("ada");
        assert!(attempts.password(address("192.0.2.1"), &ada, NOW).is_ok());
        assert!(attempts.password(address("192.0.2.2"), &ada, NOW).is_ok());
        let slowed = Err(Refusal::TooManyRequests { retry_after_ms: 1_000 });
        assert_eq!(attempts.password(address("192.0.2.3"), &ada, NOW), slowed);
        assert!(attempts.password(address("192.0.2.1"), &account("grace"), NOW).is_ok());
        assert_eq!(attempts.password(address("192.0.2.1"), &account("hana"), NOW), slowed);
        assert!(attempts.password(address("192.0.2.1"), &account("hana"), NOW.plus(1_000)).is_ok());
    }

    #[test]
    fn wrong_credentials_slow_an_address() {
        let attempts = attempts();
        let (home, elsewhere) = (address("192.0.2.1"), address("192.0.2.2"));
        for _ in 0..2 {
            assert!(attempts.wrong_credentials(home, NOW).is_ok());
        }
        let slowed = Err(Refusal::TooManyRequests { retry_after_ms: 1_000 });
        assert_eq!(attempts.wrong_credentials(home, NOW), slowed);
        assert!(attempts.wrong_credentials(elsewhere, NOW).is_ok());
        assert!(attempts.wrong_credentials(home, NOW.plus(1_000)).is_ok());
    }

    #[test]
    fn one_households_addresses_count_as_one() {
        let attempts = attempts();
        assert!(attempts.guest(address("2001:db8::1"), NOW).is_ok());
        assert!(attempts.guest(address("2001:db8::2"), NOW).is_ok());
        assert!(attempts.guest(address("2001:db8::3"), NOW).is_err());
        assert!(attempts.guest(address("2001:db8:0:1::3"), NOW).is_ok());
    }
}
