//! Files that came in: how far they have come, the room that they take, and whose they are.

use chat::protocol::{Row, Scope};
use chat::{Dimensions, Media, MediaSid, Message, Timestamp};

use crate::store::pieces::Room;
use crate::store::village::{Village, picture};
use crate::store::{Upload, UploadState};

contract! {
    a_file_is_kept_as_it_is_described
    a_message_brings_its_file_wherever_it_is_read
    a_file_takes_room_until_it_is_forgotten
    what_is_left_and_what_waited_too_long_is_removed
    the_files_of_a_deleted_channel_are_left_with_its_messages
}

fn sid(number: u8) -> MediaSid {
    MediaSid::from_bytes([number; 16])
}

fn a_file_is_kept_as_it_is_described(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    assert_eq!(village.writes(|tx| tx.upload(sid(1))), None);
    let mut upload = Upload {
        media: Media { filename: String::new(), dimensions: None, ..picture(sid(1)) },
        user: ada,
        state: UploadState::Arriving,
        at: Timestamp(5),
    };
    for (state, dimensions) in [
        (UploadState::Arriving, None),
        (UploadState::Waiting, Some(Dimensions { width: u32::MAX, height: 1 })),
        (UploadState::Kept, None),
        (UploadState::Left, None),
    ] {
        (upload.state, upload.media.dimensions) = (state, dimensions);
        village.writes(|tx| tx.put_upload(&upload));
        assert_eq!(village.writes(|tx| tx.upload(sid(1))), Some(upload.clone()));
    }
}

fn a_message_brings_its_file_wherever_it_is_read(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    let file = village.uploads(ada);
    let index = village.shows(ada, channel, file).expect("it is hers").reply.index;
    let message = village.writes(|tx| tx.message(channel, index)).expect("posted");
    assert_eq!((&message.body, &message.media), (&None, &Some(picture(file))));
    assert_eq!(village.writes(|tx| tx.place_of_media(file)), Some((channel, index)));
    let page = village.writes(|tx| tx.messages(channel, None, Room::CHANGE));
    assert_eq!(page.rows, std::slice::from_ref(&message));
    let page = village.writes(|tx| tx.messages_from(channel, index, Room::CHANGE));
    assert_eq!(page.rows, std::slice::from_ref(&message));
    let row = Row::Message(message.clone());
    assert_eq!(village.rows(Scope::Channel(channel)).last(), Some(&row));

    let marker = Message { media: None, ..message };
    let marker = village.writes(|tx| tx.change_message(channel, marker.clone()));
    assert!(marker.is_deleted());
    assert_eq!(village.writes(|tx| tx.message(channel, index)), Some(marker));
    assert_eq!(village.writes(|tx| tx.place_of_media(file)), None);
}

fn a_file_takes_room_until_it_is_forgotten(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let room = |village: &mut Village| {
        [Some(ada), Some(grace), None].map(|by| village.writes(|tx| tx.uploaded_bytes(by)))
    };
    assert_eq!(room(&mut village), [0, 0, 0]);
    let put = |village: &mut Village, number, user, size, state| {
        let media = Media { size, ..picture(sid(number)) };
        village.writes(|tx| {
            tx.put_upload(&Upload { media: media.clone(), user, state, at: Timestamp(0) })
        });
    };
    put(&mut village, 1, ada, 5, UploadState::Arriving);
    put(&mut village, 2, ada, 7, UploadState::Left);
    put(&mut village, 3, grace, 11, UploadState::Kept);
    assert_eq!(room(&mut village), [12, 11, 23]);
    put(&mut village, 1, ada, 3, UploadState::Waiting);
    assert_eq!(room(&mut village), [10, 11, 21]);
    for number in [2, 2, 3] {
        village.writes(|tx| tx.forget_upload(sid(number)));
    }
    assert_eq!(room(&mut village), [3, 0, 3]);
    assert_eq!(village.writes(|tx| tx.upload(sid(2))), None);
}

fn what_is_left_and_what_waited_too_long_is_removed(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    for (number, state, at) in [
        (1, UploadState::Arriving, 4),
        (2, UploadState::Arriving, 5),
        (3, UploadState::Waiting, 4),
        (4, UploadState::Waiting, 5),
        (5, UploadState::Kept, 0),
        (6, UploadState::Left, 9),
    ] {
        let upload = Upload { media: picture(sid(number)), user: ada, state, at: Timestamp(at) };
        village.writes(|tx| tx.put_upload(&upload));
    }
    let mut to_remove = village.writes(|tx| tx.uploads_to_remove(Timestamp(5), 9));
    to_remove.sort_unstable();
    assert_eq!(to_remove, [1, 3, 6].map(sid));
    assert_eq!(village.writes(|tx| tx.uploads_to_remove(Timestamp(5), 2)).len(), 2);
}

fn the_files_of_a_deleted_channel_are_left_with_its_messages(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let (channel, other) = (village.channel(ada, "Harvest"), village.channel(ada, "Spring"));
    let [first, second, elsewhere] = [(); 3].map(|()| village.uploads(ada));
    for (channel, file) in [(channel, first), (channel, second), (other, elsewhere)] {
        village.shows(ada, channel, file).expect("it is hers");
    }
    village.deletes(ada, channel).expect("she made it");
    let left = |village: &mut Village| {
        let mut left = village.writes(|tx| tx.uploads_to_remove(Timestamp(0), 9));
        left.sort_unstable();
        left
    };
    assert_eq!(left(&mut village), []);
    assert_eq!(village.writes(|tx| tx.forget_messages(channel, 1)), 1);
    assert_eq!(left(&mut village), [first]);
    assert_eq!(village.writes(|tx| tx.forget_messages(channel, 9)), 1);
    assert_eq!(left(&mut village), [first, second]);
}
