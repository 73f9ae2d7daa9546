//! What people say to each other.

use crate::support::TestServer;

#[tokio::test]
async fn two_people_talk() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;

    ada.say("Is this thing on?", "general").await;
    grace.hears("Is this thing on?", "general").await;
    grace.say("Loud and clear", "general").await;

    ada.has_heard(&["Is this thing on?", "Loud and clear"], "general").await;
}
