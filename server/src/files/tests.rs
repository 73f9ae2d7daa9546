//! What every place for files must do: one suite, run against a folder and against S3.

use std::net::SocketAddr;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::*;
use crate::limits::FILE_PIECE_BYTES;

const BUCKET: &str = "files";

/// A place, and whatever it lies in.
struct Place {
    files: Files,
    folder: TempDir,
}

async fn folder() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    let files = Files::in_folder(&folder.path().join(FOLDER)).expect("it can be written");
    Place { files, folder }
}

async fn s3() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
    let address = serve_s3(folder.path()).await;
    let builder = AmazonS3Builder::new()
        .with_bucket_name(BUCKET)
        .with_endpoint(format!("http://{address}"))
        .with_allow_http(true)
        .with_region("local")
        .with_access_key_id("key")
        .with_secret_access_key("secret");
    Place { files: Files::in_s3(builder, "our/chat").expect("it is set up"), folder }
}

async fn serve_s3(root: &FilePath) -> SocketAddr {
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).expect("a folder"));
    builder.set_auth(SimpleAuth::from_single("key", "secret"));
    let service = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let stream = TokioIo::new(stream);
                let _ = http1::Builder::new().serve_connection(stream, service).await;
            });
        }
    });
    address
}

macro_rules! contract {
    ($($case:ident)*) => {
        mod in_a_folder {
            $(#[tokio::test] async fn $case() { super::$case(super::folder().await).await; })*
        }

        mod in_s3 {
            $(#[tokio::test] async fn $case() { super::$case(super::s3().await).await; })*
        }
    };
}

contract! {
    a_file_is_there_when_it_is_finished
    a_large_file_goes_in_pieces_and_any_part_of_it_comes_back
    what_is_given_up_was_never_there
    what_is_removed_is_gone_and_may_be_removed_again
    services_do_not_see_each_others_files
    a_service_ends_with_all_its_files
}

fn sid(number: u8) -> MediaSid {
    MediaSid::from_bytes([number; 16])
}

fn service(number: u8) -> ServiceSid {
    ServiceSid::from_bytes([number; 16])
}

async fn put(shelf: &Shelf, sid: MediaSid, content: &[u8]) {
    let mut writing = shelf.begin(sid).await.expect("it begins");
    writing.add(Bytes::copy_from_slice(content)).await.expect("there is room");
    writing.finish().await.expect("it is written");
}

async fn get(shelf: &Shelf, sid: MediaSid, bytes: Range<u64>) -> Option<Vec<u8>> {
    let pieces = shelf.read(sid, bytes).await.ok()?;
    let pieces: Vec<Bytes> = pieces.try_collect().await.expect("it can be read");
    Some(pieces.concat())
}

/// How many files lie in a folder, whatever they are.
fn files_in(folder: &FilePath) -> usize {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("it").path());
    entries.map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

async fn a_file_is_there_when_it_is_finished(place: Place) {
    let shelf = place.files.of(service(1));
    let mut writing = shelf.begin(sid(1)).await.expect("it begins");
    writing.add(Bytes::from_static(b"Hel")).await.expect("there is room");
    writing.add(Bytes::from_static(b"lo")).await.expect("there is room");
    assert_eq!(get(&shelf, sid(1), 0..5).await, None);
    writing.finish().await.expect("it is written");
    assert_eq!(get(&shelf, sid(1), 0..5).await, Some(b"Hello".to_vec()));
    assert_eq!(get(&shelf, sid(2), 0..5).await, None);
}

async fn a_large_file_goes_in_pieces_and_any_part_of_it_comes_back(place: Place) {
    let shelf = place.files.of(service(1));
    let content: Vec<u8> = (0..2 * FILE_PIECE_BYTES + 7).map(|at| (at % 251) as u8).collect();
    let mut writing = shelf.begin(sid(1)).await.expect("it begins");
    for piece in content.chunks(700_001) {
        writing.add(Bytes::copy_from_slice(piece)).await.expect("there is room");
    }
    writing.finish().await.expect("it is written");
    let size = content.len() as u64;
    assert!(get(&shelf, sid(1), 0..size).await.is_some_and(|read| read == content));
    let seam = FILE_PIECE_BYTES - 3..FILE_PIECE_BYTES + 4;
    let part = seam.start as u64..seam.end as u64;
    assert_eq!(get(&shelf, sid(1), part).await, Some(content[seam].to_vec()));
}

async fn what_is_given_up_was_never_there(place: Place) {
    let shelf = place.files.of(service(1));
    let before = files_in(place.folder.path());
    let mut writing = shelf.begin(sid(1)).await.expect("it begins");
    let piece = Bytes::from(vec![7; FILE_PIECE_BYTES]);
    writing.add(piece).await.expect("there is room");
    assert_ne!(files_in(place.folder.path()), before);
    writing.give_up().await.expect("nothing speaks against it");
    assert_eq!(get(&shelf, sid(1), 0..1).await, None);
    assert_eq!(files_in(place.folder.path()), before);
}

async fn what_is_removed_is_gone_and_may_be_removed_again(place: Place) {
    let shelf = place.files.of(service(1));
    put(&shelf, sid(1), b"Hello").await;
    for _ in 0..2 {
        shelf.remove(sid(1)).await.expect("it goes");
        assert_eq!(get(&shelf, sid(1), 0..5).await, None);
    }
}

async fn services_do_not_see_each_others_files(place: Place) {
    let [ours, theirs] = [1, 2].map(|number| place.files.of(service(number)));
    put(&ours, sid(1), b"Hello").await;
    assert_eq!(get(&theirs, sid(1), 0..5).await, None);
    theirs.remove(sid(1)).await.expect("there is none");
    assert_eq!(get(&ours, sid(1), 0..5).await, Some(b"Hello".to_vec()));
}

async fn a_service_ends_with_all_its_files(place: Place) {
    let [ours, theirs] = [1, 2].map(|number| place.files.of(service(number)));
    ours.remove_all().await.expect("there are none yet");
    for number in 1..4 {
        put(&ours, sid(number), b"Hello").await;
    }
    put(&theirs, sid(1), b"Goodbye").await;
    ours.remove_all().await.expect("they go");
    for number in 1..4 {
        assert_eq!(get(&ours, sid(number), 0..5).await, None);
    }
    assert_eq!(get(&theirs, sid(1), 0..7).await, Some(b"Goodbye".to_vec()));
}

// As after a crash, when nobody is left to give it up.
#[tokio::test]
async fn what_broke_off_in_a_folder_is_removed_with_the_file() {
    let place = folder().await;
    let shelf = place.files.of(service(1));
    let writing = shelf.begin(sid(1)).await.expect("it begins");
    let inside = place.folder.path().join(FOLDER).join(service(1).to_string());
    let draft = inside.join(format!("{}{DRAFT}", sid(1)));
    assert!(draft.exists(), "this is how a draft is called");
    writing.give_up().await.expect("it ends");
    fs::write(&draft, "Hel").expect("a draft of nobody");
    shelf.remove(sid(1)).await.expect("it goes");
    assert_eq!(files_in(place.folder.path()), 0);
}
