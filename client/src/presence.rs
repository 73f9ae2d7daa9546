//! Who of the people on view is reachable, and what they are called, as far as the server says.

use chat::protocol::{Called, Presence, Watching};
use chat::{FriendlyName, UserSid};

use crate::sorted::SortedMap;

/// What the server says of people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Those who were asked for, and whether they are reachable; nothing while nobody says.
    online: Option<SortedMap<UserSid, bool>>,
    /// Also of those who were on view before.
    called: SortedMap<UserSid, Called>,
}

impl People {
    /// Whether somebody on view is reachable; nothing while nobody says.
    pub fn is_online(&self, user: UserSid) -> Option<bool> {
        self.online.as_ref()?.get(user).copied()
    }

    /// What somebody is called beside the identity.
    pub fn friendly_name(&self, user: UserSid) -> Option<&FriendlyName> {
        self.called.get(user)?.friendly_name.as_ref()
    }
}

/// The people on view, and what is known of them.
#[derive(Debug, Default)]
pub(crate) struct Onlooker {
    /// Whom the page shows.
    wished: Vec<UserSid>,
    /// Whether the server does not know that yet.
    is_unsaid: bool,
    people: People,
}

impl Onlooker {
    /// The page shows these people, and nobody else.
    pub(crate) fn wish(&mut self, users: Vec<UserSid>) {
        if self.wished != users {
            self.wished = users;
            self.is_unsaid = true;
        }
    }

    /// Whom to ask for, if that is not said yet; it then counts as said.
    pub(crate) fn next_wish(&mut self) -> Option<Vec<UserSid>> {
        std::mem::take(&mut self.is_unsaid).then(|| self.wished.clone())
    }

    /// It has to be said once more.
    pub(crate) fn unsay(&mut self) {
        self.is_unsaid = !self.wished.is_empty();
    }

    /// The server does not know any more whom I look at: who is reachable is unknown again. Says
    /// whether it had said anything.
    pub(crate) fn forget(&mut self) -> bool {
        self.unsay();
        self.people.online.take().is_some()
    }

    /// Takes in who is reachable, and what they are called.
    pub(crate) fn answered(&mut self, watching: Watching) {
        self.people.online = watching.online.map(|users| {
            let mut online = SortedMap::default();
            for user in &self.wished {
                online.insert(*user, false);
            }
            for user in users {
                online.insert(user, true);
            }
            online
        });
        for called in watching.called {
            self.name(called);
        }
    }

    /// Takes in a turn; says whether it was news.
    pub(crate) fn hear(&mut self, presence: Presence) -> bool {
        let Some(online) = &mut self.people.online else { return false };
        online.insert(presence.user, presence.online) != Some(presence.online)
    }

    /// Takes in what somebody is called, unless that is older than what is known; says whether it
    /// was news.
    pub(crate) fn name(&mut self, called: Called) -> bool {
        let known = self.people.called.get(called.user);
        let is_news = known.is_none_or(|known| known.changed < called.changed);
        if is_news {
            self.people.called.insert(called.user, called);
        }
        is_news
    }

    /// What is known.
    pub(crate) fn people(&self) -> &People {
        &self.people
    }
}

#[cfg(test)]
mod tests {
    use chat::Sequence;
    use chat::protocol::{Accepted, Command, ServerFrame};

    use super::*;
    use crate::event::Event;
    use crate::scene::{Scene, refusal, user};

    fn watches(users: &[&str]) -> impl Fn(&Command) -> bool {
        let users: Vec<_> = users.iter().map(|name| user(name)).collect();
        move |command| *command == Command::WatchPresence { users: users.clone() }
    }

    fn looks(scene: &mut Scene, users: &[&str]) {
        let users = users.iter().map(|name| user(name)).collect();
        scene.act(|client, now| client.watch(users, now));
    }

    fn is_told(scene: &mut Scene, asked: u32, online: Option<&[&str]>) {
        let online = online.map(|names| names.iter().map(|name| user(name)).collect());
        scene.ok(asked, Accepted::Watching(Watching { online, called: Vec::new() }));
    }

    fn turns(scene: &mut Scene, name: &str, online: bool) {
        scene.server(&ServerFrame::Presence(Presence { user: user(name), online }));
    }

