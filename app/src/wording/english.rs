//! The sentences in English.

use chat::{Permission, Refusal};

use super::*;

pub(super) static WORDING: Wording = Wording {
    common: Common {
        skip_to_composer: "Skip to the message box",
        close: "Close",
        cancel: "Cancel",
        try_again: "Try again",
        reload: "Reload",
        copy: "Copy",
        copied: "Copied",
        you: "you",
        optional: "optional",
        to_general: "Go to the General Channel",
        for_the_operator: "For whoever runs this server:",
        no_answer: "The server did not answer.",
    },
    page_titles: PageTitles {
        sign_in: |server| format!("Join {server} · Yoriai"),
        connecting: "Connecting · Yoriai",
        channel: |channel, server| format!("{channel} · {server}"),
        channels: |server| format!("Channels · {server}"),
        gone: |server| format!("Channel not found · {server}"),
    },
    sign_in: SignIn {
        taken: |name| format!("{name} is taken, or looks like a name that is. Free at the moment:"),
        taken_without_suggestion: |name| {
            format!("{name} is taken, or looks like a name that is. Pick another one.")
        },
        use_name: |name| format!("Use the name {name}"),
        password_missing: "Enter your password.",
        too_many_tries: |wait| format!("Too many tries. Try again in {}.", seconds(wait)),
        told_signed_out: "You are signed out.",
        told_session_ended: "Your session has ended. Come in again to go on.",
        told_name_taken_by_key: |name| {
            format!("An application of this server now speaks as {name}. Pick another name.")
        },
    },
    connection: Connection {
        state_connecting: "Connecting…",
        state_connected: "Connected",
        state_reconnecting: "Reconnecting…",
        state_offline: "Offline",
        state_blocked: "No live updates",
        state_stopped: "Not connected",
        connecting_title: |server| format!("Connecting to {server}"),
        connecting_text: "This takes a moment on a slow line. You can write already: it goes out as soon as we are through.",
        dropped: "The connection dropped.",
        server_restarts: "The server is restarting.",
        too_slow: "Your connection was too slow to keep up. What you missed is fetched.",
        next_try: |left| format!("Next try in {}.", seconds(left)),
        next_try_spoken: "Next try in a few seconds.",
        trying: "Trying now…",
        retry_now: "Retry now",
        connected_again: "Connected again.",
        offline: "You are offline.",
        offline_text: |kept| match kept {
            0 => "Read on, and write: messages are kept on this device until you are back."
                .to_owned(),
            1 => "1 message is kept on this device and goes out by itself.".to_owned(),
            _ => format!(
                "{} messages are kept on this device and go out by themselves, in this order.",
                grouped(kept)
            ),
        },
        blocked: "Live updates are blocked.",
        blocked_text: "Something between you and the server refuses WebSockets.",
        blocked_action: "What to do",
        blocked_help_title: "When live updates are blocked",
        blocked_help_network: "On the network of an office or a school, ask its administrator to allow WebSockets to this address, or try another network.",
        blocked_help_proxy: "If you run this server behind a proxy, let the proxy pass on the Upgrade and Connection headers for /ws.",
        storage_forbidden: "Nothing can be kept on this device.",
        storage_forbidden_text: "Your browser forbids storage for this page. What has not been sent is lost when you close it.",
        storage_full: "This device has no room left.",
        storage_full_text: "What has not been sent is lost when you close the page.",
        not_loaded: "Part of this page could not be loaded.",
        not_loaded_text: "What you asked for opens as soon as it is here.",
        newer_server: "The server is newer than this page.",
        newer_server_text: "Reload to go on. Your messages are kept and go out afterwards.",
        refused: "The server refused the connection.",
        signed_out: "You are signed out.",
        session_ended: "Your session has ended.",
        name_taken_by_key: |name| format!("An application of this server now speaks as {name}."),
        sign_in_again: "Sign in again",
    },
    channels: Channels {
        region: "Channels",
        title: "Channels",
        open_to_join: "Open to join",
        create_short: "Channel",
        create: "Create a channel",
        join: "Join",
        join_named: |channel| format!("Join {channel}"),
        joining: "Joining…",
        joined_named: |channel| format!("You are now in {channel}."),
        could_not_join: |channel| format!("You could not join {channel}."),
        unread: |count| match count {
            0..1_000 => format!("{count} unread"),
            _ => "more than 999 unread".to_owned(),
        },
        none: "You are in no channel.",
        loading: "Loading channels…",
        private: "private",
        muted: "muted",
        invitations: "Invitations",
        invited_by: |name| format!("from {name}"),
        decline: "Decline",
        decline_named: |channel| format!("Decline {channel}"),
    },
    header: Header {
        back: "Back to all channels",
        menu: "Channel menu",
        invite: "Invite people…",
        rename: "Rename channel…",
        hand_over: "Hand over channel…",
        mute: "Mute channel",
        unmute: "Unmute channel",
        leave: "Leave channel",
        delete: "Delete channel…",
        members: |count| counted(count, "member", "members"),
    },
    members: Members {
        title: "Members",
        count: |count| counted(count, "member", "members"),
        close: "Close members",
        admin: "Admin",
        guest: "Guest",
        online: "Online",
        offline: "Offline",
        loading: "Loading members…",
        more: "Show more members",
        remove: |name| format!("Remove {name}"),
    },
    timeline: Timeline {
        label: |channel| format!("Messages in {channel}"),
        today: "Today",
        yesterday: "Yesterday",
        new: "New",
        joined: " joined the channel",
        left: " left the channel",
        jump: |new| match new {
            0 => "Jump to latest".to_owned(),
            _ => counted(new, "new message", "new messages"),
        },
        loading: "Loading messages…",
        loading_older: "Loading older messages…",
        older_late: "Older messages could not be loaded.",
        late_title: "These messages could not be loaded",
        late_text: "The server took too long to answer. Nothing is lost, and what you write meanwhile is kept.",
        begins: |channel| format!("This is where {channel} begins"),
        begins_private: "Only its members, and the people they invite, know of this channel.",
        begins_general: |server| format!("Everyone who comes to {server} meets here first."),
        begins_public: |server| format!("Everyone in {server} can find and join this channel."),
        begins_own: |server| {
            format!("You made this public channel. Everyone in {server} can find and join it.")
        },
    },
    message: Message {
        mark_unread: "Mark as unread from here",
        edit: "Edit message",
        edited: "(edited)",
        delete: "Delete message",
        deleted: "This message was deleted.",
        save: "Save",
        saving: "Saving",
        sending: "Sending…",
        waiting: "Goes out when the connection is back",
        stale: "Has waited for more than a day",
        not_sent: |reason| format!("Not sent. {reason}"),
        not_sent_spoken: |reason| format!("A message was not sent. {reason}"),
        send_now: "Send now",
        discard: "Discard",
        outbox_full: "200 messages are waiting already. Send this one when some of them are through.",
    },
    composer: Composer {
        label: |channel| format!("Message to {channel}"),
        placeholder: |channel| format!("Message {channel}"),
        first: "Write the first message",
        send: "Send",
        enter_sends: " sends · ",
        shift_enter_breaks: " new line",
        nearly_too_long: "Almost too long",
        too_long: "Too long",
        not_a_member: "You are not in this channel.",
        read_only: "You may read in this channel, but not write.",
    },
    files: Files {
        attach: "Attach files",
        drop: "Drop files here to send them",
        chosen: "Files to send",
        attached: |count| format!("{} attached.", counted(count, "file is", "files are")),
        too_many: "200 files at a time are the most.",
        remove: |name| format!("Remove {name}"),
        uploading: "Uploading…",
        uploading_named: |name| format!("Uploading {name}…"),
        uploaded_named: |name| format!("{name} is uploaded."),
        gone: "Not sent. The page was closed before this file was uploaded. Attach it again.",
        photo: "Photo",
        file: "File",
        download: |name| format!("Download {name}"),
        download_short: "Download",
        not_loaded: "Could not be loaded.",
        too_large: |file, most| format!("“{file}” is too large: {most} MB at most."),
    },
    account: Account {
        menu: "Your account and settings",
        theme: "Theme",
        theme_auto: "Auto",
        theme_light: "Light",
        theme_dark: "Dark",
        language: "Language",
        rename: "Display name…",
        sign_out: "Sign out",
        signing_out: "Signing out…",
        sign_out_failed: "You are still signed in: the server did not answer.",
    },
    create: CreateChannel {
        title: "Create a channel",
        name: "Name",
        name_hint: "Any language, spaces and emoji are fine.",
        visibility: "Who can find it",
        public: "Public",
        public_hint: "Listed for everyone here, and everyone may join.",
        private: "Private",
        private_hint: "Only the people you invite know that it exists.",
        more: "More",
        address: "Address",
        address_hint: "A second name that stays, for links and programs. No other channel can have it.",
        submit: "Create channel",
        submitting: "Creating…",
    },
    rename: RenameChannel {
        title: |channel| format!("Rename “{channel}”"),
        name: "New name",
        private: "Private from now on",
        private_hint: "Only members, and whom they invite, will know of it. This stays so.",
        submit: "Rename",
        submitting: "Renaming…",
    },
    rename_myself: RenameMyself {
        title: "Your display name",
        name: "Display name",
        hint: "Among the members it stands beside your name. You stay who you signed in as, so that nobody takes you for somebody else.",
        submit: "Save",
        submitting: "Saving…",
    },
    delete: DeleteChannel {
        title: |channel| format!("Delete “{channel}”?"),
        lead: |messages, members| {
            let what = match messages {
                0 => "It disappears".to_owned(),
                1 => "Its 1 message disappears".to_owned(),
                _ => format!("Its {} messages disappear", grouped(messages)),
            };
            let whom = match members {
                0 | 1 => String::new(),
                2 => " for both members".to_owned(),
                _ => format!(" for all {} members", grouped(members)),
            };
            format!("{what}{whom}, at once. This cannot be undone.")
        },
        type_its_name: "Type the channel’s name to confirm",
        not_its_name: "This is not the channel’s name.",
        keep: "Keep the channel",
        submit: "Delete channel",
        submitting: "Deleting…",
    },
    delete_message: Confirm {
        title: |_| "Delete this message?".to_owned(),
        lead: "It disappears for everyone in the channel. This cannot be undone.",
        keep: "Keep it",
        submit: "Delete",
        submitting: "Deleting",
    },
    remove_member: Confirm {
        title: |name| format!("Remove {name}?"),
        lead: "They are no longer in this channel, and hear nothing more of it.",
        keep: "Keep them",
        submit: "Remove",
        submitting: "Removing",
    },
    invite: Invite {
        title: |channel| format!("Invite people to {channel}"),
        lead: "They see the invitation at once, and join or decline.",
        name: "Name",
        nobody: "Enter a name.",
        done: |name| format!("{name} is invited."),
        at_once: "Add at once",
        at_once_hint: "They are members without being asked.",
        added: |name| format!("{name} is a member now."),
        close: "Close",
        submit: "Invite",
        submitting: "Inviting",
    },
    hand_over: HandOver {
        title: |channel| format!("Hand over “{channel}”"),
        lead: "The new admin can rename and delete it. You stay a member, without that right.",
        new_admin: "New admin",
        nobody_else: "Nobody else is in this channel yet.",
        nobody_chosen: "Choose the new admin.",
        submit: "Hand over",
        submitting: "Handing over…",
        done: " now looks after this channel.",
    },
    sign_out: SignOutUnsent {
        title: |count| match count {
            1 => "1 message has not been sent".to_owned(),
            _ => format!("{} messages have not been sent", grouped(count)),
        },
        lead: "If you sign out now, they are deleted from this device.",
        stay: "Stay",
        sign_out: "Delete and sign out",
    },
    stale: StaleMessages {
        title: |count| match count {
            1 => "1 message has waited for more than a day".to_owned(),
            _ => format!("{} messages have waited for more than a day", grouped(count)),
        },
        lead: "Should they still go out?",
        send: "Send now",
        discard: "Discard",
    },
    gone: ChannelGone {
        title: "This channel is not here",
        text: "It was deleted, or the link is not right.",
        deleted: |channel| format!("“{channel}” was deleted."),
        removed: |channel| format!("You are no longer in “{channel}”."),
        you_left: |channel| format!("You left “{channel}”."),
        now_in_general: "You are in the General Channel now.",
        unsent: |count| match count {
            1 => "1 message for it was not sent. Its text:".to_owned(),
            _ => format!("{} messages for it were not sent. Their texts:", grouped(count)),
        },
    },
    typing,
    refusal,
    unknown_refusal: |code| format!("The server refused this, with the code {code}."),
};

