use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request as the sandbox reads it.
pub struct Asked {
    /// The HTTP method.
    pub verb: http::Method,
    /// `http` or `https`.
    pub scheme: String,
    /// Host and port as the client wrote them.
    pub authority: String,
    /// The path as it came, percent-encoded.
    pub path: String,
    /// The parameters of the query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Asked {
    /// Reads a request. `scheme` is what its address does not say when it came over a socket.
    pub fn new(request: http::Request<Bytes>, scheme: &str) -> Self {
        let (parts, body) = request.into_parts();
        let authority = match parts.uri.authority() {
            Some(authority) => authority.to_string(),
            None => {
                parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost").to_owned()
            }
        };
        Self {
            verb: parts.method,
            scheme: parts.uri.scheme_str().unwrap_or(scheme).to_owned(),
            authority,
            path: parts.uri.path().to_owned(),
            query: form_pairs(parts.uri.query().unwrap_or_default().as_bytes()),
            headers: parts.headers,
            body,
        }
    }

    /// The host without its port, in lower case.
    pub fn host(&self) -> String {
        let host = match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => &self.authority,
        };
        host.to_ascii_lowercase()
    }

    /// Scheme and host, as in `http://127.0.0.1:8080`.
    pub fn base(&self) -> String {
        format!("{}://{}", self.scheme, self.authority)
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The media type of the body, in lower case and without parameters.
    pub fn media_type(&self) -> String {
        let whole = self.header("content-type").unwrap_or_default();
        whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The fields of a form body; none when the body is something else.
    pub fn form(&self) -> Vec<(String, String)> {
        if self.media_type() == "application/x-www-form-urlencoded" { form_pairs(&self.body) } else { vec![] }
    }

    /// The bearer token.
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// Whether the request may be for one of `hosts`: the sandbox's own address stands for all of Google's hosts, one
    /// of Google's names for itself alone.
    pub fn is_for(&self, hosts: &[&str]) -> bool {
        let host = self.host();
        !is_google(&host) || hosts.contains(&host.as_str())
    }
}

/// Whether that is one of Google's own host names.
pub fn is_google(host: &str) -> bool {
    [".googleapis.com", ".google.com"].iter().any(|domain| host.ends_with(domain))
}

/// The pairs of a query or a form.
pub fn form_pairs(bytes: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

/// The first value of that name.
pub fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// A segment of a path without its percent-encoding.
pub fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// How much of the answer reaches the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// All of it.
    #[default]
    Whole,
    /// Half of the body, then the connection is cut.
    Cut,
    /// Nothing: the connection is cut at once.
    Lost,
}

/// What goes back to the client.
pub struct Answered {
    /// The answer.
    pub response: Response<Bytes>,
    /// How long it is held back.
    pub delay: Duration,
    /// How much of it arrives.
    pub ending: Ending,
}

impl From<Response<Bytes>> for Answered {
    fn from(response: Response<Bytes>) -> Self {
        Self { response, delay: Duration::ZERO, ending: Ending::Whole }
    }
}

fn answer(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if !content_type.is_empty() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

/// A JSON answer, spread over lines as Google does by default.
pub fn json(status: u16, body: &Value) -> Response<Bytes> {
    json_as(status, body, true)
}

/// A JSON answer, spread over lines or not.
pub fn json_as(status: u16, body: &Value, pretty: bool) -> Response<Bytes> {
    let text = if pretty { serde_json::to_vec_pretty(body) } else { serde_json::to_vec(body) };
    answer(status, "application/json; charset=UTF-8", text.unwrap_or_default())
}

/// A page.
pub fn html(status: u16, page: String) -> Response<Bytes> {
    answer(status, "text/html; charset=utf-8", page)
}

/// A text.
pub fn plain(status: u16, text: String) -> Response<Bytes> {
    answer(status, "text/plain; charset=utf-8", text)
}

/// An answer without a body.
pub fn empty(status: u16) -> Response<Bytes> {
    answer(status, "", Bytes::new())
}

/// Sends the browser to another address.
pub fn redirect(to: &str) -> Response<Bytes> {
    let mut response = empty(302);
    match HeaderValue::from_str(to) {
        Ok(to) => {
            response.headers_mut().insert(header::LOCATION, to);
            response
        }
        Err(_) => html(400, "The address to go back to is not a legal address.".into()),
    }
}

/// Sets a header; a value that HTTP does not allow is left out.
pub fn set(response: &mut Response<Bytes>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// What Google answers to a path that it does not know.
pub fn unknown_path(path: &str) -> Response<Bytes> {
    let path = crate::oauth::pages::escape(path);
    html(
        404,
        format!(
            "<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <title>Error 404 (Not Found)</title>\n  \
             <p><b>404.</b> That is an error.\n  <p>The requested URL <code>{path}</code> was not found on this server.\n"
        ),
    )
}
