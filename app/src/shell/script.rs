//! The text of the shell's one script tag, and of the one that reloads the page while developing.

/// Loads the app. Where it cannot, the page says so: over the chat's columns at once, and on the
/// sign-in card, which works without it, not at all.
pub(super) fn start(script_path: &str, wasm_path: &str) -> String {
    let (script_path, wasm_path) = (quoted(script_path), quoted(wasm_path));
    format!(
        "try{{const app=await import({script_path});\
         await app.default({{module_or_path:{wasm_path}}});app.hydrate()}}\
         catch(error){{console.error(error);const columns=document.getElementById(\"app\");\
         if(!columns.hidden){{columns.hidden=true;\
         document.getElementById(\"app-failed\").hidden=false}}}}"
    )
}

/// Reloads the page when `cargo leptos watch` has built a newer one.
pub(super) fn reload(port: u16) -> String {
    format!(
        "new WebSocket(\"ws://\"+location.hostname+\":{port}/live_reload\").onmessage=event=>{{\
         const news=JSON.parse(event.data);if(news.all||news.css)location.reload()}}"
    )
}

/// A text as a script writes it, harmless inside a tag.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_leave_its_script() {
        assert_eq!(quoted("</script>\""), "\"\\u003c/script>\\\"\"");
    }
}