pub(super) static CARD: Card = Card {
    title: |server| format!("Join {server}"),
    lead: "Pick a name and you are in the General Channel. No account needed.",
    lead_without_guests: "Sign in with your account. Guests are not admitted here.",
    ways: "How would you like to come in?",
    guest: "Guest",
    account: "Sign in",
    your_name: "Your name",
    pick_a_name: "Pick a name",
    name_hint: "Everyone here sees it. 2 to 32 characters.",
    account_name: "Name",
    password: "Password",
    show_password: "Show password",
    join: "Join the chat",
    joining: "Joining…",
    sign_in: "Sign in",
    signing_in: "Signing in…",
    promise: "The name is yours for as long as you stay, and nobody can speak in it meanwhile.",
    forgotten: "Forgot your password?",
    forgotten_way: "Ask the person who runs this server for a new one.",
    app_failed_title: "The chat could not be loaded",
    app_failed_text: "Check your connection and reload the page. If it stays like this, your browser is too old or blocks WebAssembly.",
    script_needed: "The chat needs JavaScript and WebAssembly. Allow them for this page.",
};

fn typing(names: &[String]) -> Vec<Piece> {
    let name = |name: &String| Piece::Name(name.clone());
    match names {
        [] => vec![],
        [one] => vec![name(one), Piece::Words(" is typing…")],
        [one, two] => {
            vec![name(one), Piece::Words(" and "), name(two), Piece::Words(" are typing…")]
        }
        [one, two, three] => vec![
            name(one),
            Piece::Words(", "),
            name(two),
            Piece::Words(" and "),
            name(three),
            Piece::Words(" are typing…"),
        ],
        _ => vec![Piece::Words("Several people are typing…")],
    }
}

