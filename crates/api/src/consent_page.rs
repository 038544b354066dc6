//! The page on which a consent ends that did not work out. It comes from the server alone, because it must be readable
//! whatever brought the person there.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use portico_app::authorization::{Refusal, Refused};
use portico_kernel::Locale;

use crate::consent_words;

const STYLE: &str = "\
:root{color-scheme:light dark;--bg:#f6f7f8;--surface:#fff;--border:#e2e6ea;--text:#17202a;--muted:#55606b;--accent:#0f766e;--on-accent:#fff}\
@media(prefers-color-scheme:dark){:root{--bg:#121517;--surface:#191d20;--border:#2a3035;--text:#e7eaec;--muted:#a3adb6;--accent:#3cc7b6;--on-accent:#06211e}}\
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;background:var(--bg);color:var(--text);\
font:14px/1.45 'Inter Variable',Inter,'PingFang TC','Hiragino Sans','Malgun Gothic','Noto Sans CJK TC','Noto Sans',system-ui,sans-serif}\
main{max-width:460px;width:100%;padding:32px;background:var(--surface);border:1px solid var(--border);border-radius:12px}\
h1{margin:0 0 12px;font-size:22px;font-weight:600}p{margin:0 0 12px}.muted{color:var(--muted)}\
a{display:inline-block;margin-top:12px;padding:12px 20px;border-radius:8px;background:var(--accent);color:var(--on-accent);font-weight:600;text-decoration:none}\
a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}";

/// The status of each end.
fn status(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::UnknownState
        | Refusal::WrongIssuer
        | Refusal::Incomplete
        | Refusal::Refused
        | Refusal::WrongVerifier
        | Refusal::ClientMisconfigured
        | Refusal::NoRefreshToken
        | Refusal::NotBelievable => StatusCode::BAD_REQUEST,
        Refusal::NotSignedIn
        | Refusal::NotPermitted
        | Refusal::ForeignSession
        | Refusal::Denied
        | Refusal::AdminBlocked
        | Refusal::ScopeMissing => StatusCode::FORBIDDEN,
        Refusal::ReplayedState
        | Refusal::CodeUsed
        | Refusal::WrongAccount
        | Refusal::Colleagues
        | Refusal::Resetting => StatusCode::CONFLICT,
        Refusal::Expired => StatusCode::GONE,
        Refusal::Unavailable => StatusCode::BAD_GATEWAY,
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// The page in the reader's language.
pub(crate) fn page(refused: &Refused, locale: Locale) -> Response {
    let (title, text) = consent_words::refusal(refused.refusal, locale);
    let (untouched, back) = consent_words::frame(locale);
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{} · Portico</title><style>{STYLE}</style></head>\
         <body><main><h1>{}</h1><p>{}</p><p class=\"muted\">{}</p><a href=\"{}\">{}</a></main></body></html>\n",
        locale.tag(),
        escape(title),
        escape(title),
        escape(text),
        escape(untouched),
        escape(&refused.return_to),
        escape(back),
    );
    let mut response = (status(refused.refusal), html).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale.tag()));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(escape("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    }
}
