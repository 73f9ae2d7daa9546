//! Channels that come, change and go.

use chat::protocol::{Command, NewChannel, Row, Scope, ServerFrame};
use chat::{Permission, Refusal, RoleSid};
use client::{Departure, Event};

use crate::messages::{draft, program_of};
use crate::support::{Person, TestServer, nonce};

// The tutorial's defect 5: public channels created by others never appear.
#[tokio::test]
async fn public_channels_created_by_others_appear_at_once() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;

    let tea = ada.creates("Tea house").await;

    assert_eq!(grace.channel("Tea house").await, tea);
    assert!(!grace.client.with(|client, _| client.memberships().contains(tea)));
    let role = ada.client.with(|client, _| client.memberships().role(tea));
    assert_eq!(role, Some(RoleSid::CHANNEL_ADMIN));
}

#[tokio::test]
async fn a_renamed_channel_is_renamed_for_everyone() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let tea = ada.creates("Tea house").await;
    grace.joins("Tea house").await;

    ada.asks(|client, now| {
        client
            .rename_channel(tea, Some("Garden"), Some("garden"), false, now)
            .expect("possible names")
    })
    .await;

    assert_eq!(grace.channel("garden").await, tea);
    grace
        .so("sees the new name in the channel", |client| {
            let details = client.timeline(tea).and_then(|timeline| timeline.details());
            details.is_some_and(|details| details.friendly_name.as_str() == "Garden")
        })
        .await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_refused_as_taken() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let create = |person: &Person| {
        person
            .client
            .with(|client, now| client.create_channel("Tea", Some("tea"), false, now).map(drop))
    };
    assert_eq!(create(&ada), Ok(()));
    ada.channel("tea").await;
    let refusal = grace.is_refused(|client, now| {
        client.create_channel("Other tea", Some("tea"), false, now).expect("a possible name")
    });
    assert_eq!(refusal.await, Refusal::UniqueNameTaken);
}

// The tutorial's defect 8: a channel deleted by someone else stays current and writable.
#[tokio::test]
async fn a_channel_deleted_by_someone_else_is_gone_and_not_writable() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let tea = ada.creates("Tea").await;
    grace.joins("Tea").await;

    ada.deletes("Tea").await;

    let departure = grace.client.event(|event| match event {
        Event::ChannelGone { channel, departure, .. } if *channel == tea => Some(*departure),
        _ => None,
    });
    assert_eq!(crate::support::soon("grace is told", departure).await, Departure::Deleted);
    grace.so("has it no more", |client| !client.memberships().contains(tea)).await;
    grace.so("sees it no more", |client| client.directory().details(tea).is_none()).await;
    let mut program = program_of(&server, &grace).await;
    let refusal = program.refused(Command::PostMessage(draft(tea, "Hello?"))).await;
    assert_eq!(refusal.code, Refusal::ChannelNotFound.code());
}

// The tutorial's defect 7: after deleting the current channel, leave() on it is rejected and the
// user is stranded.
#[tokio::test]
async fn leaving_or_deleting_a_vanished_channel_is_harmless() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let tea = ada.creates("Tea").await;
    grace.joins("Tea").await;
    let mut adas = program_of(&server, &ada).await;
    let mut graces = program_of(&server, &grace).await;

    ada.deletes("Tea").await;

    adas.accepted(Command::LeaveChannel { channel: tea }).await;
    graces.accepted(Command::LeaveChannel { channel: tea }).await;
    adas.accepted(Command::DeleteChannel { channel: tea }).await;
    ada.say("Life goes on", "general").await;
    grace.hears("Life goes on", "general").await;
}

// The tutorial's defect 12: delete by a non-creator is rejected with no message.
#[tokio::test]
async fn deleting_a_channel_of_somebody_else_is_refused_with_the_reason() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    ada.creates("Tea").await;
    let tea = grace.joins("Tea").await;

    let mut program = program_of(&server, &grace).await;
    let refusal = program.refused(Command::DeleteChannel { channel: tea }).await;

    assert_eq!(refusal.code, 50107);
    assert_eq!(refusal.status, 403);
    assert!(refusal.message.contains("destroyChannel"), "{}", refusal.message);
    ada.say("Still here", "Tea").await;
    grace.hears("Still here", "Tea").await;
}

#[tokio::test]
async fn nobody_deletes_general() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let general = ada.channel("general").await;
    let refusal = ada.is_refused(|client, now| client.delete_channel(general, now)).await;
    assert_eq!(refusal, Refusal::GeneralStays);
    ada.say("Here to stay", "general").await;
}

