//! Every sentence on the page, in each language. A missing one is a compile error.
//!
//! Times, long dates and the order of names are the browser's (`Intl`), not this file's.

mod english;
mod japanese;

use chat::Refusal;
use client::Attachment;

/// A language that the page speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    English,
    Japanese,
}

impl Language {
    /// In the order of the switch on the page.
    pub const ALL: [Self; 2] = [Self::English, Self::Japanese];

    /// The language of a tag such as `ja-JP`, if the page speaks it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|known| known.tag().eq_ignore_ascii_case(language))
    }

    /// What a browser likes best of what the page speaks, by its `Accept-Language` header.
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = None;
        for (wish, weight) in header.split(',').filter_map(wish) {
            let heavier = best.is_none_or(|(_, heaviest)| heaviest < weight);
            if heavier && 0 < weight {
                best = Some((wish, weight));
            }
        }
        best.map(|(language, _)| language).unwrap_or_default()
    }

    /// For `lang` attributes and `Intl`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    /// What its speakers call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Japanese => "日本語",
        }
    }

    /// Its sentences.
    pub fn wording(self) -> &'static Wording {
        match self {
            Self::English => &english::WORDING,
            Self::Japanese => &japanese::WORDING,
        }
    }

    /// The sentences that only the server writes.
    pub fn card(self) -> &'static Card {
        match self {
            Self::English => &english::CARD,
            Self::Japanese => &japanese::CARD,
        }
    }
}

/// One wish of an `Accept-Language` header, with its weight in thousandths.
fn wish(text: &str) -> Option<(Language, u32)> {
    let mut parts = text.split(';');
    let language = Language::from_tag(parts.next()?)?;
    let weight = parts.find_map(|part| part.trim().strip_prefix("q="));
    Some((language, weight.map_or(1_000, thousandths)))
}

/// `0.8` as 800; what is no weight counts as none.
fn thousandths(weight: &str) -> u32 {
    weight.trim().parse::<f32>().map_or(0, |weight| (weight.clamp(0.0, 1.0) * 1_000.0) as u32)
}

/// A sentence in pieces, so that the page can set the names in it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Name(String),
    Words(&'static str),
}

/// The same sentence as plain text.
pub fn plain(pieces: &[Piece]) -> String {
    let texts = pieces.iter().map(|piece| match piece {
        Piece::Name(name) => name.as_str(),
        Piece::Words(words) => words,
    });
    texts.collect()
}

/// What an unread badge shows.
pub fn badge(count: u64) -> String {
    if count < 1_000 { count.to_string() } else { "999+".to_owned() }
}

/// 1284 as `1,284`, in both languages.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if 0 < place && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A sentence around one name.
pub type Named = fn(&str) -> String;
/// A sentence around one number.
pub type Counted = fn(u64) -> String;

/// The whole catalogue in one language, by place.
pub struct Wording {
    pub common: Common,
    pub page_titles: PageTitles,
    pub sign_in: SignIn,
    pub connection: Connection,
    pub channels: Channels,
    pub header: Header,
    pub members: Members,
    pub timeline: Timeline,
    pub message: Message,
    pub composer: Composer,
    pub files: Files,
    pub account: Account,
    pub create: CreateChannel,
    pub rename: RenameChannel,
    pub rename_myself: RenameMyself,
    pub delete: DeleteChannel,
    pub delete_message: Confirm,
    pub remove_member: Confirm,
    pub invite: Invite,
    pub hand_over: HandOver,
    pub sign_out: SignOutUnsent,
    pub stale: StaleMessages,
    pub gone: ChannelGone,
    /// "Ada is typing…", up to three names; then "Several people are typing…". Nobody: nothing.
    pub typing: fn(&[String]) -> Vec<Piece>,
    /// Why the rules said no.
    pub refusal: fn(Refusal) -> String,
    /// A reason that this page does not know yet, with its code.
    pub unknown_refusal: Counted,
}

/// What several places say.
pub struct Common {
    pub skip_to_composer: &'static str,
    pub close: &'static str,
    pub cancel: &'static str,
    pub try_again: &'static str,
    pub reload: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub you: &'static str,
    pub optional: &'static str,
    pub to_general: &'static str,
    /// Before a technical detail.
    pub for_the_operator: &'static str,
    /// Where a request of ours got no answer at all.
    pub no_answer: &'static str,
}

