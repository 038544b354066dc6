//! Google's own documents: what becomes one when it is uploaded, and what one can become.

use bytes::Bytes;

const DOCUMENT: &str = "application/vnd.google-apps.document";
const SPREADSHEET: &str = "application/vnd.google-apps.spreadsheet";

/// The types that the sandbox can make of a document of that type.
pub fn formats(mime_type: &str) -> &'static [&'static str] {
    match mime_type {
        DOCUMENT => &["text/plain", "text/html"],
        SPREADSHEET => &["text/csv", "text/tab-separated-values"],
        _ => &[],
    }
}

/// The types that have forms to be exported into.
pub const EXPORTED: [&str; 2] = [DOCUMENT, SPREADSHEET];

/// The types that can be converted into one of Google's own, and into which.
pub const IMPORTED: [(&str, &str); 2] = [("text/plain", DOCUMENT), ("text/csv", SPREADSHEET)];

/// Whether a content of that type may be uploaded as a document of that type.
pub fn is_convertible(content_type: &str, document: &str) -> bool {
    let bare = content_type.split(';').next().unwrap_or_default().trim();
    IMPORTED.iter().any(|(from, to)| *from == bare && *to == document)
}

/// A document in another form; `None` when there is no such form.
pub fn export(document: &str, wanted: &str, content: &Bytes) -> Option<Bytes> {
    let text = || String::from_utf8_lossy(content).into_owned();
    match (document, wanted) {
        (DOCUMENT, "text/plain") | (SPREADSHEET, "text/csv") => Some(content.clone()),
        (DOCUMENT, "text/html") => {
            let paragraphs: String =
                text().lines().map(|line| format!("<p>{}</p>", crate::oauth::pages::escape(line))).collect();
            Some(format!("<html><head><meta charset=\"utf-8\"></head><body>{paragraphs}</body></html>").into())
        }
        (SPREADSHEET, "text/tab-separated-values") => {
            let rows: Vec<String> = text().lines().map(|line| line.replace(',', "\t")).collect();
            Some(rows.join("\n").into())
        }
        _ => None,
    }
}
