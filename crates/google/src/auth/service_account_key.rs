use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p12_keystore::{Pkcs12Archive, PrivateKeyBag, error::Error as P12Error};
use serde::{Deserialize, Serialize};

use crate::{Error, Kind, auth::KeyProblem};

/// The password of the P12 files that the Google Cloud console gives out.
pub const P12_PASSWORD: &str = "notasecret";

/// No key file is larger, so anything larger is not even looked at.
const LARGEST: usize = 256 * 1024;
/// The object identifier `rsaEncryption`.
const RSA: &str = "1.2.840.113549.1.1.1";

/// One private key of a service account, from a JSON or a P12 file of the Google Cloud console.
/// <https://developers.google.com/identity/protocols/oauth2/service-account#creatinganaccount>
///
/// Of a file only the account and its key are taken. The addresses in it are not used: a pasted file must not decide whom
/// a signed assertion is sent to.
#[derive(Clone)]
pub struct ServiceAccountKey {
    email: String,
    key_id: Option<String>,
    client_id: Option<String>,
    project_id: Option<String>,
    signer: EncodingKey,
}

/// Shows which key it is, not the key and not whose.
impl fmt::Debug for ServiceAccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceAccountKey")
            .field("key_id", &self.key_id)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

fn refuse(problem: KeyProblem, message: &str) -> Error {
    Error::custom(Kind::Key(problem), "serviceAccount.key", message)
}

