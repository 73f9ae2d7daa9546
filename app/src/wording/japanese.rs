//! The sentences in Japanese.

use chat::{Permission, Refusal};

use super::*;

pub(super) static WORDING: Wording = Wording {
    common: Common {
        skip_to_composer: "メッセージ入力欄へ移動",
        close: "閉じる",
        cancel: "キャンセル",
        try_again: "もう一度試す",
        reload: "再読み込み",
        copy: "コピー",
        copied: "コピーしました",
        you: "あなた",
        optional: "任意",
        to_general: "General Channel へ移動",
        for_the_operator: "サーバーの管理者向け：",
        no_answer: "サーバーから応答がありません。",
    },
    page_titles: PageTitles {
        sign_in: |server| format!("{server}へようこそ · Yoriai"),
        connecting: "接続しています · Yoriai",
        channel: |channel, server| format!("{channel} · {server}"),
        channels: |server| format!("チャンネル · {server}"),
        gone: |server| format!("チャンネルが見つかりません · {server}"),
    },
    sign_in: SignIn {
        taken: |name| format!("「{name}」は使用中か、よく似た名前があります。空いている名前："),
        taken_without_suggestion: |name| {
            format!("「{name}」は使用中か、よく似た名前があります。別の名前にしてください。")
        },
        use_name: |name| format!("「{name}」という名前を使う"),
        password_missing: "パスワードを入力してください。",
        too_many_tries: |wait| {
            format!("続けて何度も試されました。{}後にもう一度お試しください。", seconds(wait))
        },
        told_signed_out: "サインアウトしました。",
        told_session_ended: "セッションが終了しました。続けるには、もう一度参加してください。",
        told_name_taken_by_key: |name| {
            format!(
                "「{name}」は、このサーバーのアプリケーションが使い始めました。別の名前を決めてください。"
            )
        },
    },
    connection: Connection {
        state_connecting: "接続しています…",
        state_connected: "接続中",
        state_reconnecting: "再接続しています…",
        state_offline: "オフライン",
        state_blocked: "自動更新なし",
        state_stopped: "未接続",
        connecting_title: |server| format!("{server}に接続しています"),
        connecting_text: "回線によっては少し時間がかかります。もう書き始められます。つながり次第、送信します。",
        dropped: "接続が切れました。",
        server_restarts: "サーバーが再起動しています。",
        too_slow: "回線が遅く、受信が追いつきませんでした。続きを取得しています。",
        next_try: |left| format!("あと{}で再接続します。", seconds(left)),
        next_try_spoken: "まもなく再接続します。",
        trying: "再接続しています…",
        retry_now: "今すぐ再接続",
        connected_again: "再びつながりました。",
        offline: "オフラインです。",
        offline_text: |kept| match kept {
            0 => "このまま読み書きできます。書いたものはこの端末に保存されます。".to_owned(),
            1 => "1件のメッセージをこの端末に保存しています。つながり次第、送信します。".to_owned(),
            _ => format!(
                "{}件のメッセージをこの端末に保存しています。つながり次第、この順に送信します。",
                grouped(kept)
            ),
        },
        blocked: "自動更新がさえぎられています。",
        blocked_text: "サーバーとの間のどこかで、WebSocket が拒否されています。",
        blocked_action: "対処のしかた",
        blocked_help_title: "自動更新がさえぎられたとき",
        blocked_help_network: "会社や学校のネットワークでは、このアドレスへの WebSocket の許可を管理者に頼むか、別のネットワークをお試しください。",
        blocked_help_proxy: "プロキシの後ろでこのサーバーを運用しているときは、/ws の Upgrade と Connection ヘッダーを通すように設定してください。",
        storage_forbidden: "この端末には保存できません。",
        storage_forbidden_text: "ブラウザーがこのページの保存を禁止しています。未送信のメッセージは、ページを閉じると失われます。",
        storage_full: "この端末の空きがありません。",
        storage_full_text: "未送信のメッセージは、ページを閉じると失われます。",
        not_loaded: "ページの一部を読み込めませんでした。",
        not_loaded_text: "読み込めしだい、開きます。",
        newer_server: "サーバーが新しくなりました。",
        newer_server_text: "続けるには再読み込みしてください。未送信のメッセージは残り、その後送信されます。",
        refused: "サーバーに接続を断られました。",
        signed_out: "サインアウトしました。",
        session_ended: "セッションが終了しました。",
        name_taken_by_key: |name| {
            format!("「{name}」は、このサーバーのアプリケーションが使い始めました。")
        },
        sign_in_again: "もう一度サインイン",
    },
    channels: Channels {
        region: "チャンネル",
        title: "チャンネル",
        open_to_join: "参加できるチャンネル",
        create_short: "チャンネル",
        create: "チャンネルを作成",
        join: "参加",
        join_named: |channel| format!("{channel}に参加"),
        joining: "参加しています…",
        joined_named: |channel| format!("「{channel}」に参加しました。"),
        could_not_join: |channel| format!("「{channel}」に参加できませんでした。"),
        unread: |count| match count {
            0..1_000 => format!("未読{count}件"),
            _ => "未読1,000件以上".to_owned(),
        },
        none: "参加中のチャンネルはありません。",
        loading: "チャンネルを読み込んでいます…",
        private: "非公開",
        muted: "ミュート中",
        invitations: "招待",
        invited_by: |name| format!("{name}さんから"),
        decline: "辞退",
        decline_named: |channel| format!("{channel}への招待を辞退"),
    },
    header: Header {
        back: "チャンネル一覧へ戻る",
        menu: "チャンネルのメニュー",
        invite: "メンバーを招待…",
        rename: "名前を変更…",
        hand_over: "管理者を交代…",
        mute: "チャンネルをミュート",
        unmute: "ミュートを解除",
        leave: "チャンネルを退出",
        delete: "チャンネルを削除…",
        members: |count| format!("メンバー{}人", grouped(count)),
    },
    members: Members {
        title: "メンバー",
        count: |count| format!("メンバー{}人", grouped(count)),
        close: "メンバー欄を閉じる",
        admin: "管理者",
        guest: "ゲスト",
        online: "オンライン",
        offline: "オフライン",
        loading: "メンバーを読み込んでいます…",
        more: "メンバーをさらに表示",
        remove: |name| format!("{name}さんを外す"),
    },
    timeline: Timeline {
        label: |channel| format!("{channel}のメッセージ"),
        today: "今日",
        yesterday: "昨日",
        new: "ここから未読",
        joined: "さんがチャンネルに参加しました",
        left: "さんがチャンネルを退出しました",
        jump: |new| match new {
            0 => "最新へ移動".to_owned(),
            _ => format!("新着{}件", grouped(new)),
        },
        loading: "メッセージを読み込んでいます…",
        loading_older: "以前のメッセージを読み込んでいます…",
        older_late: "以前のメッセージを読み込めませんでした。",
        late_title: "メッセージを読み込めませんでした",
        late_text: "サーバーの応答に時間がかかりすぎました。失われたものはありません。その間に書いたものも残ります。",
        begins: |channel| format!("ここが「{channel}」の始まりです"),
        begins_private: "このチャンネルを知っているのは、メンバーと招待された人だけです。",
        begins_general: |server| format!("{server}に来た人は、まずここに集まります。"),
        begins_public: |server| format!("{server}の誰もが、このチャンネルを見つけて参加できます。"),
        begins_own: |server| {
            format!("あなたが作った公開チャンネルです。{server}の誰もが見つけて参加できます。")
        },
    },
    message: Message {
        mark_unread: "ここから未読にする",
        edit: "メッセージを編集",
        edited: "（編集済み）",
        delete: "メッセージを削除",
        deleted: "このメッセージは削除されました。",
        save: "保存",
        saving: "保存しています",
        sending: "送信中…",
        waiting: "つながり次第、送信します",
        stale: "丸一日以上、送信されていません",
        not_sent: |reason| format!("送信できませんでした。{reason}"),
        not_sent_spoken: |reason| format!("メッセージを送信できませんでした。{reason}"),
        send_now: "今すぐ送信",
        discard: "破棄",
        outbox_full: "送信待ちが200件あります。いくつか送信されてから、もう一度お送りください。",
    },
    composer: Composer {
        label: |channel| format!("{channel}へのメッセージ"),
        placeholder: |channel| format!("{channel}へのメッセージ"),
        first: "最初のメッセージを書く",
        send: "送信",
        enter_sends: " で送信・",
        shift_enter_breaks: " で改行",
        nearly_too_long: "まもなく上限です",
        too_long: "長すぎます",
        not_a_member: "このチャンネルには参加していません。",
        read_only: "このチャンネルは閲覧のみです。",
    },
    files: Files {
        attach: "ファイルを添付",
        drop: "ここにドロップして送信",
        chosen: "送信するファイル",
        attached: |count| format!("ファイルを{}件添付しました。", grouped(count)),
        too_many: "一度に添付できるのは200件までです。",
        remove: |name| format!("{name}を取り除く"),
        uploading: "アップロードしています…",
        uploading_named: |name| format!("{name}をアップロードしています…"),
        uploaded_named: |name| format!("{name}をアップロードしました。"),
        gone: "送信できませんでした。アップロードが終わる前にページが閉じられました。もう一度添付してください。",
        photo: "写真",
        file: "ファイル",
        download: |name| format!("{name}をダウンロード"),
        download_short: "ダウンロード",
        not_loaded: "読み込めませんでした。",
        too_large: |file, most| format!("「{file}」は大きすぎます。{most} MBまでです。"),
    },
    account: Account {
        menu: "アカウントと設定",
        theme: "テーマ",
        theme_auto: "自動",
        theme_light: "ライト",
        theme_dark: "ダーク",
        language: "言語",
        rename: "表示名…",
        sign_out: "サインアウト",
        signing_out: "サインアウトしています…",
        sign_out_failed: "サインアウトできていません。サーバーから応答がありません。",
    },
    create: CreateChannel {
        title: "チャンネルを作成",
        name: "名前",
        name_hint: "どの言語でも、空白や絵文字が入っていてもかまいません。",
        visibility: "公開範囲",
        public: "公開",
        public_hint: "全員の一覧に表示され、誰でも参加できます。",
        private: "非公開",
        private_hint: "招待した人だけが存在を知っています。",
        more: "詳細",
        address: "アドレス",
        address_hint: "リンクやプログラムで使う、変わらない別名です。ほかのチャンネルとは重複できません。",
        submit: "作成",
        submitting: "作成しています…",
    },
    rename: RenameChannel {
        title: |channel| format!("「{channel}」の名前を変更"),
        name: "新しい名前",
        private: "今後は非公開にする",
        private_hint: "メンバーと招待された人だけが知るチャンネルになります。元には戻せません。",
        submit: "変更",
        submitting: "変更しています…",
    },
    rename_myself: RenameMyself {
        title: "あなたの表示名",
        name: "表示名",
        hint: "メンバー一覧で名前に添えて表示されます。取り違えを防ぐため、参加したときの名前は変わりません。",
        submit: "保存",
        submitting: "保存しています…",
    },
    delete: DeleteChannel {
        title: |channel| format!("「{channel}」を削除しますか？"),
        lead: |messages, members| {
            let what = match messages {
                0 => "チャンネル".to_owned(),
                _ => format!("{}件のメッセージ", grouped(messages)),
            };
            let whom = match members {
                0 | 1 => String::new(),
                _ => format!("メンバー{}人全員から", grouped(members)),
            };
            format!("{what}が{whom}すぐに消えます。元には戻せません。")
        },
        type_its_name: "確認のため、チャンネルの名前を入力してください",
        not_its_name: "チャンネルの名前と違います。",
        keep: "残しておく",
        submit: "削除",
        submitting: "削除しています…",
    },
    delete_message: Confirm {
        title: |_| "このメッセージを削除しますか？".to_owned(),
        lead: "チャンネルの全員から見えなくなります。元には戻せません。",
        keep: "残す",
        submit: "削除",
        submitting: "削除しています",
    },
    remove_member: Confirm {
        title: |name| format!("{name}さんを外しますか？"),
        lead: "このチャンネルのメンバーではなくなり、以後のメッセージは届きません。",
        keep: "残す",
        submit: "外す",
        submitting: "外しています",
    },
    invite: Invite {
        title: |channel| format!("{channel}に招待"),
        lead: "招待はすぐに届き、相手は参加するか辞退するかを選べます。",
        name: "名前",
        nobody: "名前を入力してください。",
        done: |name| format!("{name}さんを招待しました。"),
        at_once: "すぐに追加",
        at_once_hint: "相手の返事を待たずにメンバーになります。",
        added: |name| format!("{name}さんを追加しました。"),
        close: "閉じる",
        submit: "招待",
        submitting: "招待しています",
    },
    hand_over: HandOver {
        title: |channel| format!("「{channel}」の管理者を交代"),
        lead: "新しい管理者が、名前の変更と削除をできるようになります。あなたは一般のメンバーとして残ります。",
        new_admin: "新しい管理者",
        nobody_else: "このチャンネルには、まだほかの人がいません。",
        nobody_chosen: "新しい管理者を選んでください。",
        submit: "交代する",
        submitting: "交代しています…",
        done: "さんが管理者になりました。",
    },
    sign_out: SignOutUnsent {
        title: |count| format!("未送信のメッセージが{}件あります", grouped(count)),
        lead: "今サインアウトすると、この端末から削除されます。",
        stay: "サインアウトしない",
        sign_out: "削除してサインアウト",
    },
    stale: StaleMessages {
        title: |count| {
            format!("丸一日以上送信されていないメッセージが{}件あります", grouped(count))
        },
        lead: "今からでも送信しますか？",
        send: "今すぐ送信",
        discard: "破棄",
    },
    gone: ChannelGone {
        title: "このチャンネルはありません",
        text: "削除されたか、リンクに誤りがあります。",
        deleted: |channel| format!("「{channel}」は削除されました。"),
        removed: |channel| format!("「{channel}」のメンバーではなくなりました。"),
        you_left: |channel| format!("「{channel}」を退出しました。"),
        now_in_general: "General Channel に移動しました。",
        unsent: |count| format!("送信されなかったメッセージが{}件あります。内容：", grouped(count)),
    },
    typing,
    refusal,
    unknown_refusal: |code| format!("サーバーに断られました（コード{code}）。"),
};

