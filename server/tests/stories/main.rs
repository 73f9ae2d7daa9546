//! Stories: a real server on a free port, and two or more people.

mod authorisation;
mod channels;
mod crash;
mod fan_out;
mod hostile_tokens;
mod lessons;
mod media;
mod members;
mod messages;
mod moving;
mod presence;
mod private_channels;
mod reading;
mod rest;
mod resume;
mod roles;
mod schemas;
mod services;
mod support;
mod test_mode;
mod tokens;
mod tunnel;
mod typing;
mod webhooks;