impl ServiceAccountKey {
    /// Reads a JSON key.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct File {
            #[serde(rename = "type")]
            kind: Option<String>,
            client_email: Option<String>,
            client_id: Option<String>,
            project_id: Option<String>,
            private_key: Option<String>,
            private_key_id: Option<String>,
            web: Option<serde::de::IgnoredAny>,
            installed: Option<serde::de::IgnoredAny>,
        }
        if text.len() > LARGEST {
            return Err(refuse(KeyProblem::Malformed, "it is far too large for a key; choose the .json file again"));
        }
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with("-----BEGIN") {
            return Err(refuse(KeyProblem::OtherType, "a bare PEM key names no account; give the whole .json file"));
        }
        let file: File = serde_json::from_str(text).map_err(|error| match error.classify() {
            serde_json::error::Category::Eof if text.starts_with('{') => {
                refuse(KeyProblem::Truncated, "copy or download the .json file again, to its last brace")
            }
            serde_json::error::Category::Data if text.starts_with('{') => {
                refuse(KeyProblem::Malformed, "a field is of the wrong type; download the .json file again")
            }
            _ => refuse(KeyProblem::Malformed, "it is not JSON; a .p12 file has to be read as P12, with its password"),
        })?;
        match file.kind.as_deref() {
            Some("service_account") => {}
            Some("authorized_user") => {
                let message = "it holds a person's credentials; make a key under IAM & Admin, Service accounts, Keys";
                return Err(refuse(KeyProblem::OtherType, message));
            }
            _ if file.web.is_some() || file.installed.is_some() => {
                let message = "it is an OAuth client; make a key under IAM & Admin, Service accounts, Keys";
                return Err(refuse(KeyProblem::OtherType, message));
            }
            Some(_) => return Err(refuse(KeyProblem::OtherType, "its \"type\" is not \"service_account\"")),
            None => return Err(refuse(KeyProblem::OtherType, "it has no \"type\": \"service_account\"")),
        }
        let missing = |name: &str| refuse(KeyProblem::Incomplete, &format!("it has no {name}; download a new key"));
        let email = file.client_email.ok_or_else(|| missing("client_email"))?;
        let pem = file.private_key.filter(|key| !key.is_empty()).ok_or_else(|| missing("private_key"))?;
        let whole = pem.contains("-----BEGIN") && !pem.contains("-----END");
        if whole {
            return Err(refuse(KeyProblem::Truncated, "its private_key has no end; download a new key"));
        }
        Ok(Self {
            email: checked_email(&email)?,
            key_id: file.private_key_id.filter(|id| !id.is_empty()),
            client_id: file.client_id.filter(|id| !id.is_empty()),
            project_id: file.project_id.filter(|id| !id.is_empty()),
            // A key that went through an environment variable often has its line ends written out.
            signer: signer(&pem.replace("\\n", "\n"))?,
        })
    }

    /// Reads a P12 key, in the old encryption (RC2-40, Triple DES) or a modern one (AES). It does not name its account, so
    /// `email` is given beside it. The console's files have the password [`P12_PASSWORD`].
    ///
    /// With several certificates in the file the one that belongs to the private key counts; others are left alone.
    pub fn from_p12(bytes: &[u8], password: &str, email: &str) -> Result<Self, Error> {
        let email = checked_email(email)?;
        if bytes.len() > LARGEST {
            return Err(refuse(KeyProblem::Malformed, "it is far too large for a key; choose the .p12 file again"));
        }
        match bytes.trim_ascii_start().first() {
            Some(b'{') => {
                return Err(refuse(KeyProblem::OtherType, "it is JSON; read it as a JSON key, without a password"));
            }
            Some(b'-') => return Err(refuse(KeyProblem::OtherType, "it is PEM; choose the .p12 or the .json file")),
            Some(0x30) => {}
            _ => return Err(refuse(KeyProblem::Malformed, "it is not a P12 file; download the key again")),
        }
        if der_length(bytes).is_some_and(|length| length > bytes.len()) {
            return Err(refuse(KeyProblem::Truncated, "download the .p12 file again"));
        }
        let archive = Pkcs12Archive::from_pkcs12(bytes, password).map_err(|error| match error {
            // The password fits what lies in the file, so that it is the file that has changed.
            P12Error::MacError(_) if opens_without_checksum(bytes, password) => {
                refuse(KeyProblem::Malformed, "it is damaged: download the .p12 file again")
            }
            error => explain(&error),
        })?;
        let bag = chosen(&archive.keys)?;
        if bag.key.oid().to_string() != RSA {
            return Err(refuse(KeyProblem::NotRsa, "Google's service accounts sign with RSA; make a new key"));
        }
        let pem = pem(bag.key.as_der());
        let id = bag.local_key_id.as_ref().map(AsRef::as_ref);
        let own = archive.certs.iter().find(|cert| id.is_some() && cert.local_key_id.as_deref() == id);
        let certificate = own.or(if archive.certs.len() == 1 { archive.certs.first() } else { None });
        let client_id = certificate.and_then(|bag| common_name(bag.cert.subject())).filter(|name| is_number(name));
        let project_id = email.split_once('@').and_then(|(_, host)| host.strip_suffix(".iam.gserviceaccount.com"));
        let project_id = project_id.map(str::to_owned);
        Ok(Self { key_id: None, client_id, project_id, signer: signer(&pem)?, email })
    }

    /// The service account's e-mail address.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Google's id of the key. A P12 file does not say it.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The account's number of 21 digits, under which an administrator enters delegation. In a P12 file it is the name in
    /// the certificate.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// The Google Cloud project of the account.
    pub fn project_id(&self) -> Option<&str> {
        self.project_id.as_deref()
    }

    /// The assertion that `claims` make, signed with RS256.
    pub(crate) fn sign<T: Serialize>(&self, claims: &T) -> Result<String, Error> {
        let header = Header { kid: self.key_id.clone(), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &self.signer)
            .map_err(|_| refuse(KeyProblem::NotRsa, "the key does not sign; download a new key"))
    }
}

/// Any address may be a service account's (they have been under several domains), but an address it must be.
fn checked_email(email: &str) -> Result<String, Error> {
    let email = email.trim();
    let whole = email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.'));
    let clean = email.chars().all(|c| c.is_ascii_graphic()) && email.matches('@').count() == 1;
    if !whole || !clean {
        let message = "give the account's address as the console shows it (name@project.iam.gserviceaccount.com)";
        return Err(refuse(KeyProblem::Email, message));
    }
    if !email.ends_with(".gserviceaccount.com") {
        return Err(refuse(KeyProblem::Email, "it must end in .gserviceaccount.com: not a person's address"));
    }
    Ok(email.to_owned())
}