// The tutorial's defect 10: only page 1 of the directory; General may not be found, creation then
// fails; two first users race the same way.
#[tokio::test]
async fn general_is_found_however_many_channels_there_are_and_whoever_comes_first() {
    let server = TestServer::start().await;
    server.allows_many_channels().await;
    let (ada, grace) = tokio::join!(server.guest("ada"), server.guest("grace"));
    assert_eq!(ada.channel("general").await, grace.channel("general").await);

    let mut program = program_of(&server, &ada).await;
    let mut asked = Vec::new();
    for number in 0..700 {
        let wish = NewChannel {
            nonce: nonce(),
            // Before General in any order.
            friendly_name: format!("AAA {number}"),
            unique_name: None,
            attributes: String::new(),
            private: false,
            without_joining: false,
        };
        asked.push(program.request(Command::CreateChannel(wish)).await);
        if asked.len() == 50 || number == 699 {
            program.all_accepted(&mut asked).await;
        }
    }

    let hedy = server.guest("hedy").await;
    assert_eq!(hedy.channel("general").await, ada.channel("general").await);
    hedy.so("sees all channels", |client| client.directory().iter().count() == 701).await;
    let named = |client: &client::Client| client.directory().with_unique_name("general");
    assert_eq!(hedy.client.with(|client, _| named(client)), Some(hedy.channel("general").await));
}

// The tutorial's defect 11: a second channel named "General Channel" also counts as General.
#[tokio::test]
async fn a_second_channel_named_general_channel_is_like_any_other() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let general = ada.channel("general").await;

    let impostor = ada.creates("Village square").await;
    ada.asks(|client, now| {
        client
            .rename_channel(impostor, Some("General Channel"), None, false, now)
            .expect("possible")
    })
    .await;

    assert_ne!(impostor, general);
    assert_eq!(grace.channel("general").await, general);
    ada.asks(|client, now| client.delete_channel(impostor, now)).await;
    grace.so("keeps General", |client| client.directory().details(general).is_some()).await;
}

#[tokio::test]
async fn a_channel_deleted_while_away_is_told_on_return() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let tea = ada.creates("Tea").await;
    grace.joins("Tea").await;
    grace.goes_away().await;
    let unsent = grace.posts("Is anybody there?", tea);

    ada.deletes("Tea").await;
    grace.comes_back().await;

    let gone = grace.client.event(|event| match event {
        Event::ChannelGone { channel, departure, unsent, .. } if *channel == tea => {
            Some((*departure, unsent.clone()))
        }
        _ => None,
    });
    let (departure, texts) = crate::support::soon("grace is told", gone).await;
    assert_eq!(departure, Departure::Deleted);
    assert_eq!(texts, ["Is anybody there?"]);
    assert!(grace.client.with(|client, _| client.outbox().get(unsent).is_none()));
}

#[tokio::test]
async fn a_deleted_channel_says_nothing_after_its_end() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let tea = ada.creates("Tea").await;
    grace.joins("Tea").await;
    let mut program = program_of(&server, &grace).await;

    ada.deletes("Tea").await;
    ada.say("A line after it", "general").await;
    grace.hears("A line after it", "general").await;
    program.round_trip().await;

    let of_tea = program.take_unheard().into_iter().filter_map(|frame| match frame {
        ServerFrame::Change(change) if change.scope == Scope::Channel(tea) => Some(change),
        _ => None,
    });
    let of_tea: Vec<_> = of_tea.collect();
    assert_eq!(of_tea.len(), 1, "{of_tea:?}");
    assert!(
        of_tea[0].rows.iter().any(|row| matches!(row, Row::Channel(it) if it.details.is_none()))
    );
}

#[tokio::test]
async fn a_channel_handed_over_is_the_others_to_delete() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    ada.creates("Tea").await;
    let tea = grace.joins("Tea").await;
    let refusal = grace.is_refused(|client, now| client.delete_channel(tea, now)).await;
    assert_eq!(refusal, Refusal::NotPermitted(Permission::DestroyChannel));

    let to = grace.user();
    ada.asks(|client, now| client.hand_over(tea, to, now)).await;
    grace
        .so("is its admin", |client| client.memberships().role(tea) == Some(RoleSid::CHANNEL_ADMIN))
        .await;

    ada.is_refused(|client, now| client.delete_channel(tea, now)).await;
    grace.asks(|client, now| client.delete_channel(tea, now)).await;
    ada.so("sees it no more", |client| client.directory().details(tea).is_none()).await;
}
