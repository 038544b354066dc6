//! Content on its way to Google: in one request with its metadata, or in chunks that outlive cut connections.
//! <https://developers.google.com/workspace/drive/api/guides/manage-uploads>
//!
//! A service makes the request that begins the upload (see [`Request::upload`]); everything else is the same for all.

use std::{fmt, future::Future, io, pin::Pin};

use bytes::{Bytes, BytesMut};
use http::{HeaderName, Method, Response, StatusCode, header};
use portico_world::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt};

use crate::{
    Client, Error, Kind, Request,
    client::{read_json, unreadable},
};

/// Google takes chunks of multiples of this many bytes; the last one may be shorter.
pub const CHUNK_UNIT: usize = 256 * 1024;
/// What a chunk holds unless something else is asked for, in bytes: all that an upload keeps in memory.
const USUAL_CHUNK: usize = 32 * CHUNK_UNIT;
/// Google has not everything yet.
const RESUME_INCOMPLETE: u16 = 308;

/// A piece of content that is being read.
pub type Piece<'a> = Pin<Box<dyn Future<Output = io::Result<Bytes>> + Send + 'a>>;

/// Where the content of an upload comes from. It must be able to go back: Google may have kept less than was sent.
pub trait UploadSource: Send {
    /// How long the content is, in bytes.
    fn length(&self) -> u64;

    /// Reads `length` bytes from `offset` on. Both lie within the content; fewer bytes are an error.
    fn read(&mut self, offset: u64, length: usize) -> Piece<'_>;
}

impl UploadSource for Bytes {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read(&mut self, offset: u64, length: usize) -> Piece<'_> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(length);
        let piece =
            if end <= self.len() { Ok(self.slice(start..end)) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        Box::pin(async { piece })
    }
}

/// The content of something that can be read at any place, such as an open file.
pub struct SeekSource<R> {
    reader: R,
    length: u64,
}

impl<R: AsyncRead + AsyncSeek + Unpin + Send> SeekSource<R> {
    /// Finds out how long it is.
    pub async fn new(mut reader: R) -> io::Result<Self> {
        let length = reader.seek(io::SeekFrom::End(0)).await?;
        Ok(Self { reader, length })
    }
}

impl<R: AsyncRead + AsyncSeek + Unpin + Send> UploadSource for SeekSource<R> {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&mut self, offset: u64, length: usize) -> Piece<'_> {
        Box::pin(async move {
            self.reader.seek(io::SeekFrom::Start(offset)).await?;
            let mut piece = BytesMut::zeroed(length);
            self.reader.read_exact(&mut piece).await?;
            Ok(piece.freeze())
        })
    }
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that Google has.
    pub sent: u64,
    /// Bytes in all.
    pub total: u64,
}

/// What an upload needs to be gone on with, in another process too: kept for a week by Google.
///
/// Its address is a secret: whoever has it can write into the upload without a token.
#[derive(Clone)]
pub struct UploadSession {
    address: SecretString,
    length: u64,
}

impl UploadSession {
    /// The session that [`UploadSession::address`] and [`UploadSession::length`] told of.
    pub fn new(address: impl Into<SecretString>, length: u64) -> Self {
        Self { address: address.into(), length }
    }

    /// Path and query, without the host.
    pub fn address(&self) -> &SecretString {
        &self.address
    }

    /// Of the whole content, in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }
}

impl fmt::Debug for UploadSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadSession").field("length", &self.length).finish_non_exhaustive()
    }
}

/// An upload in chunks. After a cut connection or a server error it asks Google how much has arrived and goes on there.
pub struct ResumableUpload {
    client: Client,
    operation: &'static str,
    root: &'static str,
    session: UploadSession,
    chunk: usize,
    /// What Google has; absent while it has to be asked.
    sent: Option<u64>,
}

/// What Google says to a chunk.
enum Step {
    /// It has everything, and made the resource.
    Done(Bytes),
    /// It has this many bytes.
    At(u64),
}

impl ResumableUpload {
    /// Begins an upload of `length` bytes of the type `content_type`. `request` is the call that would make the resource
    /// without content.
    pub async fn begin(client: &Client, request: Request, content_type: &str, length: u64) -> Result<Self, Error> {
        let (operation, root) = (request.operation, request.root);
        // A session that nobody hears of makes nothing and ends by itself.
        let request = request
            .upload("resumable")
            .header(HeaderName::from_static("x-upload-content-type"), content_type)
            .header(HeaderName::from_static("x-upload-content-length"), &length.to_string())
            .repeatable();
        let answer = client.answer(request).await?;
        let address = session_address(&answer, client.place(root)).ok_or_else(|| {
            Error::custom(Kind::Unreadable, operation, "no address of an upload session came, or a foreign one")
        })?;
        let session = UploadSession { address: address.into(), length };
        Ok(Self { client: client.clone(), operation, root, session, chunk: USUAL_CHUNK, sent: Some(0) })
    }

