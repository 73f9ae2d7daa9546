//! A server's files go out with its lists, and come into another one.

use std::fs;
use std::path::Path;

use axum::body::Body;
use chat::protocol::Scope;
use chat::{Identity, Media, Message, MessageIndex};
use futures_util::TryStreamExt;
use http::Request;
use http::header::AUTHORIZATION;

use super::{Import, Report, Tally, export, export_files};
use crate::clock::Clock;
use crate::commands::{self, Actor, MessageWish};
use crate::house::House;
use crate::store::pieces::Room;

const MINUTES: &str = "What was said, and by whom";

async fn brings(house: &House, content: &str) -> Media {
    let (home, tokens) = (house.state.home(), &house.state.tokens);
    let ada = Identity::parse("ada").expect("a name");
    let now = house.state.clock.now();
    let token = tokens.sign_for(home.service.sid, &ada, 3_600, now).expect("there is a key");
    let request = Request::post("/media?filename=minutes.txt")
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(content.to_owned()));
    let answer = house.answer(request).await;
    serde_json::from_str(&answer.body).expect("a file")
}

async fn says(house: &House, wish: MessageWish) {
    let home = house.state.home();
    let (by, general) = (Actor::Operator(home.service.system()), home.service.general);
    let record = move |tx: &mut dyn crate::store::Tx, m: &_| {
        commands::record_message(tx, by, general, &wish, m)
    };
    home.store.write(Scope::Channel(general), record).await.expect("nothing speaks against it");
}

async fn exports(house: &House, folder: &Path) {
    let (home, path) = (house.state.home(), folder.to_owned());
    let named = home.store.read(move |tx| export(tx, &path)).await.expect("it can be read");
    let shelf = house.state.files.of(home.service.sid);
    let missing = export_files(&shelf, folder, named).await.expect("they can be written");
    assert_eq!(missing, []);
}

async fn imports(house: &House, folder: &Path) -> (String, [Tally; 2]) {
    let home = house.state.home();
    let mut output = Vec::new();
    let mut report = Report::to(&mut output);
    let import = Import::new(&home.store, home.service, Clock::System, folder, &mut report);
    let shelf = house.state.files.of(home.service.sid);
    let import = import.with_files(shelf, house.state.config.media.clone());
    import.run().await.expect("it comes to its end");
    let tallies = ["messages", "files"].map(|kind| report.tally(kind));
    (String::from_utf8(output).expect("text"), tallies)
}

async fn messages(house: &House) -> Vec<Message> {
    let general = house.state.home().service.general;
    let asked = house
        .state
        .home()
        .store
        .read(move |tx| Ok(tx.messages_from(general, MessageIndex(0), Room::page(9))?.rows));
    asked.await.expect("it can be read")
}

fn tally(imported: u64, already_here: u64, skipped: u64) -> Tally {
    Tally { imported, already_here, skipped }
}

#[tokio::test]
async fn files_go_from_one_server_to_another_and_come_once() {
    let (there, here) = (House::open().await, House::open().await);
    let file = brings(&there, MINUTES).await;
    says(&there, MessageWish { body: Some("Hello".to_owned()), ..MessageWish::default() }).await;
    says(&there, MessageWish { media: Some(file.sid), ..MessageWish::default() }).await;
    let folder = tempfile::tempdir().expect("a folder");
    exports(&there, folder.path()).await;

    let (report, tallies) = imports(&here, folder.path()).await;
    assert_eq!(tallies, [tally(2, 0, 0), tally(1, 0, 0)], "{report}");
    let came = messages(&here).await;
    assert_eq!((&came[1].body, &came[1].media), (&None, &Some(file.clone())));
    let shelf = here.state.files.of(here.state.home().service.sid);
    let bytes = shelf.read(file.sid, 0..file.size).await.expect("it is there");
    let bytes: Vec<_> = bytes.try_collect().await.expect("it can be read");
    assert_eq!(bytes.concat(), MINUTES.as_bytes());

    let (report, tallies) = imports(&here, folder.path()).await;
    assert_eq!(tallies, [tally(0, 2, 0), tally(0, 0, 0)], "{report}");
    assert_eq!(messages(&here).await, came);
}

#[tokio::test]
async fn a_message_whose_file_is_missing_or_is_not_taken_is_named_in_the_report() {
    let (there, here) = (House::open().await, House::open().await);
    for _ in 0..2 {
        let media = Some(brings(&there, MINUTES).await.sid);
        says(&there, MessageWish { media, ..MessageWish::default() }).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    exports(&there, folder.path()).await;
    let general = there.state.home().service.general.to_string();
    let inside = folder.path().join("channels").join(general).join("media");
    let mut files: Vec<_> =
        fs::read_dir(inside).expect("there").map(|file| file.expect("there").path()).collect();
    files.sort();
    fs::remove_file(&files[0]).expect("it goes");
    fs::write(&files[1], "<!DOCTYPE html>").expect("it is written");

    let (report, tallies) = imports(&here, folder.path()).await;
    assert_eq!(tallies, [tally(0, 0, 2), tally(0, 0, 0)]);
    let missing = files[0].file_name().expect("a name").to_string_lossy().into_owned();
    assert!(report.contains(&format!("Its file media/{missing} is not there.")), "{report}");
    assert!(report.contains("Files of this kind are not taken"), "{report}");

    // The missing file was found: the next import brings its message.
    fs::write(&files[0], MINUTES).expect("it is written");
    let (report, tallies) = imports(&here, folder.path()).await;
    assert_eq!(tallies, [tally(1, 0, 1), tally(1, 0, 0)], "{report}");
}
