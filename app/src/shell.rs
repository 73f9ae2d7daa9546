//! The page that the server sends: theme and language on `<html>`, the sign-in card or the columns
//! of the chat to come, and one script. Browsers without WASM can sign in with it.

pub mod columns;
mod script;
pub mod sign_in_card;

use chat::Identity;
use leptos::prelude::*;

use self::columns::Columns;
use self::sign_in_card::SignInCard;
use crate::account::AccountRefusal;
use crate::icons::{Icon, SPRITE};
use crate::wording::{Card, Language, Wording};

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

impl ShellPage {
    fn language(&self) -> Language {
        Language::from_tag(&self.language).unwrap_or_default()
    }

    fn wording(&self) -> &'static Wording {
        self.language().wording()
    }

    fn card(&self) -> &'static Card {
        self.language().card()
    }

    fn title(&self) -> String {
        let titles = &self.wording().page_titles;
        match self.signed_in {
            Some(_) => titles.connecting.to_owned(),
            None => (titles.sign_in)(&self.server_name),
        }
    }
}

/// Renders the whole document.
pub fn render(page: &ShellPage) -> String {
    let document = view! {
        <html
            lang=page.language.clone()
            data-theme=page.theme.clone()
            data-server-name=page.server_name.clone()
            data-version=page.version.clone()
            data-identity=page.signed_in.as_ref().map(ToString::to_string)
            data-guests=page.guests.to_string()
        >
            {head(page)}
            {body(page)}
        </html>
    };
    // The sprite is the last thing in the body: plain text of ours, no view.
    let html = document.to_html().replacen("</body>", &format!("{SPRITE}</body>"), 1);
    format!("<!doctype html>{html}")
}

fn head(page: &ShellPage) -> impl IntoView + use<> {
    let scheme = |name: &str| match page.theme.as_deref() {
        Some(theme) if theme == name => Some("all".to_owned()),
        Some(_) => Some("not all".to_owned()),
        None => Some(format!("(prefers-color-scheme: {name})")),
    };
    view! {
        <head>
            <meta charset="utf-8"/>
            <meta
                name="viewport"
                content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
            />
            {leptos::html::meta().name("theme-color").content("#f6f5f4").attr("media", scheme("light"))}
            {leptos::html::meta().name("theme-color").content("#131110").attr("media", scheme("dark"))}
            <title>{page.title()}</title>
            <link rel="stylesheet" href=page.style_path.clone()/>
            <link rel="modulepreload" href=page.script_path.clone()/>
            <link
                rel="preload"
                href=page.wasm_path.clone()
                r#as="fetch"
                r#type="application/wasm"
                crossorigin="anonymous"
            />
            <link rel="manifest" href="/manifest.webmanifest"/>
            <link rel="icon" href="/mark.svg" r#type="image/svg+xml"/>
            <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
        </head>
    }
}

fn body(page: &ShellPage) -> impl IntoView + use<> {
    let (wording, words) = (page.wording(), page.card());
    let card = page.signed_in.is_none().then(|| view! { <SignInCard page=page.clone()/> });
    let columns = page.signed_in.clone().map(|identity| {
        view! { <Columns identity server_name=page.server_name.clone() wording/> }
    });

    view! {
        <body>
            {card}
            <div class="app" id="app" hidden=page.signed_in.is_none()>
                {columns}
            </div>
            <main id="app-failed" hidden>
                <div class="notice notice--page" role="alert">
                    <span class="notice__icon notice__icon--broken">
                        <Icon name="alert"/>
                    </span>
                    <h1 class="notice__title">{words.app_failed_title}</h1>
                    <p class="notice__text">{words.app_failed_text}</p>
                    <div class="notice__actions">
                        <a class="button button--primary" href="">
                            {wording.common.reload}
                        </a>
                    </div>
                </div>
            </main>
            <noscript>
                <p class="notice" role="alert">{words.script_needed}</p>
            </noscript>
            <script r#type="module" nonce=page.nonce.clone()>
                {script::start(&page.script_path, &page.wasm_path)}
            </script>
            {page.reload_port.map(|port| {
                view! {
                    <script r#type="module" nonce=page.nonce.clone()>
                        {script::reload(port)}
                    </script>
                }
            })}
        </body>
    }
}

#[cfg(test)]
mod tests {
    use chat::Refusal;

    use super::*;

    fn page() -> ShellPage {
        ShellPage {
            language: "en".to_owned(),
            theme: None,
            server_name: "Our <village>".to_owned(),
            host_line: "chat.example".to_owned(),
            guests: true,
            signed_in: None,
            refusal: None,
            typed_name: String::new(),
            nonce: "abc".to_owned(),
            script_path: "/pkg/yoriai.js".to_owned(),
            wasm_path: "/pkg/yoriai.wasm".to_owned(),
            style_path: "/pkg/yoriai.css".to_owned(),
            version: "0.1.0".to_owned(),
            reload_port: None,
        }
    }

    #[test]
    fn the_card_is_a_form_that_needs_no_script() {
        let html = render(&page());
        assert!(html.starts_with("<!doctype html><html lang=\"en\""), "{html}");
        assert!(html.contains("<form"));
        assert!(html.contains("method=\"post\" action=\"/sign-in\""), "{html}");
        assert!(html.contains("action=\"/preferences\""));
        assert!(html.contains("Join Our &lt;village&gt;"));
        assert!(!html.contains("style=\""), "no inline style may break the CSP");
        assert!(!html.contains("<village>"));
    }

    #[test]
    fn the_one_script_carries_the_nonce() {
        let html = render(&page());
        assert_eq!(html.matches("<script").count(), 1);
        assert!(html.contains("nonce=\"abc\""));
        assert!(html.contains("import(\"/pkg/yoriai.js\")"), "{html}");
    }

    #[test]
    fn a_refused_name_is_kept_and_explained_beside_its_field() {
        let refusal = AccountRefusal {
            refusal: Refusal::NameTaken.to_wire(),
            suggestion: Some("Grace 2".to_owned()),
        };
        let refused =
            ShellPage { refusal: Some(refusal), typed_name: "Grace \"G\"".to_owned(), ..page() };
        let html = render(&refused);
        assert!(html.contains("value=\"Grace &quot;G&quot;\""), "{html}");
        assert!(html.contains("aria-invalid=\"true\""));
        assert!(html.contains("Grace 2"));
    }

    #[test]
    fn without_guests_the_card_asks_for_a_password() {
        let html = render(&ShellPage { guests: false, ..page() });
        assert!(html.contains("type=\"password\""));
        assert!(!html.contains("data-way=\"guest\""));
    }

    #[test]
    fn who_is_signed_in_sees_the_columns_of_the_chat() {
        let identity = Identity::parse("Ada").expect("a name");
        let html = render(&ShellPage { signed_in: Some(identity), ..page() });
        assert!(html.contains("data-identity=\"Ada\""));
        assert!(html.contains("skeleton"));
        assert!(!html.contains("action=\"/sign-in\""));
    }

    #[test]
    fn a_theme_and_a_language_stand_on_the_root() {
        let html = render(&ShellPage {
            language: "ja".to_owned(),
            theme: Some("dark".to_owned()),
            ..page()
        });
        assert!(html.contains("<html lang=\"ja\" data-theme=\"dark\""), "{html}");
    }
}
