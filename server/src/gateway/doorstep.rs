//! Sockets that have not said who they are: only a few from each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits::UNWELCOMED_FROM_ADDRESS_MAX;

/// How many wait from each address; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Doorstep(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One place on the doorstep; dropped, it is free.
pub(crate) struct Place {
    doorstep: Doorstep,
    address: Option<IpAddr>,
}

impl Doorstep {
    /// A place for a socket from this address, unless too many wait already. This machine's own
    /// addresses are not counted: a proxy in front of us speaks for everyone.
    pub(crate) fn wait(&self, address: IpAddr) -> Option<Place> {
        let address = Some(address.to_canonical()).filter(|address| !address.is_loopback());
        if let Some(address) = address {
            let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let count = waiting.entry(address).or_default();
            if UNWELCOMED_FROM_ADDRESS_MAX <= *count {
                return None;
            }
            *count += 1;
        }
        Some(Place { doorstep: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(address) = self.address else {
            return;
        };
        let mut waiting = self.doorstep.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = waiting.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_address_cannot_fill_the_doorstep_for_others() {
        let doorstep = Doorstep::default();
        let wait = || doorstep.wait(address("192.0.2.1"));
        let mut places: Vec<Place> =
            (0..UNWELCOMED_FROM_ADDRESS_MAX).filter_map(|_| wait()).collect();
        assert_eq!(places.len(), UNWELCOMED_FROM_ADDRESS_MAX);
        assert!(wait().is_none());
        assert!(doorstep.wait(address("192.0.2.2")).is_some());
        assert!(doorstep.wait(address("::ffff:192.0.2.1")).is_none(), "the same in other clothes");
        places.pop();
        assert!(wait().is_some());
    }

    #[test]
    fn nobody_is_remembered_who_is_gone() {
        let doorstep = Doorstep::default();
        drop(doorstep.wait(address("192.0.2.1")));
        assert!(doorstep.0.lock().expect("nobody panicked").is_empty());
    }
}
