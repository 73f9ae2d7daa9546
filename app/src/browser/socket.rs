//! The client's browser socket. The server compiles the page too, and never opens one.

#[cfg(target_arch = "wasm32")]
pub(crate) use client::socket::browser::Socket;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) struct Socket;

#[cfg(not(target_arch = "wasm32"))]
impl Socket {
    pub(crate) fn open(_: &str, _: impl FnMut(client::socket::SocketEvent) + 'static) -> Self {
        Self
    }

    pub(crate) fn send(&self, _: String) {}

    pub(crate) fn close(self) {}
}

/// Where the socket of this page's server is.
pub(crate) fn address() -> String {
    let location = super::dom::window().location();
    let scheme = match location.protocol() {
        Ok(protocol) if protocol == "https:" => "wss",
        _ => "ws",
    };
    let host = location.host().unwrap_or_default();
    format!("{scheme}://{host}{}", chat::protocol::SOCKET_PATH)
}
