//! Stories: a real server on a free port, and two or more people.

mod messages;
mod support;
