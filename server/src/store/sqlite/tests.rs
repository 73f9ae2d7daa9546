//! What only a file can get wrong.

use std::path::Path;
use std::sync::Barrier;
use std::thread;

use rusqlite::Connection;

use super::Sqlite;
use crate::store::backend::Backend;

fn setting(path: &Path, name: &str) -> String {
    let sqlite = Sqlite::open(path).expect("a database");
    let value = sqlite.connection.pragma_query_value(None, name, |row| {
        row.get::<_, rusqlite::types::Value>(0).map(|value| match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        })
    });
    value.expect("a setting")
}

#[test]
fn accepted_means_durable() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("yoriai.db");
    assert_eq!(setting(&path, "journal_mode"), "wal");
    assert_eq!(setting(&path, "synchronous"), "2");
}

#[test]
fn several_processes_may_migrate_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("yoriai.db");
    let together = Barrier::new(4);
    thread::scope(|scope| {
        let opening: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    together.wait();
                    Sqlite::open(&path).map(drop)
                })
            })
            .collect();
        for opened in opening {
            opened.join().expect("no panic").expect("it is opened");
        }
    });
}

#[test]
fn a_newer_schema_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("yoriai.db");
    drop(Sqlite::open(&path).expect("a new database"));
    let future = Connection::open(&path).expect("the same database");
    future
        .execute(
            "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
             VALUES (999, 'future', '2030-01-01T00:00:00Z', '0')",
            [],
        )
        .expect("a migration of the future");
    let refused = Sqlite::open(&path).map(drop).expect_err("this build does not know it");
    assert!(refused.to_string().contains("newer Yoriai"), "{refused}");
}

#[test]
fn a_reader_does_not_write() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("yoriai.db");
    drop(Sqlite::open(&path).expect("a new database"));
    let mut reader = Sqlite::reader(&path).expect("the same database");
    let written = reader.read(&mut |tx| tx.forget_sessions(chat::Timestamp(0), 1).map(drop));
    assert!(written.is_err());
}

#[test]
fn no_question_scans_a_table() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("yoriai.db");
    let sqlite = Sqlite::open(&path).expect("a new database");
    for question in [
        super::messages::CHANGED,
        super::members::CHANGED,
        super::members::MY_CHANGED,
        super::channels::CHANGED,
        super::channels::LISTINGS_CHANGED,
        super::users::CHANGED,
        super::roles::CHANGED,
        "SELECT user FROM members WHERE channel = ?1 AND role = ?2 ORDER BY user",
        "SELECT user FROM members WHERE channel = ?1 AND invite IS NOT NULL ORDER BY user",
        "SELECT channel FROM members WHERE user = ?1 AND invite IS NOT NULL ORDER BY channel",
        "SELECT 1 FROM users WHERE role = ?1",
        "SELECT 1 FROM members WHERE role = ?1",
        super::lists::CHANNELS,
        super::lists::CHANNELS_OF_KIND,
        super::lists::CHANNEL_NAMED,
        super::lists::USERS,
        super::lists::MEMBER,
        super::lists::MEMBERS,
        super::lists::USER_OF_MEMBER,
        super::lists::MEMBERSHIP,
        super::lists::MEMBERSHIPS,
        super::lists::INVITE,
        super::lists::INVITES,
        super::lists::MESSAGES,
        super::lists::INDEX_OF_MESSAGE,
        super::parts::MEMBERS,
        super::uploads::TO_REMOVE,
        super::uploads::BYTES_OF_USER,
        super::uploads::PLACE_OF_MEDIA,
        "SELECT * FROM messages WHERE channel = ?1 AND idx < ?2 ORDER BY idx DESC",
        "SELECT * FROM members WHERE channel = ?1 AND user > ?2 AND role IS NOT NULL
         ORDER BY user LIMIT 101",
        "SELECT * FROM users WHERE service = ?1 AND skeleton = ?2 AND retired_at IS NULL",
        "SELECT sid FROM users
         WHERE service = ?1 AND seen_at < ?2 AND guest = 1 AND retired_at IS NULL
         ORDER BY seen_at, sid LIMIT 9",
        "SELECT sid FROM channels
         WHERE service = ?1 AND deleted_at IS NOT NULL AND forgotten = 0
         ORDER BY deleted_at, sid LIMIT 1",
    ] {
        let plan = plan(&sqlite.connection, question);
        assert!(!plan.contains("SCAN"), "{question}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{question}\n{plan}");
    }
}

fn plan(connection: &Connection, question: &str) -> String {
    let mut statement =
        connection.prepare(&format!("EXPLAIN QUERY PLAN {question}")).expect("a question");
    let parameters = vec![rusqlite::types::Null; statement.parameter_count()];
    let steps = statement
        .query_map(rusqlite::params_from_iter(parameters), |row| row.get::<_, String>("detail"))
        .expect("a plan");
    steps.map(|step| step.expect("a step")).collect::<Vec<_>>().join("\n")
}