pub(super) static CARD: Card = Card {
    title: |server| format!("{server}へようこそ"),
    lead: "名前を決めるだけで、General Channel に入れます。登録はいりません。",
    lead_without_guests: "アカウントでサインインしてください。ゲスト参加は受け付けていません。",
    ways: "参加のしかた",
    guest: "ゲスト",
    account: "サインイン",
    your_name: "お名前",
    pick_a_name: "名前を決める",
    name_hint: "みんなに表示されます。2〜32文字。",
    account_name: "お名前",
    password: "パスワード",
    show_password: "パスワードを表示",
    join: "参加する",
    joining: "参加しています…",
    sign_in: "サインイン",
    signing_in: "サインインしています…",
    promise: "ここにいる間、その名前はあなただけのものです。ほかの人がなりすますことはできません。",
    forgotten: "パスワードを忘れたときは",
    forgotten_way: "このサーバーの管理者に再発行を頼んでください。",
    app_failed_title: "チャットを読み込めませんでした",
    app_failed_text: "接続を確かめて、ページを再読み込みしてください。それでも変わらないときは、ブラウザーが古いか、WebAssembly が禁止されています。",
    script_needed: "チャットには JavaScript と WebAssembly が必要です。このページで許可してください。",
};

fn typing(names: &[String]) -> Vec<Piece> {
    let between = if names.len() == 2 { "さんと" } else { "さん、" };
    if names.is_empty() {
        return vec![];
    }
    if 3 < names.len() {
        return vec![Piece::Words("数人が入力しています…")];
    }

    let last = names.len() - 1;
    let pieces = names.iter().enumerate().flat_map(|(place, name)| {
        let words = if place == last { "さんが入力しています…" } else { between };
        [Piece::Name(name.clone()), Piece::Words(words)]
    });
    pieces.collect()
}

