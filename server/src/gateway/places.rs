//! How many sockets there are: all together, from each address, and of those that have not said
//! who they are.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::Connections;
use crate::limits::UNWELCOMED_FROM_ADDRESS_MAX;

/// The places that there are, and who has them; clones share it.
#[derive(Clone)]
pub(crate) struct Places(Arc<Shared>);

struct Shared {
    limits: Connections,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    from: HashMap<IpAddr, Count>,
}

#[derive(Default)]
struct Count {
    all: usize,
    unwelcomed: usize,
}

/// One socket's place; dropped, it is free.
pub(crate) struct Place {
    places: Places,
    address: Option<IpAddr>,
    unwelcomed: bool,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Full {
    #[error("The server has as many connections as it takes.")]
    Everywhere,
    #[error("There are too many connections from this address.")]
    AtAddress,
    #[error("Too many connections wait for their hello.")]
    OnTheDoorstep,
}

impl Places {
    /// All of them free.
    pub(crate) fn new(limits: Connections) -> Self {
        Self(Arc::new(Shared { limits, taken: Mutex::default() }))
    }

    /// A place for a socket from this address. This machine's own addresses count only in the
    /// whole: a proxy in front of us that we do not trust speaks for everyone.
    pub(crate) fn take(&self, address: IpAddr) -> Result<Place, Full> {
        let limits = self.0.limits;
        let address = Some(address.to_canonical()).filter(|address| !address.is_loopback());
        let mut taken = self.lock();
        if limits.all <= taken.all {
            return Err(Full::Everywhere);
        }
        if let Some(address) = address {
            let count = taken.from.entry(address).or_default();
            if limits.from_address <= count.all {
                return Err(Full::AtAddress);
            }
            if UNWELCOMED_FROM_ADDRESS_MAX <= count.unwelcomed {
                return Err(Full::OnTheDoorstep);
            }
            count.all += 1;
            count.unwelcomed += 1;
        }
        taken.all += 1;
        Ok(Place { places: self.clone(), address, unwelcomed: true })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The socket has said who it is: another one from there may wait for its hello.
    pub(crate) fn greeted(&mut self) {
        let mut taken = self.places.lock();
        if self.unwelcomed
            && let Some(count) = self.address.and_then(|address| taken.from.get_mut(&address))
        {
            count.unwelcomed -= 1;
        }
        self.unwelcomed = false;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.greeted();
        let mut taken = self.places.lock();
        taken.all -= 1;
        if let Some(address) = self.address
            && let Some(count) = taken.from.get_mut(&address)
        {
            count.all -= 1;
            if count.all == 0 {
                taken.from.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(all: usize, from_address: usize) -> Places {
        Places::new(Connections { all, from_address })
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn refused(place: Result<Place, Full>) -> Option<Full> {
        place.err()
    }

    #[test]
    fn one_address_cannot_fill_the_doorstep_for_others() {
        let places = places(1_000, 1_000);
        let take = || places.take(address("192.0.2.1"));
        let mut waiting: Vec<Place> =
            (0..UNWELCOMED_FROM_ADDRESS_MAX).filter_map(|_| take().ok()).collect();
        assert_eq!(waiting.len(), UNWELCOMED_FROM_ADDRESS_MAX);
        assert_eq!(refused(take()), Some(Full::OnTheDoorstep));
        assert_eq!(refused(places.take(address("192.0.2.2"))), None);
        let in_other_clothes = places.take(address("::ffff:192.0.2.1"));
        assert_eq!(refused(in_other_clothes), Some(Full::OnTheDoorstep));
        waiting[0].greeted();
        let another = take().expect("one of them was greeted");
        assert_eq!(refused(take()), Some(Full::OnTheDoorstep));
        drop(another);
        assert_eq!(refused(take()), None);
    }

    #[test]
    fn one_address_has_only_so_many_places() {
        let places = places(1_000, 2);
        let take = |text| {
            places.take(address(text)).map(|mut place| {
                place.greeted();
                place
            })
        };
        let one = take("192.0.2.1").expect("the first");
        let _two = take("192.0.2.1").expect("the second");
        assert_eq!(refused(take("192.0.2.1")), Some(Full::AtAddress));
        assert_eq!(refused(take("192.0.2.2")), None);
        drop(one);
        assert_eq!(refused(take("192.0.2.1")), None);
    }

    #[test]
    fn this_machine_counts_only_in_the_whole() {
        let places = places(3, 1);
        let here = || places.take(address("127.0.0.1"));
        let taken = [here(), places.take(address("::1")), here()];
        assert!(taken.iter().all(Result::is_ok));
        assert_eq!(refused(here()), Some(Full::Everywhere));
        assert_eq!(refused(places.take(address("192.0.2.1"))), Some(Full::Everywhere));
        drop(taken);
        assert_eq!(refused(here()), None);
    }

    #[test]
    fn nobody_is_remembered_who_is_gone() {
        let places = places(1_000, 1);
        let place = places.take(address("192.0.2.1"));
        assert_eq!(refused(places.take(address("192.0.2.1"))), Some(Full::AtAddress));
        drop(place);
        let taken = places.lock();
        assert_eq!((taken.all, taken.from.len()), (0, 0));
    }
}
