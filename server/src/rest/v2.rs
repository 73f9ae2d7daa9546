//! The REST API: Programmable Chat's second version, over the commands and queries that the socket
//! uses. It speaks for the operator, so nothing is hidden from it. Here is its table of routes; each
//! resource has a file below.

mod channels;
mod dates;
mod desk;
mod door;
mod errors;
mod form;
mod invites;
mod members;
mod messages;
mod no;
mod openapi;
mod paging;
mod roles;
mod services;
mod table;
mod user_channels;
mod users;
mod webhooks;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use chat::Attributes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use tower_http::cors::{Any, CorsLayer};

use crate::state::AppState;
pub(crate) use door::basic;
use no::No;
use table::{Address, at};

/// Where it all stands.
const ROOT: &str = "/v2";

/// Whether webhooks should hear of a request; libraries send it.
const WEBHOOK_ENABLED: HeaderName = HeaderName::from_static("x-twilio-webhook-enabled");

const PUSH: &str = "Push notifications go through the makers of phones; this server sends none.";

/// Everything under `/v2`, and one address of the next version.
pub fn router(state: AppState) -> Router {
    let api = addresses()
        .into_iter()
        .fold(Router::new(), |api, address| api.route(address.path, address.methods))
        .fallback(|| async { No::Nowhere })
        .method_not_allowed_fallback(|| async { No::WrongMethod })
        .layer(from_fn_with_state(state.clone(), door::admit));
    let open = Router::new()
        .route("/openapi.json", get(openapi::page))
        .route("/errors", get(errors::all))
        .route("/errors/{code}", get(errors::one));
    let all = open.merge(api).layer(from_fn_with_state(state.clone(), no::tell)).layer(cors());
    // Of the third version there was this alone.
    let third = Router::new()
        .route("/v3/Services/{service}/Channels/{channel}", post(channels::update))
        .layer(from_fn_with_state(state.clone(), door::admit))
        .layer(from_fn_with_state(state.clone(), no::tell))
        .layer(cors());
    Router::new().nest(ROOT, all).merge(third).with_state(state)
}

/// The table of routes.
fn addresses() -> Vec<Address> {
    vec![
        at("/Services").lists("services", services::list).creates(services::create),
        at("/Services/{service}")
            .fetches(services::fetch)
            .updates(services::update)
            .deletes(services::delete),
        at("/Services/{service}/Channels")
            .lists_some("channels", channels::list)
            .creates(channels::create),
        at("/Services/{service}/Channels/{channel}")
            .fetches(channels::fetch)
            .updates(channels::update)
            .deletes(channels::delete),
        at("/Services/{service}/Channels/{channel}/Members")
            .lists_some("members", members::list)
            .creates(members::create),
        at("/Services/{service}/Channels/{channel}/Members/{member}")
            .fetches(members::fetch)
            .updates(members::update)
            .deletes(members::delete),
        at("/Services/{service}/Channels/{channel}/Messages")
            .lists_some("messages", messages::list)
            .creates(messages::create),
        at("/Services/{service}/Channels/{channel}/Messages/{message}")
            .fetches(messages::fetch)
            .updates(messages::update)
            .deletes(messages::delete),
        at("/Services/{service}/Channels/{channel}/Invites")
            .lists_some("invites", invites::list)
            .creates(invites::create),
        at("/Services/{service}/Channels/{channel}/Invites/{invite}")
            .fetches(invites::fetch)
            .deletes(invites::delete),
        at("/Services/{service}/Channels/{channel}/Webhooks")
            .lists("webhooks", webhooks::list)
            .creates(webhooks::create),
        at("/Services/{service}/Channels/{channel}/Webhooks/{webhook}")
            .fetches(webhooks::fetch)
            .updates(webhooks::update)
            .deletes(webhooks::delete),
        at("/Services/{service}/Users").lists("users", users::list).creates(users::create),
        at("/Services/{service}/Users/{user}")
            .fetches(users::fetch)
            .updates(users::update)
            .deletes(users::delete),
        at("/Services/{service}/Users/{user}/Channels").lists("channels", user_channels::list),
        at("/Services/{service}/Users/{user}/Channels/{channel}")
            .fetches(user_channels::fetch)
            .updates(user_channels::update)
            .deletes(user_channels::delete),
        at("/Services/{service}/Users/{user}/Bindings").lacks(&["get"], PUSH),
        at("/Services/{service}/Users/{user}/Bindings/{binding}").lacks(&["get", "delete"], PUSH),
        at("/Services/{service}/Bindings").lacks(&["get"], PUSH),
        at("/Services/{service}/Bindings/{binding}").lacks(&["get", "delete"], PUSH),
        at("/Services/{service}/Roles").lists("roles", roles::list).creates(roles::create),
        at("/Services/{service}/Roles/{role}")
            .fetches(roles::fetch)
            .updates(roles::update)
            .deletes(roles::delete),
        at("/Credentials").lacks(&["get", "post"], PUSH),
        at("/Credentials/{credential}").lacks(&["get", "post", "delete"], PUSH),
    ]
}

/// Attributes as the API shows them: JSON as text, an empty object where none were given.
fn json_of(attributes: &Attributes) -> String {
    let text = attributes.as_str();
    if text.is_empty() { "{}".to_owned() } else { text.to_owned() }
}

/// Pages of every site may ask, with credentials of their own; none of ours comes along by itself.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, WEBHOOK_ENABLED])
        .expose_headers([RETRY_AFTER])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_about_it_names_every_address() {
        let page = include_str!("../../../docs/rest.md");
        for address in addresses() {
            assert!(page.contains(&format!("`{}`", address.path)), "{}", address.path);
        }
    }
}
