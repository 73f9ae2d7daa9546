//! The parts of the page, each in a file of its own, its CSS in the file of the same name.

pub mod account_menu;
pub mod avatar;
pub mod channel_header;
pub mod channel_list;
pub mod composer;
pub mod connection_banner;
pub mod connection_dot;
pub mod dialog;
pub mod dialogs;
pub mod field_error;
pub mod file_tray;
pub mod invited_channel;
pub mod mark;
pub mod member_list;
pub mod menu;
pub mod message_list;
pub mod message_row;
pub mod notice;

pub mod typing_line;
pub(crate) mod writing;