/// The key, after it has signed once: what only looks like a key is found out now and not at the first call.
fn signer(pem: &str) -> Result<EncodingKey, Error> {
    let broken = |_| refuse(KeyProblem::NotRsa, "make a new key in the console and give its whole file");
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(broken)?;
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &(), &key).map_err(broken)?;
    Ok(key)
}

/// What jsonwebtoken reads of a PKCS#8 key: PEM, not DER.
fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for (index, letter) in text.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(letter);
    }
    pem + "\n-----END PRIVATE KEY-----\n"
}

/// The only key, or the one that has the name which Google gives.
fn chosen(keys: &[PrivateKeyBag]) -> Result<&PrivateKeyBag, Error> {
    let named: Vec<_> = keys.iter().filter(|key| key.friendly_name.as_deref() == Some("privatekey")).collect();
    match (keys, named.as_slice()) {
        ([only], _) | (_, &[only]) => Ok(only),
        ([], _) => Err(refuse(KeyProblem::NoPrivateKey, "it holds certificates only; download the key itself")),
        _ => Err(refuse(KeyProblem::SeveralKeys, "give a file that holds one of them, as the console makes it")),
    }
}

fn explain(error: &P12Error) -> Error {
    match error {
        // A file without a checksum shows a wrong password only by what does not come out of it.
        P12Error::MacError(_) | P12Error::UnpadError | P12Error::Pkcs5Error(_) => {
            refuse(KeyProblem::WrongPassword, "the console's files have the password notasecret")
        }
        P12Error::UnsupportedEncryptionScheme | P12Error::UnsupportedMacAlgorithm | P12Error::InvalidParameters => {
            refuse(KeyProblem::UnsupportedEncryption, "write it anew with AES-256, or download a JSON key")
        }
        P12Error::InvalidPrivateKey => refuse(KeyProblem::NotRsa, "download a new key"),
        _ => refuse(KeyProblem::Malformed, "download the .p12 file again"),
    }
}

/// Whether the password opens what a P12 file holds, its checksum left aside.
fn opens_without_checksum(bytes: &[u8], password: &str) -> bool {
    without_checksum(bytes).is_some_and(|bare| Pkcs12Archive::from_pkcs12(&bare, password).is_ok())
}

/// The file with its version and its content alone: what comes third is the checksum.
fn without_checksum(bytes: &[u8]) -> Option<Vec<u8>> {
    let start = if *bytes.get(1)? < 0x80 { 2 } else { 2 + usize::from(bytes[1] & 0x7f) };
    let version = der_length(bytes.get(start..)?)?;
    let content = der_length(bytes.get(start + version..)?)?;
    let kept = bytes.get(start..start + version + content)?;
    // DER wants the shortest form of a length; nothing that holds a key is shorter than this.
    let length = u32::try_from(kept.len()).ok().filter(|length| *length >= 0x80)?.to_be_bytes();
    let digits = &length[length.iter().position(|digit| *digit != 0)?..];
    let mut bare = vec![0x30, 0x80 | u8::try_from(digits.len()).ok()?];
    bare.extend_from_slice(digits);
    bare.extend_from_slice(kept);
    Some(bare)
}

/// How long the outermost element says that it is.
fn der_length(bytes: &[u8]) -> Option<usize> {
    let first = *bytes.get(1)?;
    if first < 0x80 {
        return Some(usize::from(first) + 2);
    }
    let digits = usize::from(first & 0x7f);
    let length = bytes.get(2..2 + digits)?;
    if !(1..=4).contains(&digits) {
        return None;
    }
    let length = length.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    length.checked_add(2 + digits)
}

fn common_name(subject: &str) -> Option<String> {
    let part = subject.split([',', '+', '/']).find_map(|part| part.trim().strip_prefix("CN="))?;
    Some(part.trim().to_owned())
}

fn is_number(text: &str) -> bool {
    text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}