fn refusal(refusal: Refusal) -> String {
    let sentence = match refusal {
        Refusal::TooManyRequests { retry_after_ms } => {
            let wait = seconds(u64::from(retry_after_ms.div_ceil(1_000).max(1)));
            return format!("操作が速すぎます。{wait}後にもう一度お試しください。");
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
            "ページとサーバーの間に食い違いがあります。再読み込みしてください。"
        }
        Refusal::WebhookRefused => "このサイトの規則により、その操作はできません。",
        Refusal::WebhookFailed | Refusal::WebhookTimeout => {
            "このサイトの規則を今は確認できません。少し待ってからもう一度お試しください。"
        }
        Refusal::UnknownCommand => "このサーバーは古く、その操作に対応していません。",
        Refusal::OriginRefused => {
            "このアドレスはサーバーのものと違います。管理者は --public-url を設定できます。"
        }
        Refusal::Unavailable => "今はできません。少し待ってからもう一度お試しください。",
        Refusal::TokenInvalid
        | Refusal::TokenIssuer
        | Refusal::TokenNotYetValid
        | Refusal::TokenSignature => {
            "このサインインは受け付けられません。もう一度サインインしてください。"
        }
        Refusal::TokenExpired | Refusal::SessionEnded => {
            "セッションが終了しました。もう一度サインインしてください。"
        }
        Refusal::OtherUser => "別の人がサインインしています。再読み込みしてください。",
        Refusal::IdentityMissing | Refusal::NameBlank => "名前を入力してください。",
        Refusal::IdentityTooLong => "名前が長すぎます。256文字以内にしてください。",
        Refusal::IdentityLikeSid => "サーバーの内部番号に似た名前です。別の名前にしてください。",
        Refusal::NameReserved => "この名前は使えません。別の名前にしてください。",
        Refusal::NameTooShort => "名前が短すぎます。2文字以上にしてください。",
        Refusal::NameTooLong => "名前が長すぎます。32文字以内にしてください。",
        Refusal::NameInvisible => "名前に目に見えない文字が入っています。入力し直してください。",
        Refusal::NameTaken => "この名前は使用中か、よく似た名前があります。",
        Refusal::NameHasAccount => {
            "アカウントのある名前です。パスワードでサインインするか、別の名前にしてください。"
        }
        Refusal::GuestsOff => {
            "ゲスト参加は受け付けていません。アカウントでサインインしてください。"
        }
        Refusal::WrongPassword => "名前とパスワードが合いません。",
        Refusal::GeneralStays => "General Channel は誰も変更や削除ができません。",
        Refusal::UserNotFound => "その名前の人はいません。",
        Refusal::StaysPrivate => "非公開のチャンネルは公開に戻せません。",
        Refusal::AlreadyInvited => "この人はすでに招待されています。",
        Refusal::InviteNotFound => "この招待は終了しました。",
        Refusal::ChannelNotFound => "このチャンネルはもうありません。",
        Refusal::FriendlyNameMissing => "チャンネルの名前を入力してください。",
        Refusal::FriendlyNameTooLong => {
            "名前が長すぎます。新しいチャンネルは64文字、変更のときは256文字までです。"
        }
        Refusal::UniqueNameInvalid => "アドレスが空か、目に見えない文字が入っています。",
        Refusal::UniqueNameTooLong => {
            "アドレスが長すぎます。新しいチャンネルは64文字、変更のときは256文字までです。"
        }
        Refusal::UniqueNameLikeSid => {
            "サーバーの内部番号に似たアドレスです。別のアドレスにしてください。"
        }
        Refusal::UniqueNameTaken => "このアドレスは、ほかのチャンネルが使っています。",
        Refusal::AttributesTooLong => "属性が長すぎます。16 KB以内にしてください。",
        Refusal::AttributesNotJson => "属性がJSONではありません。",
        Refusal::NotAMember => "このチャンネルには参加していません。",
        Refusal::AlreadyAMember => "すでに参加しています。",
        Refusal::MemberNotFound => "この人はチャンネルにいません。",
        Refusal::ChannelFull => "このチャンネルは定員に達しています。",
        Refusal::TooManyChannels => {
            "参加できるチャンネルの上限に達しています。先にどれかを退出してください。"
        }
        Refusal::HorizonInvalid => "そのメッセージは、このチャンネルにありません。",
        Refusal::MessageNotFound => "このメッセージはもうありません。",
        Refusal::BlankBody => "メッセージを入力してください。",
        Refusal::BodyTooLong => "メッセージが長すぎます。分けて送信してください。",
        Refusal::MediaNotFound => "このファイルはもうありません。もう一度追加してください。",
        Refusal::MediaTaken => "このファイルはすでに送信されています。もう一度追加してください。",
        Refusal::MediaEmpty => "ファイルが空です。",
        Refusal::MediaTooLarge => "ファイルが大きすぎます。",
        Refusal::MediaRefused => {
            "この種類のファイルは送信できません。画像、音声、動画、PDF、ZIP、テキストのみです。"
        }
        Refusal::ImageTooLarge => "画像の画素数が多すぎます。",
        Refusal::MediaOverQuota => {
            "このファイルを保存する空きがありません。古いファイルを削除してください。"
        }
        Refusal::MediaUrlInvalid => {
            "ファイルのアドレスの有効期限が切れました。もう一度開いてください。"
        }
    };
    sentence.to_owned()
}

