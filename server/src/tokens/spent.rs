//! Tokens that count as expired before their time: test mode's way to try what happens then.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chat::Identity;
use sha2::{Digest, Sha256};

/// Which tokens were said here, and which of them are over. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Spent(Arc<Mutex<Lists>>);

#[derive(Debug, Default)]
struct Lists {
    said: HashMap<Identity, HashSet<Mark>>,
    over: HashSet<Mark>,
    over_by_jti: HashSet<String>,
}

/// One token, known again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mark {
    digest: [u8; 32],
    jti: Option<String>,
}

/// Which tokens are meant.
#[derive(Clone, Debug)]
pub(crate) enum Which {
    /// Every one of theirs that was said here so far.
    Of(Identity),
    /// What a library wrote into it; several tokens may share it.
    Jti(String),
    /// This very one.
    Token(String),
}

impl Mark {
    fn of(token: &str, jti: Option<&str>) -> Self {
        Self { digest: Sha256::digest(token).into(), jti: jti.map(str::to_owned) }
    }

    /// Whether this token is meant by its jti or itself; whose it is, it does not know.
    pub(crate) fn is(&self, which: &Which) -> bool {
        match which {
            Which::Of(_) => false,
            Which::Jti(jti) => self.jti.as_deref() == Some(jti),
            Which::Token(token) => self.digest == <[u8; 32]>::from(Sha256::digest(token)),
        }
    }
}

impl Spent {
    /// Notes that a token was said which is good otherwise; nothing if it is over.
    pub(super) fn note(&self, token: &str, jti: Option<&str>, identity: &Identity) -> Option<Mark> {
        let mark = Mark::of(token, jti);
        let mut lists = self.lock();
        if lists.has(&mark) {
            return None;
        }
        lists.said.entry(identity.clone()).or_default().insert(mark.clone());
        Some(mark)
    }

    /// From now on these are over.
    pub(crate) fn spend(&self, which: &Which) {
        let mut lists = self.lock();
        match which {
            Which::Of(identity) => {
                let said = lists.said.remove(identity).unwrap_or_default();
                lists.over.extend(said);
            }
            Which::Jti(jti) => {
                lists.over_by_jti.insert(jti.clone());
            }
            Which::Token(token) => {
                let digest = Sha256::digest(token);
                lists.over.insert(Mark { digest: digest.into(), jti: None });
            }
        }
    }

    /// Whether a token is over.
    pub(crate) fn is_over(&self, mark: &Mark) -> bool {
        self.lock().has(mark)
    }

    fn lock(&self) -> MutexGuard<'_, Lists> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lists {
    fn has(&self, mark: &Mark) -> bool {
        let named = mark.jti.as_ref().is_some_and(|jti| self.over_by_jti.contains(jti));
        let bare = Mark { digest: mark.digest, jti: None };
        named || self.over.contains(mark) || self.over.contains(&bare)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_over_by_its_bearer_its_jti_or_itself_and_no_other_is() {
        let [ada, grace] = ["ada", "grace"].map(|name| Identity::parse(name).expect("a name"));
        let spent = Spent::default();
        let note = |token: &str, jti: &str, who| spent.note(token, Some(jti), who);
        let first = note("one", "j1", &ada).expect("good");
        assert!(!spent.is_over(&first));

        spent.spend(&Which::Of(ada.clone()));
        assert!(spent.is_over(&first));
        assert_eq!(note("one", "j1", &ada), None);
        let second = note("two", "j1", &ada).expect("made later, and so good");
        let hers = note("three", "j2", &grace).expect("another one's");
        spent.spend(&Which::Jti("j1".to_owned()));
        assert!(spent.is_over(&second) && !spent.is_over(&hers));
        spent.spend(&Which::Token("three".to_owned()));
        assert!(spent.is_over(&hers));
        assert!(note("four", "j2", &grace).is_some());
    }
}
