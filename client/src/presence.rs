//! Who of the people on view is reachable, as far as the server says.

use chat::UserSid;
use chat::protocol::Presence;

use crate::sorted::SortedSet;

/// The people on view, and who of them is reachable.
#[derive(Debug, Default)]
pub(crate) struct Onlooker {
    /// Whom the page shows.
    wished: Vec<UserSid>,
    /// Whether the server does not know that yet.
    is_unsaid: bool,
    /// Nothing while nobody says.
    online: Option<SortedSet<UserSid>>,
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

    /// The server does not know any more whom I look at: what it said holds no longer. Says whether
    /// it had said anything.
    pub(crate) fn forget(&mut self) -> bool {
        self.unsay();
        self.online.take().is_some()
    }

    /// Takes in who is reachable; nothing where the service does not follow that.
    pub(crate) fn answered(&mut self, online: Option<Vec<UserSid>>) {
        self.online = online.map(|users| {
            let mut online = SortedSet::default();
            for user in users {
                online.insert(user, ());
            }
            online
        });
    }

    /// Takes in a turn; says whether it was news.
    pub(crate) fn hear(&mut self, presence: Presence) -> bool {
        let Some(online) = &mut self.online else { return false };
        let was_online = match presence.online {
            true => online.insert(presence.user, ()),
            false => online.remove(presence.user),
        };
        was_online.is_some() != presence.online
    }

    /// Who is reachable.
    pub(crate) fn online(&self) -> Option<&SortedSet<UserSid>> {
        self.online.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use chat::protocol::{Accepted, Command, ServerFrame, Watching};

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
        scene.ok(asked, Accepted::Watching(Watching { online }));
    }

    fn turns(scene: &mut Scene, name: &str, online: bool) {
        scene.server(&ServerFrame::Presence(Presence { user: user(name), online }));
    }

    fn online(scene: &Scene) -> Option<Vec<UserSid>> {
        scene.client.online().map(|online| online.keys().collect())
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
        assert_eq!(scene.events, [Event::Presence, Event::Presence]);
        assert_eq!(online(&scene), Some(vec![user("linus")]));
        looks(&mut scene, &[]);
        assert!(scene.has_asked(watches(&[])));
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
        assert!(scene.events.contains(&Event::Presence));
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
