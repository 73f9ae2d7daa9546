//! One file on its way to the server. By `XMLHttpRequest`: `fetch` tells nothing of the way.

use std::rc::Rc;

use js_sys::encode_uri_component;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{File, ProgressEvent, XmlHttpRequest};

/// What is heard of an upload.
pub(crate) enum Heard {
    /// The part of it that is through, of 1.
    Part(f64),
    Answered {
        status: u16,
        text: String,
    },
    Broke,
}

type Listener = Closure<dyn FnMut(ProgressEvent)>;

/// An upload. Dropping it stops it, and nothing more is heard of it.
pub(crate) struct Upload {
    request: XmlHttpRequest,
    _listeners: [Listener; 3],
}

impl Upload {
    /// Begins. Nothing where the browser does not even try.
    pub(crate) fn start(file: &File, token: &str, hear: Rc<dyn Fn(Heard)>) -> Option<Self> {
        let request = XmlHttpRequest::new().ok()?;
        let name = String::from(encode_uri_component(&file.name()));
        request.open_with_async("POST", &format!("/media?filename={name}"), true).ok()?;
        request.set_request_header("authorization", &format!("Bearer {token}")).ok()?;

        let (part, broke, answered) = (Rc::clone(&hear), Rc::clone(&hear), request.clone());
        let part = Listener::new(move |event: ProgressEvent| {
            if event.length_computable() && 0.0 < event.total() {
                part(Heard::Part(event.loaded() / event.total()));
            }
        });
        let broke = Listener::new(move |_| broke(Heard::Broke));
        let answered = Listener::new(move |_| {
            let status = answered.status().unwrap_or(0);
            let text = answered.response_text().ok().flatten().unwrap_or_default();
            hear(Heard::Answered { status, text });
        });
        request.upload().ok()?.set_onprogress(Some(part.as_ref().unchecked_ref()));
        request.set_onerror(Some(broke.as_ref().unchecked_ref()));
        request.set_onload(Some(answered.as_ref().unchecked_ref()));

        request.send_with_opt_blob(Some(file)).ok()?;
        Some(Self { request, _listeners: [part, broke, answered] })
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.request.set_onerror(None);
        self.request.set_onload(None);
        if let Ok(upload) = self.request.upload() {
            upload.set_onprogress(None);
        }
        let _ = self.request.abort();
    }
}