fn refusal(refusal: Refusal) -> String {
    let sentence = match refusal {
        Refusal::TooManyRequests { retry_after_ms } => {
            let wait = seconds(u64::from(retry_after_ms.div_ceil(1_000).max(1)));
            return format!("That was too fast. Try again in {wait}.");
        }
        Refusal::NotPermitted(permission) => not_permitted(permission),
        Refusal::BadParameter
        | Refusal::MalformedFrame
        | Refusal::NonceReused
        | Refusal::SidTaken
        | Refusal::RoleNotFound
        | Refusal::RoleOfOtherKind
        | Refusal::PermissionUnknown
        | Refusal::RoleEmpty
        | Refusal::RoleInUse
        | Refusal::TooManyRoles
        | Refusal::RoleRefused
        | Refusal::SettingInvalid
        | Refusal::WebhookFiltersInvalid
        | Refusal::WebhookMethodInvalid
        | Refusal::WebhookRetriesInvalid
        | Refusal::PreWebhookUrlInvalid
        | Refusal::PostWebhookUrlInvalid
        | Refusal::WebhookNotFound
        | Refusal::TooManyWebhooks
        | Refusal::TooManyTriggers
        | Refusal::WebhookTypeInvalid
        | Refusal::WebhookFilterInvalid
        | Refusal::WebhookTriggerInvalid
        | Refusal::WebhookTypeMissing
        | Refusal::WebhookUrlMissing
        | Refusal::WebhookFilterMissing
        | Refusal::WebhookTriggerMissing
        | Refusal::WebhookUrlTooLong
        | Refusal::WebhookUrlInvalid
        | Refusal::LevelInvalid => {
            "This page and the server misunderstood each other. Reload the page."
        }
        Refusal::WebhookRefused => "The site’s own rules do not allow that.",
        Refusal::WebhookFailed | Refusal::WebhookTimeout => {
            "The site’s own rules cannot be asked right now. Try again in a moment."
        }
        Refusal::UnknownCommand => "This server is too old for that.",
        Refusal::OriginRefused => {
            "This address is not the server’s own. Whoever runs it can set --public-url."
        }
        Refusal::Unavailable => "The server cannot do this right now. Try again in a moment.",
        Refusal::TokenInvalid
        | Refusal::TokenIssuer
        | Refusal::TokenNotYetValid
        | Refusal::TokenSignature => "The server does not accept this sign-in. Sign in again.",
        Refusal::TokenExpired | Refusal::SessionEnded => "Your session has ended. Sign in again.",
        Refusal::OtherUser => "Somebody else is signed in here now. Reload the page.",
        Refusal::IdentityMissing | Refusal::NameBlank => "Enter a name.",
        Refusal::IdentityTooLong => "The name is too long: 256 characters at most.",
        Refusal::IdentityLikeSid => {
            "This name looks like one of the server’s own numbers. Pick another one."
        }
        Refusal::NameReserved => "This name is reserved. Pick another one.",
        Refusal::NameTooShort => "The name is too short: 2 characters at least.",
        Refusal::NameTooLong => "The name is too long: 32 characters at most.",
        Refusal::NameInvisible => "The name has characters that cannot be seen. Type it anew.",
        Refusal::NameTaken => "This name is taken, or looks like a name that is.",
        Refusal::NameHasAccount => {
            "This name belongs to an account. Sign in with its password, or pick another one."
        }
        Refusal::GuestsOff => "Guests are not admitted here. Sign in with your account.",
        Refusal::WrongPassword => "The name and the password do not match.",
        Refusal::GeneralStays => "The General Channel stays as it is, for everyone.",
        Refusal::UserNotFound => "There is nobody of this name here.",
        Refusal::StaysPrivate => "A private channel stays private.",
        Refusal::AlreadyInvited => "This person is invited already.",
        Refusal::InviteNotFound => "This invitation is over.",
        Refusal::ChannelNotFound => "This channel is gone.",
        Refusal::FriendlyNameMissing => "Enter a name for the channel.",
        Refusal::FriendlyNameTooLong => {
            "The name is too long: 64 characters at most for a new channel, 256 later."
        }
        Refusal::UniqueNameInvalid => "The address is blank or has characters that cannot be seen.",
        Refusal::UniqueNameTooLong => {
            "The address is too long: 64 characters at most for a new channel, 256 later."
        }
        Refusal::UniqueNameLikeSid => {
            "This address looks like one of the server’s own numbers. Choose another one."
        }
        Refusal::UniqueNameTaken => "Another channel has this address.",
        Refusal::AttributesTooLong => "The attributes are too long: 16 KB at most.",
        Refusal::AttributesNotJson => "The attributes are not JSON.",
        Refusal::NotAMember => "You are not in this channel.",
        Refusal::AlreadyAMember => "Already in this channel.",
        Refusal::MemberNotFound => "This person is not in the channel.",
        Refusal::ChannelFull => "This channel is full.",
        Refusal::TooManyChannels => "You are in as many channels as possible. Leave one first.",
        Refusal::HorizonInvalid => "There is no such message in this channel.",
        Refusal::MessageNotFound => "This message is not here any more.",
        Refusal::BlankBody => "A message needs a text.",
        Refusal::BodyTooLong => "The message is too long. Send it in parts.",
        Refusal::MediaNotFound => "This file is not here any more. Add it again.",
        Refusal::MediaTaken => "This file was sent already. Add it again.",
        Refusal::MediaEmpty => "The file is empty.",
        Refusal::MediaTooLarge => "The file is too large.",
        Refusal::MediaRefused => {
            "This kind of file cannot be sent: only images, audio, video, PDF, ZIP and plain text."
        }
        Refusal::ImageTooLarge => "The image has too many pixels.",
        Refusal::MediaOverQuota => "There is no room for this file. Delete an older one first.",
        Refusal::MediaUrlInvalid => "This address of a file is over. Open it again.",
    };
    sentence.to_owned()
}

