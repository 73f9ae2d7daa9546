//! The schemas of the socket: who gets them, and that a frame which does not fit is noticed.

use server::schemas::{CLIENT_FRAME, SERVER_FRAME};

use crate::support::http::{self, Response};
use crate::support::schemas::{Misfits, misfit};
use crate::support::wire::Way;
use crate::support::{TestServer, soon};

#[tokio::test]
async fn anybody_gets_the_schemas_and_may_keep_them_for_a_while() {
    let server = TestServer::start().await;
    for (path, schema) in
        [("/schemas/client-frame.json", CLIENT_FRAME), ("/schemas/server-frame.json", SERVER_FRAME)]
    {
        let answer = asks(&server, &format!("GET {path}")).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, schema));
        assert_eq!(answer.header("content-type"), Some("application/schema+json"));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=3600"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));

        assert_eq!(asks(&server, &format!("POST {path}")).await.status, 405);
    }
}

/// A page of another site asks, without credentials.
async fn asks(server: &TestServer, line: &str) -> Response {
    let elsewhere = [("Origin", "https://elsewhere.example")];
    let asked = http::request(server.address, line, &elsewhere, "");
    soon("an answer comes", asked).await.expect("the server is there")
}

#[test]
fn a_frame_that_fits_no_schema_does_not_pass_unnoticed() {
    let probe = r#"{"probe":{}}"#;
    assert_eq!(misfit(Way::ToServer, probe), None);
    let heartbeat = r#"{"heartbeat":{}}"#;
    assert_eq!(misfit(Way::ToClient, heartbeat), None);
    for nonsense in [heartbeat, "probe", r#"{"request":{"ref":1,"command":{"dance":{}}}}"#] {
        assert!(misfit(Way::ToServer, nonsense).is_some(), "{nonsense}");
    }
    assert!(misfit(Way::ToClient, probe).is_some());
}

#[test]
#[should_panic(expected = "heartbeat")]
fn a_client_that_says_what_only_servers_say_fails_its_story() {
    let misfits = Misfits::default();
    misfits.observer()(Way::ToServer, r#"{"heartbeat":{}}"#);
    misfits.assert_none();
}
