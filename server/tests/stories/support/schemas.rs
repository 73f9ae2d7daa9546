//! Frames, held against the schemas that the server hands out.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use boon::{Compiler, SchemaIndex, Schemas};
use client::socket::native::Observer;
use server::schemas::{CLIENT_FRAME, SERVER_FRAME};

use super::wire::Way;

struct Compiled {
    schemas: Schemas,
    to_server: SchemaIndex,
    to_client: SchemaIndex,
}

static COMPILED: LazyLock<Compiled> = LazyLock::new(|| {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let mut compile = |name, text| {
        let schema = serde_json::from_str(text).expect("JSON");
        compiler.add_resource(name, schema).expect("a name of its own");
        compiler.compile(name, &mut schemas).expect("a schema")
    };
    let to_server = compile("client-frame.json", CLIENT_FRAME);
    let to_client = compile("server-frame.json", SERVER_FRAME);
    Compiled { schemas, to_server, to_client }
});

/// Why a frame does not fit; nothing where it does.
pub(crate) fn misfit(way: Way, frame: &str) -> Option<String> {
    let schema = match way {
        Way::ToServer => COMPILED.to_server,
        Way::ToClient => COMPILED.to_client,
    };
    let Ok(value) = serde_json::from_str(frame) else {
        return Some(format!("{way:?}, no JSON: {frame}"));
    };
    let judged = COMPILED.schemas.validate(&value, schema);
    judged.err().map(|reason| format!("{way:?}: {frame}\n{reason}"))
}

/// Gathers what does not fit. A client's own task may be the one to see it, where a panic would be
/// overheard.
#[derive(Clone, Default)]
pub(crate) struct Misfits(Arc<Mutex<Vec<String>>>);

impl Misfits {
    /// Looks at a client's frames.
    pub(crate) fn observer(&self) -> Observer {
        let misfits = self.clone();
        Arc::new(move |way, frame| {
            let found = misfit(way, frame);
            misfits.0.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
        })
    }

    /// Everything has fitted so far.
    pub(crate) fn assert_none(&self) {
        let misfits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(misfits.is_empty(), "{}", misfits.join("\n"));
    }
}