/// What a tab is called.
pub struct PageTitles {
    pub sign_in: Named,
    pub connecting: &'static str,
    pub channel: fn(channel: &str, server: &str) -> String,
    pub channels: Named,
    pub gone: Named,
}

/// What the page says on the sign-in card.
pub struct SignIn {
    /// With the wished name. Free names follow.
    pub taken: Named,
    /// With the wished name, where nothing is free.
    pub taken_without_suggestion: Named,
    pub use_name: Named,
    pub password_missing: &'static str,
    /// With the seconds to wait.
    pub too_many_tries: Counted,
    /// Why somebody is back on this card.
    pub told_signed_out: &'static str,
    pub told_session_ended: &'static str,
    /// With the name that a key's token took.
    pub told_name_taken_by_key: Named,
}

/// What the server writes on the card, and where the page cannot start. Apart from the rest,
/// because the page never says it.
pub struct Card {
    /// With the server's name.
    pub title: Named,
    pub lead: &'static str,
    pub lead_without_guests: &'static str,
    pub ways: &'static str,
    pub guest: &'static str,
    pub account: &'static str,
    pub your_name: &'static str,
    pub pick_a_name: &'static str,
    pub name_hint: &'static str,
    pub account_name: &'static str,
    pub password: &'static str,
    pub show_password: &'static str,
    pub join: &'static str,
    pub joining: &'static str,
    pub sign_in: &'static str,
    pub signing_in: &'static str,
    pub promise: &'static str,
    pub forgotten: &'static str,
    pub forgotten_way: &'static str,
    pub app_failed_title: &'static str,
    pub app_failed_text: &'static str,
    pub script_needed: &'static str,
}

pub struct Connection {
    pub state_connecting: &'static str,
    pub state_connected: &'static str,
    pub state_reconnecting: &'static str,
    pub state_offline: &'static str,
    pub state_blocked: &'static str,
    pub state_stopped: &'static str,
    /// With the server's name.
    pub connecting_title: Named,
    pub connecting_text: &'static str,
    pub dropped: &'static str,
    pub server_restarts: &'static str,
    pub too_slow: &'static str,
    /// With the seconds left; shown, never read aloud.
    pub next_try: Counted,
    /// The same without a number, read aloud once.
    pub next_try_spoken: &'static str,
    pub trying: &'static str,
    pub retry_now: &'static str,
    pub connected_again: &'static str,
    pub offline: &'static str,
    /// With the number of messages kept.
    pub offline_text: Counted,
    pub blocked: &'static str,
    pub blocked_text: &'static str,
    pub blocked_action: &'static str,
    pub blocked_help_title: &'static str,
    pub blocked_help_network: &'static str,
    pub blocked_help_proxy: &'static str,
    pub storage_forbidden: &'static str,
    pub storage_forbidden_text: &'static str,
    pub storage_full: &'static str,
    pub storage_full_text: &'static str,
    /// Where a piece that somebody asked for did not come.
    pub not_loaded: &'static str,
    pub not_loaded_text: &'static str,
    pub newer_server: &'static str,
    pub newer_server_text: &'static str,
    pub refused: &'static str,
    pub signed_out: &'static str,
    pub session_ended: &'static str,
    /// With the name that a key's token took.
    pub name_taken_by_key: Named,
    pub sign_in_again: &'static str,
}

/// The list of channels.
pub struct Channels {
    pub region: &'static str,
    pub title: &'static str,
    pub open_to_join: &'static str,
    /// On the button, beside its plus.
    pub create_short: &'static str,
    pub create: &'static str,
    pub join: &'static str,
    pub join_named: Named,
    pub joining: &'static str,
    pub joined_named: Named,
    pub could_not_join: Named,
    pub unread: Counted,
    pub none: &'static str,
    pub loading: &'static str,
    /// After a private channel's name.
    pub private: &'static str,
    /// After a muted channel's name.
    pub muted: &'static str,
    pub invitations: &'static str,
    /// With the name of who invites.
    pub invited_by: Named,
    pub decline: &'static str,
    pub decline_named: Named,
}

/// The head of the open channel, and its menu.
pub struct Header {
    pub back: &'static str,
    pub menu: &'static str,
    pub invite: &'static str,
    pub rename: &'static str,
    pub hand_over: &'static str,
    pub mute: &'static str,
    pub unmute: &'static str,
    pub leave: &'static str,
    pub delete: &'static str,
    pub members: Counted,
}

