//! What is unread, on every device.

use chat::protocol::Command;
use chat::{ChannelSid, MessageIndex};

use crate::support::{Person, TestServer};

/// Steps of one story; the number is reached by all of them together.
const STEPS: usize = 250;

#[tokio::test]
async fn unread_counts_agree_on_three_devices_whatever_happens_1() {
    random_steps(1).await;
}

#[tokio::test]
async fn unread_counts_agree_on_three_devices_whatever_happens_2() {
    random_steps(2).await;
}

#[tokio::test]
async fn unread_counts_agree_on_three_devices_whatever_happens_3() {
    random_steps(3).await;
}

#[tokio::test]
async fn unread_counts_agree_on_three_devices_whatever_happens_4() {
    random_steps(4).await;
}

/// Grace says, edits and deletes; Ada reads, on one device or another, forwards and back, and her
/// devices come and go. Whenever they have caught up, each shows what the server counts.
async fn random_steps(seed: u64) {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let tea = grace.creates("Tea house").await;
    ada.joins("Tea house").await;
    let devices = [server.tab_of(&ada).await, server.tab_of(&ada).await, ada];
    for device in &devices {
        device.opens("Tea house").await;
    }
    let mut dice = Dice(seed);
    let mut said = 0;
    for step in 0..STEPS {
        let device = &devices[dice.below(devices.len() as u64) as usize];
        let index = MessageIndex(dice.below(said.max(1)));
        match dice.below(12) {
            0..4 => {
                grace.say(&format!("Line {step}"), "Tea house").await;
                said += 1;
            }
            4 if 0 < said => {
                let text = format!("Line {step}, anew");
                // What was deleted is not edited, and nothing comes of it.
                grace
                    .outcome(|client, now| client.edit(tea, index, &text, now).expect("a text"))
                    .await;
            }
            5 | 6 if 0 < said => {
                grace.outcome(|client, now| client.delete(tea, index, now)).await;
            }
            7 | 8 if 0 < said => device.client.with(|client, now| client.seen(tea, index, now)),
            9 if 0 < said => {
                let index = Some(index).filter(|index| index.0 % 3 != 0);
                let command = Command::SetReadHorizon { channel: tea, index };
                device.outcome(|client, now| client.ask(command, now)).await;
            }
            10 => {
                device.goes_away().await;
                device.comes_back().await;
            }
            _ => all_agree(&devices, tea, seed, step).await,
        }
    }
    all_agree(&devices, tea, seed, STEPS).await;
}

async fn all_agree(devices: &[Person], channel: ChannelSid, seed: u64, step: usize) {
    for device in devices {
        device.tells_its_horizon(channel).await;
    }
    let counted = devices[0].unread_on_the_server(channel).await;
    for device in devices {
        let what = format!("counts {counted} in step {step} of {seed}");
        device
            .so(&what, |client| client.unread(channel).is_some_and(|it| it.count == counted))
            .await;
    }
}

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
