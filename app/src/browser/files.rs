//! Files of this device: chosen, pasted, dropped; shown from where they are, and saved to it.

use chat::media::Dimensions;
use client::Attachment;
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, DragEvent, File, FileList, HtmlAnchorElement, HtmlImageElement,
    HtmlInputElement, Url,
};

use super::dom;

/// A file, and where the page can show it for as long as this lives.
pub(crate) struct LocalFile {
    pub(crate) file: File,
    pub(crate) url: String,
}

impl LocalFile {
    pub(crate) fn new(file: File) -> Self {
        let url = Url::create_object_url_with_blob(&file).unwrap_or_default();
        Self { file, url }
    }

    /// As far as is known before anybody has looked into it.
    pub(crate) fn attachment(&self) -> Attachment {
        Attachment {
            sid: None,
            filename: self.file.name(),
            content_type: self.file.type_(),
            size: self.file.size() as u64,
            dimensions: None,
        }
    }
}

impl Drop for LocalFile {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.url);
    }
}

/// What somebody has chosen in a field for files, which then is empty again: the same may be
/// chosen once more.
pub(crate) fn taken_from(input: &HtmlInputElement) -> Vec<File> {
    let files = all(input.files());
    input.set_value("");
    files
}

/// What is pasted, if it is files and no text. Office programs add a picture to each text.
pub(crate) fn pasted(event: &ClipboardEvent) -> Vec<File> {
    let Some(data) = event.clipboard_data() else { return Vec::new() };
    match data.get_data("text/plain") {
        Ok(text) if text.is_empty() => all(data.files()),
        _ => Vec::new(),
    }
}

/// Whether files are dragged over the page, and not a text of its own.
pub(crate) fn are_dragged(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

pub(crate) fn dropped(event: &DragEvent) -> Vec<File> {
    event.data_transfer().map_or_else(Vec::new, |data| all(data.files()))
}

/// How large an image is that has been loaded.
pub(crate) fn dimensions(image: &HtmlImageElement) -> Option<Dimensions> {
    let (width, height) = (image.natural_width(), image.natural_height());
    (0 < width && 0 < height).then_some(Dimensions { width, height })
}

/// Saves what is at a path of ours.
pub(crate) fn save(path: &str, filename: &str) {
    let Ok(link) = dom::document().create_element("a") else { return };
    if let Ok(link) = link.dyn_into::<HtmlAnchorElement>() {
        link.set_href(path);
        link.set_download(filename);
        link.click();
    }
}

fn all(files: Option<FileList>) -> Vec<File> {
    let Some(files) = files else { return Vec::new() };
    (0..files.length()).filter_map(|place| files.get(place)).collect()
}