    /// Goes on with an upload that another process began. `operation` and `root` are those of the call that began it.
    pub fn resume(client: &Client, operation: &'static str, root: &'static str, session: UploadSession) -> Self {
        Self { client: client.clone(), operation, root, session, chunk: USUAL_CHUNK, sent: None }
    }

    /// Sends chunks of this size, in bytes, cut to a multiple of [`CHUNK_UNIT`]. One chunk at a time is in memory.
    pub fn with_chunk(mut self, bytes: usize) -> Self {
        self.chunk = (bytes / CHUNK_UNIT).max(1) * CHUNK_UNIT;
        self
    }

    /// What is to be kept so that another process can go on.
    pub fn session(&self) -> &UploadSession {
        &self.session
    }

    /// Sends what Google has not got yet, and gives the resource that it makes of it.
    ///
    /// It tries as often as the client's [`RetryPolicy`](crate::RetryPolicy) says without getting further. After any
    /// error it may be called again, with the same content; [`Error::is_absent`] means that the session has ended, so
    /// that the upload has to begin anew.
    pub async fn send<T: DeserializeOwned>(
        &mut self,
        source: &mut dyn UploadSource,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<T, Error> {
        let total = self.session.length;
        if source.length() != total {
            return Err(Error::custom(
                Kind::Unsendable,
                self.operation,
                "the content is not as long as the upload was begun for",
            ));
        }
        let (mut furthest, mut in_vain, mut since) = (0, 0, self.client.world().now());
        loop {
            let (step, asked) = match self.sent.take() {
                Some(sent) if sent < total => (self.send_chunk(source, sent).await, false),
                _ => (self.ask().await, true),
            };
            let error = match step {
                Ok(Step::Done(body)) => {
                    progress(Progress { sent: total, total });
                    return serde_json::from_slice(&body).map_err(|problem| {
                        let place = format!("line {}, column {}", problem.line(), problem.column());
                        Error::custom(Kind::Unreadable, self.operation, place).with_effect(true)
                    });
                }
                Ok(Step::At(sent)) => {
                    progress(Progress { sent, total });
                    let further = sent > furthest;
                    if further {
                        (furthest, in_vain, since) = (sent, 0, self.client.world().now());
                    }
                    if sent < total && (further || asked) {
                        self.sent = Some(sent);
                        continue;
                    }
                    Error::custom(Kind::Transient, self.operation, "the upload gets no further")
                }
                Err(error) if *error.kind() == Kind::Transient => error,
                Err(error) => return Err(error),
            };
            in_vain += 1;
            self.pause(error, in_vain, since).await?;
        }
    }

    /// Waits before the next try, or gives the error back when there is none.
    async fn pause(&self, error: Error, in_vain: u32, since: jiff::Timestamp) -> Result<(), Error> {
        let (patience, world) = (self.client.patience(), self.client.world());
        let drawn = patience.backoff.wait(in_vain - 1, &*world.rng);
        let wait = error.retry_after().map_or(drawn, |asked| asked.max(drawn));
        let spent = world.now().duration_since(since).unsigned_abs();
        if in_vain.max(error.attempts()) >= patience.attempts
            || spent.checked_add(wait).is_none_or(|total| total > patience.deadline)
        {
            return Err(error.with_retry_after(Some(wait)));
        }
        tracing::debug!(operation = self.operation, in_vain, error = %error, "an upload goes on after a pause");
        world.clock.sleep(wait).await;
        Ok(())
    }

    async fn send_chunk(&self, source: &mut dyn UploadSource, sent: u64) -> Result<Step, Error> {
        let total = self.session.length;
        let length = usize::try_from(total - sent).unwrap_or(usize::MAX).min(self.chunk);
        let chunk = source
            .read(sent, length)
            .await
            .and_then(|chunk| if chunk.len() == length { Ok(chunk) } else { Err(io::ErrorKind::UnexpectedEof.into()) });
        let chunk = chunk.map_err(|problem| {
            let message = format!("the content cannot be read ({:?})", problem.kind());
            Error::custom(Kind::Unsendable, self.operation, message)
        })?;
        let range = format!("bytes {sent}-{}/{total}", sent + length as u64 - 1);
        self.put(&range, chunk).await
    }

    /// How much Google has.
    async fn ask(&self) -> Result<Step, Error> {
        self.put(&format!("bytes */{}", self.session.length), Bytes::new()).await
    }

    async fn put(&self, range: &str, content: Bytes) -> Result<Step, Error> {
        let mut request = Request::new(self.operation, Method::PUT, self.root, "", &[]);
        let (path, query) = self.session.address.expose_secret().split_once('?').unwrap_or_default();
        (request.path, request.query) = (path.to_owned(), query.to_owned());
        request.also = &[RESUME_INCOMPLETE];
        // After a lost answer Google has to be asked, and not sent the same again.
        request.repeatable = false;
        // Google counts the beginning of an upload and not its pieces.
        request.is_paid = true;
        request.body = Some(content);
        let answer = self.client.answer(request.header(header::CONTENT_RANGE, range)).await?;
        Ok(match answer.status() {
            status if status.as_u16() == RESUME_INCOMPLETE => Step::At(received(&answer).min(self.session.length)),
            // What another than Google said is asked for again.
            status @ (StatusCode::OK | StatusCode::CREATED) => {
                let body = read_json(&answer, |body| Ok(body.clone()));
                Step::Done(body.map_err(|problem| unreadable(self.operation, status, &problem))?)
            }
            status => {
                let message = "an answer that an upload does not have";
                return Err(Error::custom(Kind::Unreadable, self.operation, message).with_status(status));
            }
        })
    }
}

/// How many bytes have arrived: `Range: bytes=0-262143`, or no such header when none has.
fn received(answer: &Response<Bytes>) -> u64 {
    let range = answer.headers().get(header::RANGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let last = range.rsplit_once('-').and_then(|(_, last)| last.trim().parse::<u64>().ok());
    last.map_or(0, |last| last.saturating_add(1))
}

/// Path and query of the session, which must be where the service is: chunks carry the token.
fn session_address(answer: &Response<Bytes>, place: &str) -> Option<String> {
    let location = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    let rest = if location.starts_with('/') { location } else { location.strip_prefix(place)? };
    let is_upload = ["/upload/", "/resumable/upload/"].iter().any(|start| rest.starts_with(start));
    (is_upload && rest.contains('?')).then(|| rest.to_owned())
}

/// `request` with metadata and content in one body. For contents of up to 5 MB; beyond that a cut connection costs too
/// much, so take a [`ResumableUpload`].
pub fn multipart<M: Serialize + ?Sized>(
    client: &Client,
    request: Request,
    metadata: &M,
    content_type: &str,
    content: &[u8],
) -> Request {
    let mut request = request.upload("multipart").json(metadata);
    let metadata = request.body.take().unwrap_or_default();
    request.headers.retain(|(name, _)| name != header::CONTENT_TYPE);
    if content_type.contains(['\r', '\n']) {
        request.problem = Some("the media type is malformed".to_owned());
    }
    let rng = &client.world().rng;
    // 128 random bits do not stand in the content by chance.
    let boundary = format!("{:016x}{:016x}", rng.next_u64(), rng.next_u64());
    let mut body = BytesMut::with_capacity(metadata.len() + content.len() + 300);
    body.extend_from_slice(format!("--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n").as_bytes());
    body.extend_from_slice(&metadata);
    body.extend_from_slice(format!("\r\n--{boundary}\r\nContent-Type: {content_type}\r\n\r\n").as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    request.body(&format!("multipart/related; boundary={boundary}"), body.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(header: HeaderName, value: &str) -> Response<Bytes> {
        Response::builder().status(308).header(header, value).body(Bytes::new()).unwrap()
    }

    #[test]
    fn a_session_is_only_where_the_service_is() {
        let at = |location: &str| session_address(&answer(header::LOCATION, location), "https://www.googleapis.com");
        let good = "/upload/drive/v3/files?uploadType=resumable&upload_id=x";
        assert_eq!(at(good).as_deref(), Some(good));
        assert_eq!(at(&format!("https://www.googleapis.com{good}")).as_deref(), Some(good));
        for foreign in [
            "https://evil.example/upload/x?upload_id=x",
            "https://www.googleapis.com.evil.example/upload/x?upload_id=x",
            "https://www.googleapis.com/drive/v3/files?x",
            "//evil.example/upload/x?upload_id=x",
            "",
        ] {
            assert_eq!(at(foreign), None, "{foreign}");
        }
        let session = UploadSession::new(good.to_owned(), 7);
        assert_eq!(format!("{session:?}"), "UploadSession { length: 7, .. }");
    }

    #[test]
    fn what_has_arrived_is_read_from_the_range() {
        assert_eq!(received(&answer(header::RANGE, "bytes=0-262143")), 262_144);
        assert_eq!(received(&answer(header::RANGE, "0-0")), 1);
        assert_eq!(received(&answer(header::RANGE, "nonsense")), 0);
        assert_eq!(received(&answer(header::DATE, "x")), 0);
    }

    #[tokio::test]
    async fn a_source_goes_back_and_does_not_read_past_its_end() {
        let mut sources: [Box<dyn UploadSource>; 2] = [
            Box::new(Bytes::from_static(b"0123456789")),
            Box::new(SeekSource::new(io::Cursor::new(b"0123456789".to_vec())).await.unwrap()),
        ];
        for source in &mut sources {
            assert_eq!(source.length(), 10);
            assert_eq!(source.read(7, 3).await.unwrap(), "789");
            assert_eq!(source.read(0, 2).await.unwrap(), "01");
            assert_eq!(source.read(8, 3).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
    }
}
