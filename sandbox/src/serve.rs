//! The sandbox on a socket.

use std::{convert::Infallible, io, path::Path, sync::Arc};

use axum::{Router, body::Body, extract::Request};
use futures::StreamExt;
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};
use tower::ServiceExt;
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};

use crate::{Sandbox, http::exchange::Ending};

/// The largest request that is read, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// A certificate and its key, so that the sandbox can answer under Google's own names.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing or is not PEM.
    #[error("{file} cannot be read as PEM: {reason}")]
    File {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// The two do not belong together, or are of a kind that is not supported.
    #[error("the certificate and its key cannot be used: {0}")]
    Pair(#[from] rustls::Error),
}

impl Tls {
    /// Reads a certificate chain and its key from PEM files.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let wrong = |file: &Path, reason: String| TlsError::File { file: file.display().to_string(), reason };
        let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect)
            .map_err(|error| wrong(certificate, error.to_string()))?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, error.to_string()))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

/// Marks an answer that must not reach the client.
#[derive(Clone, Copy)]
struct Lost;

/// Answers up to this size, in bytes, are sent as they are: making a compressor costs more than answering a call.
const SMALL: u64 = 4096;

/// The sandbox as an axum router, for a test or another server. `scheme` is how its clients reach it.
///
/// An answer that a fault loses is a 504 here; [`serve`] cuts the connection instead.
pub fn router(sandbox: Arc<Sandbox>, scheme: &'static str) -> Router {
    Router::new()
        .fallback(move |request: Request| answer(sandbox.clone(), request, scheme))
        .layer(CompressionLayer::new().gzip(true).compress_when(SizeAbove::new(SMALL)))
}

async fn answer(sandbox: Arc<Sandbox>, request: Request, scheme: &'static str) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let body = match http_body_util::Limited::new(body, LARGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return status(http::StatusCode::PAYLOAD_TOO_LARGE),
    };
    let answered = sandbox.answer(http::Request::from_parts(parts, body), scheme);
    if !answered.delay.is_zero() {
        sandbox.world().clock.sleep(answered.delay).await;
    }
    let (parts, body) = answered.response.into_parts();
    match answered.ending {
        Ending::Whole => http::Response::from_parts(parts, Body::from(body)),
        Ending::Cut => {
            let half = body.slice(..body.len() / 2);
            // The pause lets what there is go out before the connection is cut.
            let cut = async {
                tokio::task::yield_now().await;
                Err(io::Error::from(io::ErrorKind::ConnectionAborted))
            };
            let chunks = futures::stream::iter([Ok(half)]).chain(futures::stream::once(cut));
            let mut response = http::Response::from_parts(parts, Body::from_stream(chunks));
            response.headers_mut().insert(http::header::CONTENT_LENGTH, body.len().into());
            response
        }
        Ending::Lost => {
            let mut response = status(http::StatusCode::GATEWAY_TIMEOUT);
            response.extensions_mut().insert(Lost);
            response
        }
    }
}

fn status(status: http::StatusCode) -> axum::response::Response {
    let mut response = axum::response::Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Serves the sandbox on `listener` for ever, and sends push messages as they become due. HTTP/1.1.
///
/// Dropping the future stops both; connections that are open end with their request.
pub async fn serve(sandbox: Arc<Sandbox>, listener: TcpListener, tls: Option<Tls>) -> io::Result<()> {
    let router = router(sandbox.clone(), if tls.is_some() { "https" } else { "http" });
    tokio::select! {
        () = sandbox.keep_delivering() => Ok(()),
        result = accept(&listener, &router, tls.as_ref()) => result,
    }
}

async fn accept(listener: &TcpListener, router: &Router, tls: Option<&Tls>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (router, tls) = (router.clone(), tls.cloned());
        tokio::spawn(async move {
            // A client that goes away, or a connection that a fault cuts, concerns nobody else.
            if let Err(error) = connection(stream, router, tls).await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

async fn connection(
    stream: TcpStream,
    router: Router,
    tls: Option<Tls>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let router = router.clone();
        async move {
            let response =
                router.oneshot(request.map(Body::new)).await.unwrap_or_else(|never: Infallible| match never {});
            match response.extensions().get::<Lost>() {
                Some(Lost) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                None => Ok(response),
            }
        }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new());
    match tls {
        Some(Tls(acceptor)) => server.serve_connection(TokioIo::new(acceptor.accept(stream).await?), service).await?,
        None => server.serve_connection(TokioIo::new(stream), service).await?,
    }
    Ok(())
}
