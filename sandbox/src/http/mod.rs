//! What every API has in common: authorization, quotas, faults, batches, partial answers and error bodies.

pub(crate) mod batch;
mod call;
mod dispatch;
mod error;
pub(crate) mod exchange;
pub(crate) mod faults;
pub(crate) mod fields;
pub(crate) mod method;
pub(crate) mod quota;
pub(crate) mod requests;
pub(crate) mod service;

pub use call::{Call, Reply, Uploaded};
pub use error::ApiError;
pub use method::Method;
