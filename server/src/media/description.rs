//! A file as Programmable Chat's media service describes it.

use chat::Timestamp;
use serde_json::{Value, json};

use super::link::Link;
use super::service::address_of;
use super::visitor::Visitor;
use crate::state::AppState;
use crate::store::Upload;
use crate::tunnel::date;

/// With an address of its bytes, which is for whoever asked and ends soon.
pub(super) fn described(
    state: &AppState,
    visitor: &Visitor,
    upload: &Upload,
    now: Timestamp,
) -> Value {
    let (service, media) = (visitor.gateway.service.sid, &upload.media);
    let base = state.config.public_url.origin();
    let link = Link::to(service, media.sid, visitor.user(), now).url(&state.tokens);
    let url = format!("{}/{}", address_of(&base, service), media.sid);
    let filename = Some(&media.filename).filter(|name| !name.is_empty());
    json!({
        "sid": media.sid,
        "service_sid": service,
        "channel_sid": null,
        "message_sid": null,
        "category": "media",
        "filename": filename,
        "content_type": media.content_type,
        "size": media.size,
        "date_created": date(upload.at),
        "date_updated": date(upload.at),
        "date_upload_updated": date(upload.at),
        "is_multipart_upstream": false,
        "url": url,
        "links": {
            "content": format!("{url}/Content"),
            "content_direct_temporary": format!("{base}{}", link.path),
        },
    })
}
