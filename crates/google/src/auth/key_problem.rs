use std::fmt;

/// Why a file is no usable key of a service account. The error's message says what to do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyProblem {
    /// It is neither a JSON key nor a P12 file, or it is damaged.
    Malformed,
    /// It ends in the middle.
    Truncated,
    /// It is a file of another kind: an OAuth client, a person's credentials, a certificate.
    OtherType,
    /// Something that a key needs is not in it.
    Incomplete,
    /// The e-mail address is none of a service account.
    Email,
    /// The password does not open the P12 file; the file itself is whole.
    WrongPassword,
    /// It is encrypted in a way that is not read here.
    UnsupportedEncryption,
    /// There is no private key in it.
    NoPrivateKey,
    /// There are several private keys in it.
    SeveralKeys,
    /// The private key is of another kind than RSA, or is broken.
    NotRsa,
    /// Two keys that shall work together are of two accounts.
    OtherAccount,
}

impl KeyProblem {
    /// The name for pages and programs, which stays as it is.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Truncated => "truncated",
            Self::OtherType => "other_type",
            Self::Incomplete => "incomplete",
            Self::Email => "email",
            Self::WrongPassword => "wrong_password",
            Self::UnsupportedEncryption => "unsupported_encryption",
            Self::NoPrivateKey => "no_private_key",
            Self::SeveralKeys => "several_keys",
            Self::NotRsa => "not_rsa",
            Self::OtherAccount => "other_account",
        }
    }
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the file is no key of a service account, or it is damaged",
            Self::Truncated => "the key file ends in the middle",
            Self::OtherType => "the file is of another kind than a service account's key",
            Self::Incomplete => "the key file lacks something",
            Self::Email => "the e-mail address is not that of a service account",
            Self::WrongPassword => "the password does not open the key file",
            Self::UnsupportedEncryption => "the key file is encrypted in a way that is not supported",
            Self::NoPrivateKey => "there is no private key in the file",
            Self::SeveralKeys => "there are several private keys in the file",
            Self::NotRsa => "the private key is not a whole RSA key",
            Self::OtherAccount => "the keys belong to different service accounts",
        })
    }
}
