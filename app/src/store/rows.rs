//! The open channel as rows: the order anew at every change, the content only where it changed.

use chat::message::{Part, may_delete, may_edit};
use chat::{ChannelSid, Permission};
use client::{Attachment, Client, Line, Me, NoticeKind, PendingState, SortedSet};

use super::Store;
use super::apply::{Dirty, set_if_new};
use super::layout::{Glance, Item, ItemKey, NewAfter, lay_out};
use super::lists::{Compare, details, in_order, is_muted};
use super::view::{
    Earlier, Editable, Head, MemberView, MembersView, MessageView, RowState, RowView, Whose,
};
use crate::browser::intl::day_number;
use crate::browser::{clock, dom};
use crate::live::ArcLive;
use crate::sentences;

impl Store {
    pub(super) fn show_head(self, channel: ChannelSid) {
        let (head, editable) =
            self.read(|client| (head(client, channel), editable(client, channel)));
        set_if_new(self.head, head);
        set_if_new(self.editable, editable);
    }

    pub(super) fn show_timeline(self, channel: ChannelSid, dirty: &Dirty) {
        let inner = self.inner();
        if let Some(before_turn) = &*inner.before_turn.borrow() {
            before_turn();
        }
        let client = inner.client.borrow();
        let Some(me) = client.me() else { return };
        let lines: Vec<Line<'_>> = client.lines(channel).collect();
        let glances: Vec<Glance> =
            lines.iter().map(|line| Glance::of(*line, me.user, day_number)).collect();
        let items = lay_out(&glances, inner.new_after.get());

        let today = day_number(clock::now());
        let is_online = client.state().is_online();
        let mut failures = Vec::new();
        let mut rows = inner.rows.borrow_mut();
        for item in &items {
            let (line, glance) = (lines[item.line], &glances[item.line]);
            let shown = rows.get(item.key);
            let is_stale = shown.is_none_or(|shown| {
                dirty.all_lines
                    || !matches!(line, Line::Message(_))
                    || dirty.lines.contains(glance.key)
                    || shown.with_untracked(|row| opens(row) != item.opens)
            });
            if !is_stale {
                continue;
            }
            let row = row(*item, line, glance, me, &Now { today, is_online });
            if let Some(refusal) = new_failure(shown, &row) {
                failures.push(sentences::refused(self.wording(), &refusal));
            }
            match shown {
                Some(shown) if shown.with_untracked(|shown| *shown == row) => {}
                Some(shown) => shown.set(row),
                None => {
                    rows.insert(item.key, ArcLive::new(row));
                }
            }
        }
        let keys: Vec<ItemKey> = items.iter().map(|item| item.key).collect();
        let mut present = SortedSet::default();
        for key in &keys {
            present.insert(*key, ());
        }
        rows.retain(|key| present.contains(key));
        let earlier = earlier(&client, channel);
        drop((rows, client));

        set_if_new(self.items, keys);
        set_if_new(self.earlier, earlier);
        self.turned.update(|turned| *turned += 1);
        if let Some(reason) = failures.pop() {
            self.spoken.set((self.wording().message.not_sent_spoken)(&reason));
        }
    }

    /// What is new for the reader of the open channel, and where the line for it stands.
    pub(super) fn show_unseen(self) {
        let Some(open) = self.open() else { return };
        let inner = self.inner();
        let unread = self.read(|client| client.unread(open));
        let count = unread.map_or(0, |unread| unread.count);
        let before = self.unseen.get_untracked();
        set_if_new(self.unseen, count);
        // Somebody who had seen everything and looks elsewhere finds the line where it was left.
        let looks_elsewhere = !dom::is_visible() || !inner.at_end.get();
        if before == 0 && 0 < count && looks_elsewhere {
            inner.new_after.set(unread.map(|unread| NewAfter(unread.horizon)));
        }
    }

    /// Where the new-messages line stands when a channel is opened.
    pub(super) fn place_new_line(self, channel: ChannelSid) {
        let unread = self.read(|client| client.unread(channel)).filter(|unread| 0 < unread.count);
        self.inner().new_after.set(unread.map(|unread| NewAfter(unread.horizon)));
    }

