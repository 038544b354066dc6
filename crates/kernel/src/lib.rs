//! Words that every floor uses: ids, instants, locales, addresses. No I/O, no async.

mod email_address;
mod ids;
mod locale;
mod search_key;
mod timestamp;

pub use email_address::{EmailAddress, InvalidEmailAddress};
pub use ids::*;
pub use locale::Locale;
pub use search_key::{search_key, search_words};
pub use timestamp::Timestamp;
