use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::{Error, Kind};

/// All but the unreserved characters of RFC 3986: a calendar's id holds `#` and `@`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A call to a service, put together piece by piece and sent with [`Client::json`](crate::Client::json) or
/// [`Client::no_content`](crate::Client::no_content).
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    /// The service's root, such as `https://www.googleapis.com`; the client may put another place in its stead.
    pub(crate) root: &'static str,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<Bytes>,
    pub(crate) repeatable: bool,
    /// Whether an earlier call took its units out of the quota.
    pub(crate) is_paid: bool,
    /// Statuses besides 2xx that are answers and no errors.
    pub(crate) also: &'static [u16],
    pub(crate) problem: Option<String>,
}

impl Request {
    /// A call of `operation` (Google's name of the method, for logs) at `root` and `template`, whose `{}` are filled with
    /// `ids`, percent-encoded. GET, PUT and DELETE may be sent again after a lost answer; others only when
    /// [`Request::repeatable`] says so.
    pub fn new(operation: &'static str, method: Method, root: &'static str, template: &str, ids: &[&str]) -> Self {
        let mut path = String::with_capacity(template.len() + 64);
        let mut problem = None;
        let mut ids = ids.iter();
        for (index, literal) in template.split("{}").enumerate() {
            if index > 0 {
                // "." and ".." would be taken out of the path by whoever parses it, and another resource asked for.
                match ids.next() {
                    Some(&("" | "." | "..")) => problem = Some("an id is empty or a path".to_owned()),
                    Some(id) => path.extend(utf8_percent_encode(id, SEGMENT)),
                    None => problem = Some("an id is missing".to_owned()),
                }
            }
            path.push_str(literal);
        }
        let repeatable = matches!(method, Method::GET | Method::PUT | Method::DELETE);
        let query = String::new();
        let headers = Vec::new();
        Self {
            operation,
            method,
            root,
            path,
            query,
            headers,
            body: None,
            repeatable,
            is_paid: false,
            also: &[],
            problem,
        }
    }

    /// Adds a query parameter. It may be added several times.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let start = std::mem::take(&mut self.query);
        self.query = url::form_urlencoded::Serializer::new(start).append_pair(name, value).finish();
        self
    }

    /// Adds a query parameter if there is a value.
    pub fn query_opt(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => self.headers.push((name, value)),
            Err(_) => self.problem = Some(format!("the value of the header {name} is malformed")),
        }
        self
    }

    /// The call succeeds only while the resource still has this etag; else [`Kind::PreconditionFailed`].
    pub fn if_match(self, etag: &str) -> Self {
        self.header(header::IF_MATCH, etag)
    }

    /// As [`Request::if_match`], if there is an etag.
    pub fn if_match_opt(self, etag: Option<&str>) -> Self {
        match etag {
            Some(etag) => self.if_match(etag),
            None => self,
        }
    }

    /// The call is answered only if the resource has another etag than this one. Send it with
    /// [`Client::json_if_changed`](crate::Client::json_if_changed).
    pub fn if_none_match(mut self, etag: &str) -> Self {
        self.also = &[304];
        self.header(header::IF_NONE_MATCH, etag)
    }

    /// Sets the body.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.body = Some(bytes.into()),
            Err(error) => self.problem = Some(format!("the body cannot be written as JSON ({:?})", error.classify())),
        }
        self.header(header::CONTENT_TYPE, "application/json")
    }

    /// Sets a body that is not JSON.
    pub fn body(mut self, content_type: &str, content: Bytes) -> Self {
        self.body = Some(content);
        self.header(header::CONTENT_TYPE, content_type)
    }

    /// Asks for the content of a thing and not for its metadata. Read it with [`Client::answer`](crate::Client::answer).
    pub fn media(self) -> Self {
        self.query("alt", "media").header(header::ACCEPT, "*/*")
    }

    /// Sends the call to where content is uploaded, in the way that `upload_type` names: `media`, `multipart` or
    /// `resumable`. See [`upload`](crate::upload).
    pub fn upload(mut self, upload_type: &str) -> Self {
        self.path.insert_str(0, "/upload");
        self.query("uploadType", upload_type)
    }

    pub(crate) fn accepts(&self, status: StatusCode) -> bool {
        status.is_success() || self.also.contains(&status.as_u16())
    }

    /// Sets a form as the body.
    pub(crate) fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        self.body = Some(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into());
        self.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    }

    /// Says that a second sending does no harm, so that the call may be repeated after a lost answer: it only reads, or it
    /// carries an id of the caller's or an etag, and the second one is refused.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    pub(crate) fn build(&self, place: &str, authorization: Option<HeaderValue>) -> Result<http::Request<Bytes>, Error> {
        let unsendable = |problem: &str| Error::custom(Kind::Unsendable, self.operation, problem);
        if let Some(problem) = &self.problem {
            return Err(unsendable(problem));
        }
        let question = if self.query.is_empty() { "" } else { "?" };
        let address = format!("{place}{}{question}{}", self.path, self.query);
        let mut request = http::Request::builder().method(self.method.clone()).uri(address);
        if let Some(headers) = request.headers_mut() {
            headers.extend(self.headers.iter().cloned());
            headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json"));
            headers.extend(authorization.map(|value| (header::AUTHORIZATION, value)));
        }
        request.body(self.body.clone().unwrap_or_default()).map_err(|_| unsendable("the address is malformed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(template: &str, ids: &[&str]) -> Result<String, Error> {
        let request = Request::new("x", Method::GET, "https://host", template, ids).query("q", "a b&c");
        request.build("https://host", None).map(|request| request.uri().to_string())
    }

    #[test]
    fn ids_are_encoded_and_the_template_is_not() {
        let holiday = "nl.dutch#holiday@group.v.calendar.google.com";
        assert_eq!(
            address("/calendar/v3/calendars/{}/events/{}", &[holiday, "a/b ü"]).unwrap(),
            "https://host/calendar/v3/calendars/nl.dutch%23holiday%40group.v.calendar.google.com/events/a%2Fb%20%C3%BC?q=a+b%26c"
        );
        assert_eq!(
            address("/v1/people/{}:updateContact", &["c1"]).unwrap(),
            "https://host/v1/people/c1:updateContact?q=a+b%26c"
        );
    }

    #[test]
    fn an_id_that_would_change_the_path_is_not_sent() {
        for id in ["", ".", ".."] {
            let error = address("/calendars/{}/events/{}", &["primary", id]).unwrap_err();
            assert_eq!(error.kind(), &Kind::Unsendable);
        }
        assert_eq!(address("/calendars/{}", &[]).unwrap_err().kind(), &Kind::Unsendable);
    }

    #[test]
    fn an_etag_that_is_no_header_is_not_sent() {
        let request = Request::new("x", Method::DELETE, "https://host", "/a", &[]).if_match("\"1\"\r\nX: y");
        assert_eq!(request.build("https://host", None).unwrap_err().kind(), &Kind::Unsendable);
    }
}