    pub(super) fn show_members(self, channel: ChannelSid) {
        let locale = self.locale();
        let compare = |one: &str, other: &str| locale.compare(one, other);
        let members = self.read(|client| members(client, channel, &compare));
        set_if_new(self.members, members);
    }

    pub(super) fn show_typing(self, channel: ChannelSid) {
        let typing = self.read(|client| {
            client.typing(channel, clock::now()).into_iter().map(ToString::to_string).collect()
        });
        set_if_new(self.typing, typing);
    }
}

fn opens(row: &RowView) -> bool {
    matches!(row, RowView::Message(message) if message.opens)
        || matches!(row, RowView::Event { .. })
}

/// What the rows of one turn have in common.
struct Now {
    today: i64,
    is_online: bool,
}

fn row(item: Item, line: Line<'_>, glance: &Glance, me: &Me, now: &Now) -> RowView {
    match item.key {
        ItemKey::Day(day) => return RowView::Day { at: glance.at, days_ago: now.today - day },
        ItemKey::New => return RowView::New,
        ItemKey::Line(_) => {}
    }
    let edited = match line {
        Line::Message(message) => message.edited.as_ref().map(|edited| edited.at),
        Line::Notice(_) | Line::Pending(_) => None,
    };
    let (author, body, file, state) = match line {
        Line::Notice(notice) => {
            return RowView::Event {
                identity: notice.identity.clone(),
                joined: notice.kind == NoticeKind::Joined,
                at: notice.at,
            };
        }
        Line::Message(message) => {
            let state = if message.is_deleted() { RowState::Deleted } else { RowState::Accepted };
            let file = message.media.clone().map(Attachment::from);
            (&message.identity, message.body.as_ref(), file, state)
        }
        Line::Pending(pending) => {
            let state = state(pending, now.is_online);
            (&me.identity, pending.body.as_ref(), pending.attachment.clone(), state)
        }
    };
    RowView::Message(MessageView {
        key: glance.key,
        author: author.clone(),
        own: glance.own,
        opens: item.opens,
        body: body.map_or_else(String::new, |body| body.as_str().to_owned()),
        file: file.map(Box::new),
        at: glance.at,
        edited,
        index: glance.index,
        state,
    })
}

fn state(pending: &client::Pending, is_online: bool) -> RowState {
    match &pending.state {
        PendingState::Queued if pending.waits_for_file() => match is_online {
            true => RowState::Uploading(pending.nonce),
            false => RowState::UploadWaiting(pending.nonce),
        },
        PendingState::Queued if !is_online => RowState::Waiting(pending.nonce),
        PendingState::Queued | PendingState::Sent => RowState::Sending(pending.nonce),
        PendingState::Accepted(_) => RowState::Accepted,
        PendingState::Failed(refusal) => RowState::Failed(pending.nonce, refusal.clone()),
        PendingState::NeedsWord(_) => RowState::Stale(pending.nonce),
        PendingState::FileGone => RowState::FileGone(pending.nonce),
    }
}

/// The refusal of a row that was not refused before.
fn new_failure(
    shown: Option<&ArcLive<RowView>>,
    row: &RowView,
) -> Option<chat::refusal::WireRefusal> {
    let RowView::Message(MessageView { state: RowState::Failed(_, refusal), .. }) = row else {
        return None;
    };
    let failed_before = shown?.with_untracked(|shown| {
        matches!(shown, RowView::Message(MessageView { state: RowState::Failed(..), .. }))
    });
    (!failed_before).then(|| refusal.clone())
}

fn earlier(client: &Client, channel: ChannelSid) -> Earlier {
    match client.timeline(channel) {
        None => Earlier::Unknown,
        Some(timeline) if timeline.is_loading_earlier() => Earlier::Loading,
        Some(timeline) if timeline.has_earlier() => Earlier::More,
        Some(_) => Earlier::Nothing,
    }
}

