//! Idle connections of the official browser SDK.

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use super::program::Program;

/// What a connection through the tunnel costs that says nothing.
pub(crate) async fn stand_idle(connections: usize) {
    let server = Program::start();
    let before = server.resident_bytes();
    let mut sockets = Vec::new();
    for number in 0..connections {
        let address = format!("ws://{}/v3/wsconnect", server.address);
        let (mut socket, _) = connect_async(address).await.expect("the server upgrades");
        let token = server.token(&format!("idle-{number}"));
        let init = json!({"method": "init", "id": "TM1", "token": token}).to_string();
        let packet = format!("TWILSOCK V3.0 {}\r\n{init}\r\n", init.len());
        socket.send(Message::binary(packet)).await.expect("the server reads");
        let reply = socket.next().await.expect("a reply").expect("a whole frame");
        assert!(String::from_utf8_lossy(&reply.into_data()).contains("\"code\":200"));
        sockets.push(socket);
    }
    let after = server.resident_bytes();
    println!(
        "{connections} idle connections of the SDK: {:.1} MB before, {:.1} MB after, {:.1} kB each",
        before as f64 / 1e6,
        after as f64 / 1e6,
        (after.saturating_sub(before)) as f64 / 1e3 / connections as f64,
    );
}