pub struct Members {
    pub title: &'static str,
    pub count: Counted,
    pub close: &'static str,
    pub admin: &'static str,
    pub guest: &'static str,
    pub online: &'static str,
    pub offline: &'static str,
    pub loading: &'static str,
    pub more: &'static str,
    /// With the member's name.
    pub remove: Named,
}

pub struct Timeline {
    pub label: Named,
    pub today: &'static str,
    pub yesterday: &'static str,
    pub new: &'static str,
    /// After a name.
    pub joined: &'static str,
    /// After a name.
    pub left: &'static str,
    /// How many messages are new below.
    pub jump: Counted,
    pub loading: &'static str,
    pub loading_older: &'static str,
    pub older_late: &'static str,
    pub late_title: &'static str,
    pub late_text: &'static str,
    /// With the channel's name.
    pub begins: Named,
    pub begins_private: &'static str,
    /// With the server's name.
    pub begins_general: Named,
    pub begins_public: Named,
    pub begins_own: Named,
}

/// What has become of a message of one's own.
pub struct Message {
    pub mark_unread: &'static str,
    pub edit: &'static str,
    pub edited: &'static str,
    pub delete: &'static str,
    pub deleted: &'static str,
    pub save: &'static str,
    pub saving: &'static str,
    pub sending: &'static str,
    pub waiting: &'static str,
    pub stale: &'static str,
    /// With the reason, a sentence.
    pub not_sent: Named,
    /// The same, read aloud.
    pub not_sent_spoken: Named,
    pub send_now: &'static str,
    pub discard: &'static str,
    pub outbox_full: &'static str,
}

pub struct Composer {
    pub label: Named,
    pub placeholder: Named,
    pub first: &'static str,
    pub send: &'static str,
    /// After the key Enter.
    pub enter_sends: &'static str,
    /// After the keys Shift Enter.
    pub shift_enter_breaks: &'static str,
    pub nearly_too_long: &'static str,
    pub too_long: &'static str,
    pub not_a_member: &'static str,
    pub read_only: &'static str,
}

/// Files beside messages.
pub struct Files {
    pub attach: &'static str,
    /// Over the conversation, while files are dragged.
    pub drop: &'static str,
    /// What the list of chosen files is called.
    pub chosen: &'static str,
    /// With how many were chosen just now, read aloud.
    pub attached: Counted,
    pub too_many: &'static str,
    /// With the file's name.
    pub remove: Named,
    pub uploading: &'static str,
    /// With the file's name, read aloud.
    pub uploading_named: Named,
    pub uploaded_named: Named,
    /// In the place of a file that its page took along.
    pub gone: &'static str,
    /// What a file is called that has no name.
    pub photo: &'static str,
    pub file: &'static str,
    /// With the file's name.
    pub download: Named,
    pub download_short: &'static str,
    pub not_loaded: &'static str,
    /// With the file's name and the most megabytes.
    pub too_large: fn(&str, u64) -> String,
}

/// What a file is called on the page.
pub fn name_of_file(words: &Files, file: &Attachment) -> String {
    match file.filename.trim() {
        "" if file.content_type.starts_with("image/") => words.photo.to_owned(),
        "" => words.file.to_owned(),
        name => name.to_owned(),
    }
}

/// The menu of one's own account.
pub struct Account {
    pub menu: &'static str,
    pub theme: &'static str,
    pub theme_auto: &'static str,
    pub theme_light: &'static str,
    pub theme_dark: &'static str,
    pub language: &'static str,
    pub rename: &'static str,
    pub sign_out: &'static str,
    pub signing_out: &'static str,
    pub sign_out_failed: &'static str,
}

pub struct CreateChannel {
    pub title: &'static str,
    pub name: &'static str,
    pub name_hint: &'static str,
    pub visibility: &'static str,
    pub public: &'static str,
    pub public_hint: &'static str,
    pub private: &'static str,
    pub private_hint: &'static str,
    pub more: &'static str,
    pub address: &'static str,
    pub address_hint: &'static str,
    pub submit: &'static str,
    pub submitting: &'static str,
}

pub struct RenameChannel {
    /// With the channel's name.
    pub title: Named,
    pub name: &'static str,
    pub private: &'static str,
    pub private_hint: &'static str,
    pub submit: &'static str,
    pub submitting: &'static str,
}