fn head(client: &Client, channel: ChannelSid) -> Option<Head> {
    let details = details(client, channel)?;
    let timeline = client.timeline(channel);
    let rights = client.rights(channel);
    let me = client.me();
    Some(Head {
        channel,
        name: details.friendly_name.as_str().to_owned(),
        address: details.unique_name.as_ref().map_or("", |name| name.as_str()).to_owned(),
        is_general: details.is_general(),
        private: details.private,
        is_own: me.is_some_and(|me| me.identity == details.created_by),
        may_write: rights.permit(Permission::SendMessage).is_ok(),
        may_attach: rights.permit(Permission::SendMediaMessage).is_ok(),
        may_invite: rights.permit(Permission::InviteMember).is_ok(),
        may_add: rights.permit(Permission::AddMember).is_ok(),
        may_remove: rights.permit(Permission::RemoveMember).is_ok(),
        may_rename: details.may_rename(rights).is_ok(),
        may_hand_over: details.may_hand_over(rights).is_ok(),
        may_delete: details.may_delete(rights).is_ok(),
        may_leave: rights.permit(Permission::LeaveChannel).is_ok(),
        may_mute: rights.permit(Permission::EditNotificationLevel).is_ok(),
        muted: is_muted(client, channel),
        members: timeline.map_or(0, client::Timeline::member_count),
        messages: timeline.and_then(client::Timeline::last_index).map_or(0, |index| index.0 + 1),
        loaded: timeline.is_some(),
    })
}

fn editable(client: &Client, channel: ChannelSid) -> Editable {
    let rights = client.rights(channel);
    let may_edit = |is_own| may_edit(Part::Body, is_own, rights).is_ok();
    let may_delete = |is_own| may_delete(is_own, rights).is_ok();
    let whose = |may: &dyn Fn(bool) -> bool| Whose { own: may(true), any: may(false) };
    Editable { text: whose(&may_edit), deletes: whose(&may_delete) }
}

fn members(client: &Client, channel: ChannelSid, compare: Compare<'_>) -> MembersView {
    let Some(timeline) = client.timeline(channel) else { return MembersView::default() };
    let me = client.me().map(|me| me.user);
    let members: Vec<_> = timeline.members().collect();
    let names: Vec<&str> = members.iter().map(|member| member.identity.as_str()).collect();
    let view = |place: usize| {
        let member = members[place];
        MemberView {
            user: member.user,
            identity: member.identity.clone(),
            admin: member.role == Some(chat::RoleSid::CHANNEL_ADMIN),
            guest: member.guest,
            you: Some(member.user) == me,
        }
    };
    MembersView {
        known: in_order(&names, compare).into_iter().map(view).collect(),
        count: timeline.member_count(),
        more: timeline.has_more_members(),
    }
}

#[cfg(test)]
mod tests {
    use chat::{MediaSid, Nonce, Refusal, Timestamp};
    use client::Pending;

    use super::*;

    const NONCE: Nonce = Nonce(uuid::Uuid::nil());

    fn pending(sid: Option<MediaSid>, state: PendingState) -> Pending {
        let attachment = Attachment {
            sid,
            filename: "lanterns.png".to_owned(),
            content_type: "image/png".to_owned(),
            size: 1,
            dimensions: None,
        };
        Pending {
            channel: ChannelSid::from_bytes([1; 16]),
            nonce: NONCE,
            body: None,
            attachment: Some(attachment),
            queued_at: Timestamp(0),
            state,
        }
    }

    #[test]
    fn a_message_that_waits_for_its_file_says_so() {
        let waits = pending(None, PendingState::Queued);
        assert_eq!(state(&waits, true), RowState::Uploading(NONCE));
        assert_eq!(state(&waits, false), RowState::UploadWaiting(NONCE));
    }

    #[test]
    fn once_its_file_is_uploaded_it_is_like_any_other() {
        let sid = Some(MediaSid::from_bytes([2; 16]));
        let queued = pending(sid, PendingState::Queued);
        assert_eq!(state(&queued, true), RowState::Sending(NONCE));
        assert_eq!(state(&queued, false), RowState::Waiting(NONCE));
    }

    #[test]
    fn a_file_that_was_refused_or_is_gone_says_so_with_and_without_a_connection() {
        let refusal = Refusal::NotAMember.to_wire();
        for is_online in [true, false] {
            let refused = pending(None, PendingState::Failed(refusal.clone()));
            assert_eq!(state(&refused, is_online), RowState::Failed(NONCE, refusal.clone()));
            let gone = pending(None, PendingState::FileGone);
            assert_eq!(state(&gone, is_online), RowState::FileGone(NONCE));
        }
    }
}
