//! Values that must not be printed, logged or serialised.

pub use secrecy::{ExposeSecret, SecretString};

/// A secret of any kind. Its `Debug` shows `[REDACTED]`, it has no `Serialize`, and it is wiped when dropped.
/// Read it with [`ExposeSecret::expose_secret`], as late as possible.
pub type Secret<T> = secrecy::SecretBox<T>;
