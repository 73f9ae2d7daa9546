//! Stories: a real server on a free port, and two or more people.

mod channels;
mod crash;
mod fan_out;
mod members;
mod messages;
mod resume;
mod support;
mod tokens;
mod typing;
