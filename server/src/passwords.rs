//! Passwords: hashed with argon2id, a few at a time, so that a flood of them starves nobody.

use std::sync::Arc;
use std::thread::available_parallelism;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use chat::Refusal;
use tokio::sync::Semaphore;

use crate::commands::CommandError;
use crate::limits::{PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN, PASSWORDS_WAITING_MAX};
use crate::store::Broken;

/// What OWASP advises: 19 MiB, twice over, in one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Nobody's password, so that a name without an account takes as long as one with it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgb3duIHNhbHQ$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The pool. Clones share it.
#[derive(Clone, Debug)]
pub struct Passwords {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            working: Arc::new(Semaphore::new(cores)),
            waiting: Arc::new(Semaphore::new(PASSWORDS_WAITING_MAX)),
        }
    }
}

impl Passwords {
    /// Whether this is the password behind the hash. Without a hash it never is, as slowly.
    pub async fn matches(
        &self,
        password: &str,
        hash: Option<String>,
    ) -> Result<bool, CommandError> {
        if PASSWORD_CHARACTERS_MAX < password.chars().count() {
            return Ok(false);
        }
        let password = password.to_owned();
        self.slowly(move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(NOBODY);
            known & argon2().verify_password(password.as_bytes(), hash).is_ok()
        })
        .await
    }

    async fn slowly<T, F>(&self, work: F) -> Result<T, CommandError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let _place = self.waiting.try_acquire().map_err(|_| Refusal::Unavailable)?;
        let core = Arc::clone(&self.working).acquire_owned().await.map_err(broken)?;
        let work = move || {
            let done = work();
            drop(core);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(broken)
    }
}

/// What is stored of a new password.
pub fn hash(password: &str) -> Result<String, PasswordRefused> {
    let length = password.chars().count();
    if length < PASSWORD_CHARACTERS_MIN {
        return Err(PasswordRefused::TooShort);
    }
    if PASSWORD_CHARACTERS_MAX < length {
        return Err(PasswordRefused::TooLong);
    }
    let hash = argon2().hash_password(password.as_bytes()).expect("the system has randomness");
    Ok(hash.to_string())
}

/// Why a password cannot be a new account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    #[error("A password has at least {PASSWORD_CHARACTERS_MIN} characters.")]
    TooShort,
    #[error("A password has at most {PASSWORD_CHARACTERS_MAX} characters.")]
    TooLong,
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("these go together");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn broken(cause: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::Broken(Broken(Box::new(cause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let passwords = Passwords::default();
        let hash = hash("correct horse").expect("long enough");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let matches = async |password: &str, hash| {
            passwords.matches(password, hash).await.expect("an answer")
        };
        assert!(matches("correct horse", Some(hash.clone())).await);
        assert!(!matches("correct horsf", Some(hash.clone())).await);
        assert!(!matches("", Some(hash)).await);
        assert!(!matches("correct horse", None).await);
        assert!(!matches("correct horse", Some("no hash".to_owned())).await);
    }

    #[test]
    fn nobodys_hash_costs_what_a_real_one_costs() {
        let nobody = argon2::password_hash::phc::PasswordHash::new(NOBODY).expect("a hash");
        let params = Params::try_from(&nobody).expect("its cost");
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (MEMORY_KIB, PASSES, LANES)
        );
        assert!(nobody.salt.is_some() && nobody.hash.is_some());
    }

    #[test]
    fn a_new_password_is_neither_short_nor_endless() {
        assert_eq!(hash("1234567"), Err(PasswordRefused::TooShort));
        assert_eq!(hash(&"x".repeat(257)), Err(PasswordRefused::TooLong));
        assert!(hash("八文字のことばだ").is_ok());
    }
}
