/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection: nothing was sent, so the request may be repeated whatever it was.
    #[error("could not connect to {host}")]
    Connect {
        /// The host that was asked.
        host: String,
    },
    /// The certificate of the other side was not accepted. Nothing was sent.
    #[error("the certificate of {host} was not accepted")]
    Tls {
        /// The host that was asked.
        host: String,
    },
    /// No whole answer came in time. The request may have taken effect.
    #[error("{host} did not answer in time")]
    Timeout {
        /// The host that was asked.
        host: String,
    },
    /// The connection was cut before the whole answer was there. The request may have taken effect.
    #[error("{host} cut the connection")]
    Cut {
        /// The host that was asked.
        host: String,
    },
    /// The answer is larger than this client reads. The request has taken effect.
    #[error("the answer of {host} is too large")]
    TooLarge {
        /// The host that was asked.
        host: String,
    },
    /// The request itself cannot be sent (no absolute address, a scheme other than http or https).
    #[error("the request cannot be sent: {reason}")]
    Unsendable {
        /// What is wrong with it.
        reason: String,
    },
}

impl TransportError {
    /// Whether the other side may have carried the request out although no answer came.
    pub fn may_have_taken_effect(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::Cut { .. } | Self::TooLarge { .. })
    }
}
