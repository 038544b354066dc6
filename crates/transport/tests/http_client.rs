//! The real client against servers on this machine that behave and misbehave.

use std::{
    future::Future,
    net::SocketAddr,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use bytes::Bytes;
use portico_transport::{HttpClient, Transport, TransportError};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, rustls};

const GZIP: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 207, 86, 178, 42, 41, 42, 77, 173, 5, 0, 144, 95, 212, 167, 11, 0,
    0, 0,
];

struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

/// Serves each connection with `answer`, which gets the stream after the request was read.
async fn server<F>(answer: impl Fn(TcpStream, String) -> F + Send + Sync + 'static) -> Server
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, connections) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = connections.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, SeqCst);
            let request = read_request(&mut stream).await;
            answer(stream, request).await;
        }
    });
    Server { address, connections }
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let (mut request, mut byte) = (Vec::new(), [0; 1]);
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await.is_ok_and(|count| count == 1) {
        request.push(byte[0]);
    }
    String::from_utf8(request).unwrap()
}

/// Sends `head` and `body` and closes.
async fn fixed(head: &'static str, body: &'static [u8]) -> Server {
    server(move |mut stream, _| async move {
        let head = format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
    })
    .await
}

fn get(address: &str) -> http::Request<Bytes> {
    http::Request::get(address).header("authorization", "Bearer t").body(Bytes::new()).unwrap()
}

async fn send(address: SocketAddr) -> Result<http::Response<Bytes>, TransportError> {
    let client = HttpClient::new(Duration::from_millis(200)).unwrap();
    client.send(get(&format!("http://{address}/a?b=c"))).await
}

fn host() -> String {
    "127.0.0.1".into()
}

#[tokio::test]
async fn whole_answers_are_read_whatever_their_status() {
    for (head, status) in [
        ("200 OK\r\ncontent-length: 11\r\netag: \"1\"", 200),
        ("404 Not Found\r\ncontent-length: 11\r\netag: \"1\"", 404),
        ("503 Unavailable\r\netag: \"1\"", 503),
    ] {
        let server = fixed(head, br#"{"ok":true}"#).await;
        let answer = send(server.address).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(answer.headers()["etag"], "\"1\"");
        assert_eq!(answer.body(), br#"{"ok":true}"#.as_slice());
    }
}

#[tokio::test]
async fn what_is_sent_arrives_and_compression_is_undone() {
    let server = server(|mut stream, request| async move {
        let lower = request.to_ascii_lowercase();
        let right = lower.starts_with("get /a?b=c http/1.1\r\n")
            && lower.contains("authorization: bearer t\r\n")
            && lower.contains("accept-encoding: gzip\r\n")
            && lower.contains("user-agent: portico/");
        let status = if right { "200 OK" } else { "400 Bad Request" };
        let length = GZIP.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(GZIP).await.unwrap();
    })
    .await;
    let answer = send(server.address).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (200, br#"{"ok":true}"#.as_slice()));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_the_token_stays_here() {
    let other = fixed("200 OK", b"").await;
    let location =
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{}/\r\ncontent-length: 0\r\n\r\n", other.address);
    let server = server(move |mut stream, _| {
        let location = location.clone();
        async move { stream.write_all(location.as_bytes()).await.unwrap() }
    })
    .await;
    assert_eq!(send(server.address).await.unwrap().status(), 307);
    assert_eq!(other.connections.load(SeqCst), 0);
}

/// Runs another test of this file with a proxy in the environment that nobody serves.
#[test]
fn a_proxy_in_the_environment_is_not_asked() {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "whole_answers_are_read_whatever_their_status"]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, "http://127.0.0.1:1");
    }
    let output = child.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test]
async fn a_cut_answer_may_have_taken_effect() {
    let silent_close = server(|stream, _| async move { drop(stream) }).await;
    let halves = [
        fixed("200 OK\r\ncontent-length: 100", br#"{"items": [{"id""#).await,
        fixed("200 OK\r\ntransfer-encoding: chunked", b"5\r\n{\"ok\"\r\n").await,
        fixed("200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 12", &GZIP[..12]).await,
        silent_close,
    ];
    for server in halves {
        let error = send(server.address).await.unwrap_err();
        assert_eq!(error, TransportError::Cut { host: host() });
        assert!(error.may_have_taken_effect());
    }
}

#[tokio::test]
async fn what_stands_in_the_address_says_nothing_of_the_failure() {
    let server = server(|stream, _| async move { drop(stream) }).await;
    let client = HttpClient::new(Duration::from_millis(200)).unwrap();
    let address = format!("http://{}/invalid-peer-certificate?q=certificate", server.address);
    let error = client.send(get(&address)).await.unwrap_err();
    assert_eq!(error, TransportError::Cut { host: host() });
    assert!(error.may_have_taken_effect());
}

#[tokio::test]
async fn nobody_there_means_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = send(address).await.unwrap_err();
    assert_eq!(error, TransportError::Connect { host: host() });
    assert!(!error.may_have_taken_effect());
}

#[tokio::test]
async fn a_silent_server_and_a_dripping_one_are_given_up() {
    let (done, wait) = tokio::sync::watch::channel(());
    let silent = server(move |stream, _| {
        let mut wait = wait.clone();
        async move {
            let _end = wait.changed().await;
            drop(stream);
        }
    })
    .await;
    assert_eq!(send(silent.address).await.unwrap_err(), TransportError::Timeout { host: host() });
    drop(done);

    let dripping = server(|mut stream, _| async move {
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n").await.unwrap();
        while stream.write_all(b" ").await.is_ok() {
            pace.tick().await;
        }
    })
    .await;
    let client = HttpClient::new(Duration::from_millis(50)).unwrap();
    let error = client.send(get(&format!("http://{}/", dripping.address))).await.unwrap_err();
    assert_eq!(error, TransportError::Timeout { host: host() });
}

#[tokio::test]
async fn an_endless_answer_is_not_swallowed() {
    let server = server(|mut stream, _| async move {
        let block = vec![b' '; 1 << 20];
        stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.unwrap();
        while stream.write_all(&block).await.is_ok() {}
    })
    .await;
    let client = HttpClient::new(Duration::from_secs(30)).unwrap();
    let error = client.send(get(&format!("http://{}/", server.address))).await.unwrap_err();
    assert_eq!(error, TransportError::TooLarge { host: host() });
    assert!(error.may_have_taken_effect());
}

#[tokio::test]
async fn a_certificate_of_nobody_is_refused() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![own.cert.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.is_err()
    });
    let client = HttpClient::new(Duration::from_secs(10)).unwrap();
    let error = client.send(get(&format!("https://localhost:{port}/"))).await.unwrap_err();
    assert_eq!(error, TransportError::Tls { host: "localhost".into() });
    assert!(!error.may_have_taken_effect());
    assert!(serving.await.unwrap(), "the handshake was broken off before any request");
}

#[tokio::test]
async fn what_is_no_web_address_is_not_sent() {
    let client = HttpClient::new(Duration::from_secs(1)).unwrap();
    for address in ["/only/a/path", "ftp://127.0.0.1/", "file://localhost/etc/passwd"] {
        let error = client.send(get(address)).await.unwrap_err();
        assert!(matches!(error, TransportError::Unsendable { .. }), "{address}: {error:?}");
        assert!(!error.may_have_taken_effect());
    }
}
