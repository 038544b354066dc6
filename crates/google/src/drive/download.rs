use bytes::Bytes;
use http::{Response, StatusCode, header};

use crate::{Client, Error, GoogleService, Kind, drive::Drive};

const OPERATION: &str = "drive.files.get";
const USUAL_CHUNK: u64 = 8 * 1024 * 1024;

/// The content of a file on its way here, in ranges: one piece at a time is in memory.
/// <https://developers.google.com/workspace/drive/api/guides/manage-downloads#partial_download>
///
/// A piece that broke off is asked for again by itself; after an error [`Download::next`] goes on where it was.
pub struct Download {
    client: Client,
    service: Drive,
    file_id: String,
    chunk: u64,
    offset: u64,
    total: Option<u64>,
    etag: Option<String>,
}

impl Download {
    pub(crate) fn new(service: &Drive, file_id: &str) -> Self {
        Self {
            client: service.client().clone(),
            service: service.clone(),
            file_id: file_id.to_owned(),
            chunk: USUAL_CHUNK,
            offset: 0,
            total: None,
            etag: None,
        }
    }

    /// Pieces of so many bytes.
    pub fn with_chunk(mut self, bytes: u64) -> Self {
        self.chunk = bytes.max(1);
        self
    }

    /// Begins at this byte: for what was broken off in another process.
    pub fn from(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// The size of the whole content in bytes, once a piece has come.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// How many bytes from the beginning on have been given out.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The next piece; `None` when there is no more. [`Kind::PreconditionFailed`] says that the content was replaced
    /// meanwhile: what has come so far is to be thrown away.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if self.total.is_some_and(|total| self.offset >= total) {
            return Ok(None);
        }
        let range = format!("bytes={}-{}", self.offset, self.offset.saturating_add(self.chunk - 1));
        let mut request = self.service.get(OPERATION, "/files/{}", &[&self.file_id]).media();
        request.also = &[416];
        let request = request
            .query("supportsAllDrives", "true")
            .header(header::RANGE, &range)
            // A range is of the content as it is, not as it was packed for the way.
            .header(header::ACCEPT_ENCODING, "identity");
        let answer = self.client.answer(request).await?;
        let etag = answer.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let (piece, total) = self.piece(&answer).ok_or_else(|| {
            let message = "the answer is not the range that was asked for";
            Error::custom(Kind::Unreadable, OPERATION, message).with_status(answer.status())
        })?;
        let other_total = self.total.is_some_and(|before| before != total);
        let other_content = self.etag.is_some() && etag.is_some() && self.etag != etag;
        if other_total || other_content {
            let message = "the content was replaced while it was being downloaded";
            return Err(Error::custom(Kind::PreconditionFailed, OPERATION, message));
        }
        (self.total, self.etag) = (Some(total), etag.or(self.etag.take()));
        self.offset += piece.len() as u64;
        Ok((!piece.is_empty()).then_some(piece))
    }

    /// All the rest at once, in memory, at most `limit` bytes; more is [`Kind::Unreadable`].
    pub async fn rest(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut whole = bytes::BytesMut::new();
        while let Some(piece) = self.next().await? {
            if self.total.is_some_and(|total| total > limit as u64) || whole.len() + piece.len() > limit {
                return Err(Error::custom(
                    Kind::Unreadable,
                    OPERATION,
                    format!("the content is larger than {limit} bytes"),
                ));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// The piece that came and the size of the whole.
    fn piece(&self, answer: &Response<Bytes>) -> Option<(Bytes, u64)> {
        let body = answer.body();
        let range = answer.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
        match answer.status() {
            StatusCode::PARTIAL_CONTENT => {
                let (place, total) = range?.strip_prefix("bytes ")?.split_once('/')?;
                let (first, last) = place.split_once('-')?;
                let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
                let fits = first == self.offset && last.checked_sub(first)? + 1 == body.len() as u64;
                fits.then_some((body.clone(), total.parse().ok()?))
            }
            // Nothing begins there: the end, or an empty file.
            StatusCode::RANGE_NOT_SATISFIABLE => {
                let total =
                    range.and_then(|range| range.strip_prefix("bytes */")).map_or(Some(0), |n| n.parse().ok())?;
                (total <= self.offset).then_some((Bytes::new(), total))
            }
            // Somebody who knows no ranges sends everything.
            StatusCode::OK => {
                let start = usize::try_from(self.offset).ok()?;
                (start <= body.len()).then(|| (body.slice(start..), body.len() as u64))
            }
            _ => None,
        }
    }
}
