//! The two pages: the sign-in card, which the server writes, and the chat.

pub mod chat;
pub(crate) mod sign_in;
