//! From the socket that we listen on to the router: HTTP over each connection, with a limit on how
//! long a request's head may take. `axum::serve` has none.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use axum::serve::Listener;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::Service;

use crate::limits::HEAD_MS;

/// Serves until `stop`, then takes no more and finishes what was begun.
pub(crate) async fn serve(
    mut listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let mut connections = JoinSet::new();
    let (stopping, _) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            // An error makes it wait a second: files that are all in use are no reason to spin.
            (stream, peer) = Listener::accept(&mut listener) => {
                connections.spawn(converse(stream, peer, router.clone(), stopping.subscribe()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop((listener, stopping));
    while connections.join_next().await.is_some() {}
}

/// One request after the other. A socket that a request upgrades goes on elsewhere.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopping: watch::Receiver<()>,
) {
    // Without it small answers only come later.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(router.clone(), peer, request));
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_millis(HEAD_MS))
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
    );
    // How a connection fails is the peer's affair.
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn answer(
    mut router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.call(request).await
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;
    use tokio::time::Instant;

    use super::*;

    const HEAD: Duration = Duration::from_millis(HEAD_MS);
    /// Far more than anything takes where nobody waits for a limit.
    const SOON: Duration = Duration::from_secs(1);

    struct House {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        serving: JoinHandle<()>,
    }

    async fn open() -> House {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let whence = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let router = Router::new().route("/", get(whence));
        let serving = tokio::spawn(serve(listener, router, async {
            let _ = stopped.await;
        }));
        House { address, stop, serving }
    }

    async fn connect(house: &House) -> TcpStream {
        TcpStream::connect(house.address).await.expect("it listens")
    }

    /// Asks, and reads up to the body's end, which says where we come from.
    async fn ask(stream: &mut TcpStream) -> String {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it reads");
        let from = stream.local_addr().expect("it is connected").to_string();
        let mut answer = String::new();
        while !answer.ends_with(&from) {
            let mut bytes = [0; 1_024];
            let count = stream.read(&mut bytes).await.expect("it answers");
            assert_ne!(count, 0, "closed after {answer:?}");
            answer.push_str(std::str::from_utf8(&bytes[..count]).expect("text"));
        }
        answer
    }

    /// Reads to the end; how long that took.
    async fn closed(stream: &mut TcpStream) -> Duration {
        let begun = Instant::now();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.expect("closed in order");
        assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest));
        begun.elapsed()
    }

    // Time is paused in these: it jumps to the next limit as soon as nobody has anything to do.

    #[tokio::test(start_paused = true)]
    async fn who_does_not_finish_a_head_is_left() {
        let house = open().await;
        for beginning in ["", "GET / HTTP/1.1\r\nHo"] {
            let mut stream = connect(&house).await;
            stream.write_all(beginning.as_bytes()).await.expect("it reads");
            let waited = closed(&mut stream).await;
            assert!((HEAD..HEAD + SOON).contains(&waited), "{beginning:?}: {waited:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_gets_no_more_time_than_one_that_stands_still() {
        let house = open().await;
        let mut stream = connect(&house).await;
        let begun = Instant::now();
        while stream.write_all(b"G").await.is_ok() && begun.elapsed() < 3 * HEAD {
            tokio::time::sleep(HEAD / 10).await;
        }
        assert!(begun.elapsed() < HEAD + SOON, "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_serves_again_until_it_idles_too_long() {
        let house = open().await;
        let mut stream = connect(&house).await;
        for _ in 0..3 {
            assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200 OK\r\n"));
            tokio::time::sleep(HEAD / 2).await;
        }
        assert!(closed(&mut stream).await < HEAD);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_idle_does_not_hold_up_the_end() {
        let house = open().await;
        let mut silent = connect(&house).await;
        let mut idle = connect(&house).await;
        ask(&mut idle).await;
        let begun = Instant::now();
        house.stop.send(()).expect("it serves");
        house.serving.await.expect("it ends");
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
        closed(&mut idle).await;
        closed(&mut silent).await;
        assert!(TcpStream::connect(house.address).await.is_err());
    }
}