pub struct RenameMyself {
    pub title: &'static str,
    pub name: &'static str,
    pub hint: &'static str,
    pub submit: &'static str,
    pub submitting: &'static str,
}

pub struct DeleteChannel {
    /// With the channel's name.
    pub title: Named,
    pub lead: fn(messages: u64, members: u64) -> String,
    pub type_its_name: &'static str,
    pub not_its_name: &'static str,
    pub keep: &'static str,
    pub submit: &'static str,
    pub submitting: &'static str,
}

/// A question before what cannot be undone.
pub struct Confirm {
    /// With the name of whom it is about.
    pub title: Named,
    pub lead: &'static str,
    pub keep: &'static str,
    pub submit: &'static str,
    pub submitting: &'static str,
}

pub struct Invite {
    /// With the channel's name.
    pub title: Named,
    pub lead: &'static str,
    pub name: &'static str,
    pub nobody: &'static str,
    /// With the invited person's name.
    pub done: Named,
    pub at_once: &'static str,
    pub at_once_hint: &'static str,
    /// With the added person's name.
    pub added: Named,
    pub close: &'static str,
    pub submit: &'static str,
    pub submitting: &'static str,
}

pub struct HandOver {
    /// With the channel's name.
    pub title: Named,
    pub lead: &'static str,
    pub new_admin: &'static str,
    pub nobody_else: &'static str,
    pub nobody_chosen: &'static str,
    pub submit: &'static str,
    pub submitting: &'static str,
    /// After the new admin's name.
    pub done: &'static str,
}

/// Signing out while messages are waiting.
pub struct SignOutUnsent {
    pub title: Counted,
    pub lead: &'static str,
    pub stay: &'static str,
    pub sign_out: &'static str,
}

/// Messages that have waited for more than a day.
pub struct StaleMessages {
    pub title: Counted,
    pub lead: &'static str,
    pub send: &'static str,
    pub discard: &'static str,
}

/// A channel that is no more, or no more for this reader.
pub struct ChannelGone {
    pub title: &'static str,
    pub text: &'static str,
    /// With the channel's name.
    pub deleted: Named,
    /// With the channel's name: somebody else took this reader out of it.
    pub removed: Named,
    pub you_left: Named,
    pub now_in_general: &'static str,
    /// How many texts were waiting for it.
    pub unsent: Counted,
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [&Wording; 2] = [&english::WORDING, &japanese::WORDING];

    fn typing(language: Language, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        plain(&(language.wording().typing)(&names))
    }

    #[test]
    fn a_tag_names_its_language_whatever_the_region() {
        assert_eq!(Language::from_tag("ja-JP"), Some(Language::Japanese));
        assert_eq!(Language::from_tag("JA"), Some(Language::Japanese));
        assert_eq!(Language::from_tag("en_GB"), Some(Language::English));
        assert_eq!(Language::from_tag("jam"), None);
        assert_eq!(Language::from_tag(""), None);
    }

