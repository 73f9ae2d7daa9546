//! Lists, a page at a time.

use serde_json::Value;

use super::is_no;
use crate::support::{Backend, TestServer};

/// Every row of a list, by following the addresses that it gives.
async fn all(backend: &Backend, rest: &str, key: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut next = Some(backend.path(rest));
    while let Some(url) = next {
        let answer = backend.get(&url).await;
        assert_eq!(answer.status, 200, "{url}: {answer:?}");
        let page = answer.json();
        assert_eq!(page["meta"]["key"], key);
        rows.extend(page[key].as_array().expect("rows").iter().cloned());
        next = page["meta"]["next_page_url"].as_str().map(str::to_owned);
    }
    rows
}

fn texts(rows: &[Value]) -> Vec<&str> {
    rows.iter().filter_map(|row| row["body"].as_str()).collect()
}

#[tokio::test]
async fn messages_come_in_either_order_a_page_at_a_time() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let said: Vec<String> = (0..7).map(|number| format!("話 {number} 🍵")).collect();
    for text in &said {
        ada.say(text, "general").await;
    }
    let backend = server.backend().await;
    let ascending = all(&backend, "/Channels/general/Messages?PageSize=3", "messages").await;
    assert_eq!(texts(&ascending), said);
    let descending =
        all(&backend, "/Channels/general/Messages?Order=desc&PageSize=2", "messages").await;
    assert_eq!(texts(&descending), said.iter().rev().collect::<Vec<_>>());

    let first = &ascending[0];
    assert_eq!(
        (&first["from"], &first["index"], &first["was_edited"]),
        (&"ada".into(), &0.into(), &false.into())
    );
    assert_eq!(first["to"], first["channel_sid"]);
    let again = backend.get(first["url"].as_str().expect("an address")).await.json();
    assert_eq!(&again, first);
}

#[tokio::test]
async fn a_page_says_where_it_is_and_where_the_next_one_is() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    for text in ["One", "Two", "Three"] {
        ada.say(text, "general").await;
    }
    let backend = server.backend().await;
    let page = backend.finds("/Channels/general/Messages?PageSize=2").await;
    let meta = &page["meta"];
    assert_eq!((&meta["page"], &meta["page_size"]), (&0.into(), &2.into()));
    assert_eq!(meta["previous_page_url"], Value::Null);
    let next = meta["next_page_url"].as_str().expect("there is more");
    assert!(next.starts_with(&format!("http://{}/v2/Services/", server.address)), "{next}");
    let last = backend.get(next).await.json();
    assert_eq!((&last["meta"]["page"], &last["meta"]["next_page_url"]), (&1.into(), &Value::Null));
    assert_eq!(last["messages"][0]["body"], "Three");
    let first = last["meta"]["first_page_url"].as_str().expect("an address");
    assert_eq!(backend.get(first).await.json()["messages"], page["messages"]);
}

#[tokio::test]
async fn what_cannot_be_asked_of_a_list_is_refused() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    for query in [
        "PageSize=0",
        "PageSize=-1",
        "PageSize=many",
        "PageSize=1&PageSize=2",
        "PageToken=x",
        "PageToken=%00",
        "Order=sideways",
        "Page=-1",
        "Page=7",
    ] {
        let path = backend.path(&format!("/Channels/general/Messages?{query}"));
        is_no(&backend.get(&path).await, 400, 20001);
    }
    for query in ["PageSize=1000", "PageToken=", "Unheard=of", "&&=&", "Page=0"] {
        backend.finds(&format!("/Channels/general/Messages?{query}")).await;
    }
}

#[tokio::test]
async fn channels_users_and_members_are_found_by_sid_and_by_name() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "山田 花子"]).await;
    ada.creates("秋祭り 🎃").await;
    ada.say("Hello", "秋祭り 🎃").await;
    let backend = server.backend().await;

    let channels = all(&backend, "/Channels?PageSize=1", "channels").await;
    assert_eq!(channels.len(), 2);
    assert_eq!(
        (&channels[0]["unique_name"], &channels[0]["members_count"]),
        (&"general".into(), &2.into())
    );
    let festival = &channels[1];
    assert_eq!(festival["friendly_name"], "秋祭り 🎃");
    assert_eq!((&festival["created_by"], &festival["messages_count"]), (&"ada".into(), &1.into()));
    assert_eq!((&festival["type"], &festival["attributes"]), (&"public".into(), &"{}".into()));
    assert_eq!(&backend.finds("/Channels/general").await, &channels[0]);

    let user = backend.finds("/Users/%E5%B1%B1%E7%94%B0%20%E8%8A%B1%E5%AD%90").await;
    assert_eq!(user["sid"], grace.user().to_string());
    assert_eq!(user["joined_channels_count"], 1);
    assert_eq!(backend.finds(&format!("/Users/{}", grace.user())).await, user);

    let member = backend.finds("/Channels/general/Members/ada").await;
    let sid = member["sid"].as_str().expect("a SID");
    assert_eq!(backend.finds(&format!("/Channels/general/Members/{sid}")).await, member);
    let named = all(&backend, "/Channels/general/Members?Identity=ada&Identity=nobody", "members");
    assert_eq!(named.await, [member]);
    assert_eq!(all(&backend, "/Channels/general/Members?PageSize=1", "members").await.len(), 2);
}

#[tokio::test]
async fn what_is_gone_is_in_no_list() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    ada.creates("Harvest").await;
    grace.joins("Harvest").await;
    let backend = server.backend().await;
    let channels = all(&backend, "/Channels", "channels").await;
    let harvest = channels[1]["sid"].as_str().expect("a SID").to_owned();
    let members = format!("/Channels/{harvest}/Members");
    assert_eq!(all(&backend, &members, "members").await.len(), 2);

    grace.leaves("Harvest").await;
    let left = all(&backend, &members, "members").await;
    assert_eq!((left.len(), &left[0]["identity"]), (1, &"ada".into()));
    is_no(&backend.get(&backend.path(&format!("{members}/grace"))).await, 404, 50402);

    ada.deletes("Harvest").await;
    assert_eq!(all(&backend, "/Channels", "channels").await.len(), 1);
    is_no(&backend.get(&backend.path(&members)).await, 404, 50300);

    grace.pass.sign_out().await;
    is_no(&backend.get(&backend.path("/Users/grace")).await, 404, 50200);
}
