//! Actions as our own socket has them: a command each.

use chat::protocol::{
    ChannelEditing, Command, Editing, MemberEditing, NewChannel, Scope, UserEditing,
};
use chat::{Level, MessageIndex, RoleSid, Sequence, UserSid};

use super::stage::Case;
use crate::messages::draft;
use crate::support::nonce;

/// The command that an action is on our own socket.
pub(super) type Action = fn(&Case<'_>) -> Command;

/// Every command that names a channel; then what only other doors have.
pub(super) fn in_a_channel() -> Vec<(&'static str, Option<Action>)> {
    let actions: [(&str, Action); 31] = [
        ("post_message", |case| Command::PostMessage(draft(case.spot.channel, "Hello?"))),
        ("edit_message of another", |case| Command::EditMessage(editing(case, Some("Bye"), None))),
        ("edit_message attributes", |case| Command::EditMessage(editing(case, None, Some("{}")))),
        ("delete_message of another", |case| Command::DeleteMessage {
            channel: case.spot.channel,
            index: MessageIndex(0),
        }),
        ("edit_channel name", |case| {
            let friendly_name = Some("Mine".to_owned());
            Command::EditChannel(ChannelEditing {
                friendly_name,
                ..ChannelEditing::of(case.spot.channel)
            })
        }),
        ("edit_channel attributes", |case| {
            let attributes = Some("[1]".to_owned());
            Command::EditChannel(ChannelEditing {
                attributes,
                ..ChannelEditing::of(case.spot.channel)
            })
        }),
        ("edit_channel private", |case| {
            let private = Some(true);
            Command::EditChannel(ChannelEditing {
                private,
                ..ChannelEditing::of(case.spot.channel)
            })
        }),
        ("delete_channel", |case| Command::DeleteChannel { channel: case.spot.channel }),
        ("hand_over_channel", |case| Command::HandOverChannel {
            channel: case.spot.channel,
            to: case.stage.member,
        }),
        ("join_channel", |case| Command::JoinChannel {
            channel: case.spot.channel,
            nonce: nonce(),
        }),
        ("leave_channel", |case| Command::LeaveChannel { channel: case.spot.channel }),
        ("add_member", |case| Command::AddMember {
            channel: case.spot.channel,
            identity: "newcomer".to_owned(),
            nonce: nonce(),
        }),
        ("remove_member", |case| Command::RemoveMember {
            channel: case.spot.channel,
            user: case.stage.users[3],
        }),
        ("invite_member", |case| Command::InviteMember {
            channel: case.spot.channel,
            identity: "newcomer".to_owned(),
            nonce: nonce(),
        }),
        ("decline_invite", |case| Command::DeclineInvite { channel: case.spot.channel }),
        ("edit_member oneself", |case| Command::EditMember(about(case, case.me, None))),
        ("edit_member another", |case| Command::EditMember(about(case, case.stage.users[3], None))),
        ("edit_member role", |case| {
            Command::EditMember(about(case, case.me, Some(RoleSid::CHANNEL_ADMIN)))
        }),
        ("set_notification_level", |case| Command::SetNotificationLevel {
            channel: case.spot.channel,
            level: Level::Muted,
        }),
        ("advance_read_horizon", |case| Command::AdvanceReadHorizon {
            channel: case.spot.channel,
            index: MessageIndex(0),
        }),
        ("set_read_horizon", |case| Command::SetReadHorizon {
            channel: case.spot.channel,
            index: None,
        }),
        ("set_typing", |case| Command::SetTyping { channel: case.spot.channel }),
        ("watch_presence", |case| Command::WatchPresence { users: vec![case.stage.member] }),
        ("resume", |case| Command::Resume {
            scope: Scope::Channel(case.spot.channel),
            since: Sequence(0),
        }),
        ("open_channel", |case| Command::OpenChannel { channel: case.spot.channel }),
        ("history", |case| Command::History {
            channel: case.spot.channel,
            before: MessageIndex(9),
            limit: 9,
        }),
        ("members", |case| Command::Members { channel: case.spot.channel, after: None }),
        ("unread", |case| Command::Unread { channel: case.spot.channel }),
        ("media_url", |case| Command::MediaUrl {
            channel: case.spot.channel,
            index: MessageIndex(0),
        }),
        ("edit_message own", |case| {
            let index = MessageIndex(1);
            Command::EditMessage(Editing { index, ..editing(case, Some("Better"), None) })
        }),
        ("delete_message own", |case| Command::DeleteMessage {
            channel: case.spot.channel,
            index: MessageIndex(1),
        }),
    ];
    let others = [
        "find_channel",
        "find_channel of mine",
        "find_message",
        "find_member",
        "list_invites",
        "edit_message by SID",
        "delete_message by SID",
    ];
    let actions = actions.into_iter().map(|(name, action)| (name, Some(action)));
    actions.chain(others.map(|name| (name, None))).collect()
}

/// Every other command; then what only other doors have.
pub(super) fn elsewhere() -> Vec<(&'static str, Option<Action>)> {
    let actions: [(&str, Action); 8] = [
        ("create_channel public", |_| Command::CreateChannel(new_channel(false))),
        ("create_channel private", |_| Command::CreateChannel(new_channel(true))),
        ("edit_user oneself", |case| Command::EditUser(called(case.me, None))),
        ("edit_user another", |case| Command::EditUser(called(case.stage.users[9], None))),
        ("edit_user role", |case| Command::EditUser(called(case.me, Some(RoleSid::SERVICE_ADMIN)))),
        ("resume directory", |_| resumed(Scope::Directory)),
        ("resume own things", |case| resumed(Scope::User(case.me))),
        ("resume another's things", |case| resumed(Scope::User(case.stage.users[9]))),
    ];
    let others =
        ["list_channels", "list_channels of mine", "find_user", "list_users", "list_roles"];
    let actions = actions.into_iter().map(|(name, action)| (name, Some(action)));
    actions.chain(others.map(|name| (name, None))).collect()
}

pub(super) fn new_channel(private: bool) -> NewChannel {
    NewChannel {
        nonce: nonce(),
        friendly_name: "A channel".to_owned(),
        unique_name: None,
        attributes: String::new(),
        private,
        without_joining: false,
    }
}

fn called(user: UserSid, role: Option<RoleSid>) -> UserEditing {
    let friendly_name = role.is_none().then(|| "Somebody".to_owned());
    UserEditing { user, friendly_name, role, attributes: None }
}

fn resumed(scope: Scope) -> Command {
    Command::Resume { scope, since: Sequence(0) }
}

pub(super) fn editing(case: &Case<'_>, body: Option<&str>, attributes: Option<&str>) -> Editing {
    Editing {
        channel: case.spot.channel,
        index: MessageIndex(0),
        body: body.map(str::to_owned),
        attributes: attributes.map(str::to_owned),
    }
}

fn about(case: &Case<'_>, user: UserSid, role: Option<RoleSid>) -> MemberEditing {
    let attributes = role.is_none().then(|| "[1]".to_owned());
    MemberEditing { channel: case.spot.channel, user, role, attributes }
}