    #[test]
    fn every_language_is_found_by_its_own_tag() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
    }

    #[test]
    fn a_browser_gets_what_it_likes_best() {
        let chosen = Language::from_accept_language;
        assert_eq!(chosen("ja,en-US;q=0.9,en;q=0.8"), Language::Japanese);
        assert_eq!(chosen("en-US,en;q=0.9,ja;q=0.8"), Language::English);
        assert_eq!(chosen("en;q=0.5, ja;q=0.7"), Language::Japanese);
        assert_eq!(chosen("fr-CH, fr;q=0.9, ja;q=0.3, *;q=0.1"), Language::Japanese);
    }

    #[test]
    fn a_browser_that_likes_neither_gets_english() {
        let chosen = Language::from_accept_language;
        assert_eq!(chosen(""), Language::English);
        assert_eq!(chosen("fr, de;q=0.5"), Language::English);
        assert_eq!(chosen("ja;q=0"), Language::English);
        assert_eq!(chosen("ja;q=nonsense,,;;"), Language::English);
    }

    #[test]
    fn up_to_three_people_are_named_while_they_type() {
        let english = |names: &[&str]| typing(Language::English, names);
        assert_eq!(english(&[]), "");
        assert_eq!(english(&["Ada"]), "Ada is typing…");
        assert_eq!(english(&["Ada", "Grace"]), "Ada and Grace are typing…");
        assert_eq!(english(&["Ada", "Grace", "Alan"]), "Ada, Grace and Alan are typing…");
        assert_eq!(english(&["Ada", "Grace", "Alan", "Edsger"]), "Several people are typing…");
    }

    #[test]
    fn up_to_three_people_are_named_in_japanese_too() {
        let japanese = |names: &[&str]| typing(Language::Japanese, names);
        assert_eq!(japanese(&[]), "");
        assert_eq!(japanese(&["愛子"]), "愛子さんが入力しています…");
        assert_eq!(japanese(&["愛子", "健司"]), "愛子さんと健司さんが入力しています…");
        assert_eq!(
            japanese(&["愛子", "健司", "花"]),
            "愛子さん、健司さん、花さんが入力しています…"
        );
        assert_eq!(japanese(&["愛子", "健司", "花", "太郎"]), "数人が入力しています…");
    }

    #[test]
    fn one_is_counted_as_one() {
        let words = Language::English.wording();
        assert_eq!((words.members.count)(1), "1 member");
        assert_eq!((words.members.count)(12), "12 members");
        assert_eq!((words.channels.unread)(1), "1 unread");
        assert_eq!((words.files.attached)(1), "1 file is attached.");
        assert_eq!((words.files.attached)(2), "2 files are attached.");
        assert_eq!((words.connection.next_try)(1), "Next try in 1 second.");
        assert_eq!((words.connection.next_try)(4), "Next try in 4 seconds.");
        assert_eq!((words.timeline.jump)(0), "Jump to latest");
        assert_eq!((words.timeline.jump)(1), "1 new message");
        assert_eq!((words.timeline.jump)(3), "3 new messages");
    }

    #[test]
    fn a_file_without_a_name_is_called_by_its_kind() {
        let file = |filename: &str, content_type: &str| Attachment {
            sid: None,
            filename: filename.to_owned(),
            content_type: content_type.to_owned(),
            size: 1,
            dimensions: None,
        };
        for (words, [photo, other]) in
            BOTH.into_iter().zip([["Photo", "File"], ["写真", "ファイル"]])
        {
            let name = |filename, kind| name_of_file(&words.files, &file(filename, kind));
            assert_eq!(name("祭り.png", "image/png"), "祭り.png");
            assert_eq!(name("", "image/png"), photo);
            assert_eq!(name(" ", "application/pdf"), other);
        }
    }

    #[test]
    fn the_dialog_says_what_a_deletion_takes_away() {
        let lead = Language::English.wording().delete.lead;
        assert_eq!(
            lead(1_284, 9),
            "Its 1,284 messages disappear for all 9 members, at once. This cannot be undone."
        );
        assert_eq!(lead(1, 1), "Its 1 message disappears, at once. This cannot be undone.");
        assert_eq!(lead(0, 2), "It disappears for both members, at once. This cannot be undone.");
    }

    #[test]
    fn large_numbers_are_grouped_by_three() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn a_badge_never_claims_more_than_is_known() {
        assert_eq!(badge(12), "12");
        assert_eq!(badge(999), "999");
        assert_eq!(badge(1_000), "999+");
    }

    #[test]
    fn a_wait_is_never_said_to_be_over_before_it_is() {
        let busy = Refusal::TooManyRequests { retry_after_ms: 1_200 };
        let sentence = (Language::English.wording().refusal)(busy);
        assert_eq!(sentence, "That was too fast. Try again in 2 seconds.");
    }

    #[test]
    fn names_stand_in_the_sentences_that_ask_for_them() {
        for (words, card) in BOTH.into_iter().zip([&english::CARD, &japanese::CARD]) {
            let named = [
                card.title,
                words.page_titles.sign_in,
                words.sign_in.taken,
                words.sign_in.use_name,
                words.channels.join_named,
                words.timeline.label,
                words.timeline.begins,
                words.composer.label,
                words.composer.placeholder,
                words.rename.title,
                words.delete.title,
                words.hand_over.title,
                words.gone.deleted,
                words.message.not_sent,
                words.files.remove,
                words.files.uploading_named,
                words.files.uploaded_named,
                words.files.download,
            ];
            for sentence in named {
                assert!(sentence("星谷").contains("星谷"));
            }
        }
    }
}