    fn online(scene: &Scene) -> Option<Vec<UserSid>> {
        let online = scene.client.people().online.as_ref()?;
        Some(online.keys().filter(|user| online.get(*user) == Some(&true)).collect())
    }

    #[test]
    fn those_on_view_are_asked_for_once_and_followed() {
        let mut scene = Scene::online();
        assert!(scene.requests.is_empty(), "nobody is on view");
        looks(&mut scene, &["grace", "linus"]);
        looks(&mut scene, &["grace", "linus"]);
        let asked = scene.asked(watches(&["grace", "linus"]));
        assert!(scene.requests.is_empty());
        assert_eq!(online(&scene), None);
        is_told(&mut scene, asked, Some(&["grace"]));
        assert_eq!(online(&scene), Some(vec![user("grace")]));

        scene.events.clear();
        turns(&mut scene, "grace", true);
        assert!(scene.events.is_empty(), "that is no news");
        turns(&mut scene, "linus", true);
        turns(&mut scene, "grace", false);
        assert_eq!(scene.events, [Event::People, Event::People]);
        assert_eq!(online(&scene), Some(vec![user("linus")]));
        looks(&mut scene, &[]);
        assert!(scene.has_asked(watches(&[])));
    }

    fn called(name: &str, friendly_name: &str, changed: u64) -> Called {
        let friendly_name = FriendlyName::parse(friendly_name).ok();
        Called { user: user(name), friendly_name, changed: Sequence(changed) }
    }

    fn friendly_name(scene: &Scene, name: &str) -> Option<String> {
        scene.client.people().friendly_name(user(name)).map(|name| name.as_str().to_owned())
    }

    #[test]
    fn the_newest_name_counts_whatever_comes_first() {
        let mut scene = Scene::online();
        looks(&mut scene, &["grace"]);
        let asked = scene.asked(watches(&["grace"]));
        scene.server(&ServerFrame::Called(called("grace", "Grace Hopper", 3)));
        let old = vec![called("grace", "Amazing Grace", 2)];
        scene.ok(asked, Accepted::Watching(Watching { online: None, called: old }));
        assert_eq!(friendly_name(&scene, "grace").as_deref(), Some("Grace Hopper"));

        scene.events.clear();
        scene.server(&ServerFrame::Called(called("grace", "Grace Hopper", 3)));
        assert!(scene.events.is_empty(), "that is no news");
        scene.cut();
        assert!(friendly_name(&scene, "grace").is_some(), "a cut takes nobody's name");
        scene.connect();
        let asked = scene.asked(watches(&["grace"]));
        let none = vec![called("grace", "", 4)];
        scene.ok(asked, Accepted::Watching(Watching { online: None, called: none }));
        assert_eq!(friendly_name(&scene, "grace"), None);
    }

    #[test]
    fn after_a_cut_nothing_is_known_and_it_is_asked_anew() {
        let mut scene = Scene::online();
        looks(&mut scene, &["grace"]);
        let asked = scene.asked(watches(&["grace"]));
        is_told(&mut scene, asked, Some(&["grace"]));
        scene.events.clear();
        scene.cut();
        assert_eq!(online(&scene), None);
        assert!(scene.events.contains(&Event::People));
        looks(&mut scene, &["grace", "linus"]);
        assert!(scene.requests.is_empty(), "there is nobody to ask");
        scene.connect();
        let asked = scene.asked(watches(&["grace", "linus"]));
        is_told(&mut scene, asked, Some(&[]));
        assert_eq!(online(&scene), Some(Vec::new()));
    }

    #[test]
    fn where_nobody_follows_it_nothing_is_known() {
        let mut scene = Scene::online();
        looks(&mut scene, &["grace"]);
        let asked = scene.asked(watches(&["grace"]));
        is_told(&mut scene, asked, None);
        turns(&mut scene, "grace", true);
        assert_eq!(online(&scene), None);
    }

    #[test]
    fn a_server_that_has_too_much_to_do_is_asked_again_and_one_that_knows_no_answer_is_not() {
        let mut scene = Scene::online();
        looks(&mut scene, &["grace"]);
        let asked = scene.asked(watches(&["grace"]));
        scene.refuse(asked, refusal(true, Some(400)));
        scene.pass(400);
        let asked = scene.asked(watches(&["grace"]));
        scene.refuse(asked, refusal(false, None));
        scene.pass(60_000);
        assert!(!scene.has_asked(watches(&["grace"])));
    }
}
