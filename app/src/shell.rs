//! The page that the server sends: theme and language on `<html>`, the sign-in card or the columns
//! of the chat to come, and one script. Browsers without WASM can sign in with it.

use chat::Identity;

use crate::account::AccountRefusal;

/// What the server knows when it writes the page.
#[derive(Clone, Debug)]
pub struct ShellPage {
    /// `en` or `ja`.
    pub language: String,
    /// `light` or `dark`; nothing follows the system.
    pub theme: Option<String>,
    pub server_name: String,
    /// The line under the name: the host that people see in the address bar.
    pub host_line: String,
    pub guests: bool,
    /// Whose session this is; nothing shows the sign-in card.
    pub signed_in: Option<Identity>,
    /// Why the form was refused, if it just was.
    pub refusal: Option<AccountRefusal>,
    /// The name as it was typed into the refused form.
    pub typed_name: String,
    /// For the CSP: on the script tag.
    pub nonce: String,
    pub script_path: String,
    pub wasm_path: String,
    pub style_path: String,
    /// This build, so that an open page notices a newer one.
    pub version: String,
    /// The live-reload socket's port while `cargo leptos watch` runs.
    pub reload_port: Option<u16>,
}

/// Renders the whole document.
pub fn render(page: &ShellPage) -> String {
    let _ = page;
    unimplemented!()
}
