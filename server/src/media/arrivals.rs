//! Files on their way in: so many of one user at a time, and so many of all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chat::{Refusal, UserSid};

use crate::limits::{UPLOAD_RETRY_MS, UPLOADS_MAX, UPLOADS_OF_USER_MAX};

/// Who brings how many; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Arrivals(Arc<Mutex<HashMap<UserSid, usize>>>);

/// A place for one file, until it is dropped.
pub(super) struct Place {
    arrivals: Arrivals,
    user: UserSid,
}

impl Arrivals {
    /// A place for one more file of a user.
    pub(super) fn take(&self, user: UserSid) -> Result<Place, Refusal> {
        let mut by = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, theirs) = (by.values().sum::<usize>(), by.get(&user).copied().unwrap_or(0));
        if UPLOADS_MAX <= all || UPLOADS_OF_USER_MAX <= theirs {
            return Err(Refusal::TooManyRequests { retry_after_ms: UPLOAD_RETRY_MS });
        }
        by.insert(user, theirs + 1);
        Ok(Place { arrivals: self.clone(), user })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by = self.arrivals.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = by.get(&self.user).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            by.remove(&self.user);
        } else {
            by.insert(self.user, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Refusal = Refusal::TooManyRequests { retry_after_ms: UPLOAD_RETRY_MS };

    fn user(number: usize) -> UserSid {
        UserSid::new(uuid::Uuid::from_u128(number as u128))
    }

    #[test]
    fn a_user_brings_so_many_at_a_time_and_others_are_not_hindered() {
        let arrivals = Arrivals::default();
        let mut places: Vec<Place> =
            (0..UPLOADS_OF_USER_MAX).map(|_| arrivals.take(user(1)).expect("free")).collect();
        assert_eq!(arrivals.take(user(1)).map(drop), Err(FULL));
        assert_eq!(arrivals.take(user(2)).map(drop), Ok(()));
        places.pop();
        assert_eq!(arrivals.take(user(1)).map(drop), Ok(()));
    }

    #[test]
    fn all_together_bring_so_many_and_whoever_is_gone_is_forgotten() {
        let arrivals = Arrivals::default();
        let places: Vec<Place> =
            (0..UPLOADS_MAX).map(|number| arrivals.take(user(number)).expect("free")).collect();
        assert_eq!(arrivals.take(user(UPLOADS_MAX)).map(drop), Err(FULL));
        drop(places);
        assert!(arrivals.0.lock().expect("nobody panicked").is_empty());
    }
}