fn not_permitted(permission: Permission) -> &'static str {
    match permission {
        Permission::CreateChannel => "You may not create channels here.",
        Permission::JoinChannel => "You may not join this channel.",
        Permission::LeaveChannel => "You may not leave this channel.",
        Permission::SendMessage => "You may not write in this channel.",
        Permission::SendMediaMessage => "You may not send files in this channel.",
        Permission::EditOwnMessage => "You may not edit your messages here.",
        Permission::EditOwnMessageAttributes => "You may not change your messages here.",
        Permission::EditAnyMessage => "Only the channel’s admin may edit other people’s messages.",
        Permission::EditAnyMessageAttributes => {
            "Only the channel’s admin may change other people’s messages."
        }
        Permission::EditChannelName => "Only the channel’s admin may rename it.",
        Permission::EditChannelAttributes => "Only the channel’s admin may change it.",
        Permission::DestroyChannel => "Only the channel’s admin may delete it.",
        Permission::AddMember | Permission::InviteMember => {
            "You may not add people to this channel."
        }
        Permission::DeleteOwnMessage => "You may not delete your messages here.",
        Permission::DeleteAnyMessage => {
            "Only the channel’s admin may delete other people’s messages."
        }
        Permission::EditOwnMemberAttributes
        | Permission::EditAnyMemberAttributes
        | Permission::EditNotificationLevel
        | Permission::EditOwnUserInfo
        | Permission::EditAnyUserInfo => "You may not change this.",
        Permission::RemoveMember => "Only the channel’s admin may remove people.",
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

fn seconds(count: u64) -> String {
    counted(count, "second", "seconds")
}
