//! Roles of the operator's own, and what they permit.

use chat::protocol::{Command, MemberEditing};
use chat::{Permission, Refusal, RoleKind, RoleSid};
use server::commands;

use crate::messages::{draft, program_of};
use crate::support::TestServer;

#[tokio::test]
async fn an_observer_reads_and_does_not_write() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let channel = ada.creates("Announcements").await;
    grace.joins("Announcements").await;
    let permissions = vec!["leaveChannel".to_owned()];
    let observer = server.operates(move |tx, m| {
        commands::create_role(tx, "observer", RoleKind::Channel, &permissions, m)
    });
    let observer = observer.await;
    let (user, operator) = (grace.user(), server.operator());
    let wish = MemberEditing { channel, user, role: Some(observer), attributes: None };

    server.operates(move |tx, m| commands::edit_member(tx, operator, &wish, m)).await;

    let may_post = |client: &client::Client| client.rights(channel).permit(Permission::SendMessage);
    grace.so("knows that she may not write", |client| may_post(client).is_err()).await;
    let mut program = program_of(&server, &grace).await;
    let refusal = program.refused(Command::PostMessage(draft(channel, "May I?"))).await;
    assert_eq!(Refusal::from_wire(&refusal), Some(Refusal::NotPermitted(Permission::SendMessage)));
    ada.say("The baker is back", "Announcements").await;
    grace.hears("The baker is back", "Announcements").await;
}

#[tokio::test]
async fn what_a_role_permits_changes_for_everyone_at_once() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let channel = ada.creates("Harvest").await;
    grace.joins("Harvest").await;
    let may = |client: &client::Client| {
        client.rights(channel).permit(Permission::EditChannelName).is_ok()
    };
    grace.so("may not rename it", |client| !may(client)).await;
    let names = ["sendMessage", "leaveChannel", "editChannelName"].map(str::to_owned);

    server.operates(move |tx, m| commands::edit_role(tx, RoleSid::CHANNEL_USER, &names, m)).await;

    grace.so("may rename it", may).await;
    grace
        .asks(|client, now| {
            client
                .rename_channel(channel, Some("Autumn"), None, false, now)
                .expect("a possible name")
        })
        .await;
    ada.channel("Autumn").await;
}

#[tokio::test]
async fn nobody_gives_roles_over_the_socket() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let channel = ada.creates("Harvest").await;
    grace.joins("Harvest").await;
    let (user, role) = (grace.user(), Some(RoleSid::CHANNEL_ADMIN));
    let wish = MemberEditing { channel, user, role, attributes: None };
    for person in [&ada, &grace] {
        let refused = person
            .is_refused(|client, now| client.ask(Command::EditMember(wish.clone()), now))
            .await;
        assert_eq!(refused, Refusal::RoleRefused);
    }
}