fn not_permitted(permission: Permission) -> &'static str {
    match permission {
        Permission::CreateChannel => "チャンネルを作成する権限がありません。",
        Permission::JoinChannel => "このチャンネルに参加する権限がありません。",
        Permission::LeaveChannel => "このチャンネルを退出する権限がありません。",
        Permission::SendMessage => "このチャンネルに書き込む権限がありません。",
        Permission::SendMediaMessage => "このチャンネルでファイルを送信する権限がありません。",
        Permission::EditOwnMessage => "ここでは自分のメッセージを編集する権限がありません。",
        Permission::EditOwnMessageAttributes => {
            "ここでは自分のメッセージを変更する権限がありません。"
        }
        Permission::EditAnyMessage => {
            "ほかの人のメッセージを編集できるのは、チャンネルの管理者だけです。"
        }
        Permission::EditAnyMessageAttributes => {
            "ほかの人のメッセージを変更できるのは、チャンネルの管理者だけです。"
        }
        Permission::EditChannelName => "名前を変更できるのは、チャンネルの管理者だけです。",
        Permission::EditChannelAttributes => "変更できるのは、チャンネルの管理者だけです。",
        Permission::DestroyChannel => "削除できるのは、チャンネルの管理者だけです。",
        Permission::AddMember | Permission::InviteMember => {
            "このチャンネルに人を追加する権限がありません。"
        }
        Permission::DeleteOwnMessage => "ここでは自分のメッセージを削除する権限がありません。",
        Permission::DeleteAnyMessage => {
            "ほかの人のメッセージを削除できるのは、チャンネルの管理者だけです。"
        }
        Permission::EditOwnMemberAttributes
        | Permission::EditAnyMemberAttributes
        | Permission::EditNotificationLevel
        | Permission::EditOwnUserInfo
        | Permission::EditAnyUserInfo => "変更する権限がありません。",
        Permission::RemoveMember => "メンバーを外せるのは、チャンネルの管理者だけです。",
    }
}

fn seconds(count: u64) -> String {
    format!("{}秒", grouped(count))
}
