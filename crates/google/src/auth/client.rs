use portico_world::SecretString;
use serde::Deserialize;

use crate::{Error, Kind};

/// An OAuth client of the type "Web application", as the Google Cloud console makes it.
#[derive(Clone, Debug)]
pub struct OAuthClient {
    /// Ends in `.apps.googleusercontent.com`.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
    /// Where Google sends the browser back to: exactly one of the client's registered addresses, to the last slash.
    pub redirect_uri: String,
}

impl OAuthClient {
    /// Reads the `google-credentials.json` that the console offers for download. Its addresses of Google are not used.
    /// Without a `redirect_uri` the first one of the file is taken.
    pub fn from_json(text: &str, redirect_uri: Option<&str>) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct File {
            web: Option<Entry>,
            installed: Option<Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            client_id: String,
            client_secret: String,
            #[serde(default)]
            redirect_uris: Vec<String>,
        }
        let refuse = |message: &str| Error::custom(Kind::Unsendable, "oauth2.client", message);
        let file: File = serde_json::from_str(text).map_err(|_| {
            refuse("the file is not a client file of the Google Cloud console (JSON with a \"web\" object)")
        })?;
        let Some(entry) = file.web else {
            return Err(refuse(match file.installed {
                Some(_) => "the client is of the type Desktop; make one of the type Web application",
                None => "the file holds no client of the type Web application",
            }));
        };
        let redirect_uri =
            redirect_uri.map(str::to_owned).or_else(|| entry.redirect_uris.first().cloned()).ok_or_else(|| {
                refuse("the file names no redirect address; register one in the console or give it beside")
            })?;
        Ok(Self { client_id: entry.client_id, client_secret: entry.client_secret.into(), redirect_uri })
    }
}

#[cfg(test)]
mod tests {
    use portico_world::ExposeSecret;

    use super::*;

    #[test]
    fn the_console_file_is_read_and_others_are_refused_with_the_reason() {
        let file = r#"{"web":{"client_id":"1.apps","project_id":"p","auth_uri":"https://evil.example/auth",
            "token_uri":"https://evil.example/token","client_secret":"hush","redirect_uris":["https://a/cb","https://b/cb"]}}"#;
        let client = OAuthClient::from_json(file, None).unwrap();
        assert_eq!((client.client_id.as_str(), client.redirect_uri.as_str()), ("1.apps", "https://a/cb"));
        assert_eq!(client.client_secret.expose_secret(), "hush");
        assert!(!format!("{client:?}").contains("hush"));
        assert_eq!(OAuthClient::from_json(file, Some("https://c/cb")).unwrap().redirect_uri, "https://c/cb");
        for (text, says) in [
            (r#"{"installed":{"client_id":"1","client_secret":"hush"}}"#, "Web application"),
            (r#"{"type":"service_account","private_key":"hush"}"#, "no client"),
            (r#"{"web":{"client_id":"1","client_secret":"hush"}}"#, "redirect"),
            ("hush", "not a client file"),
        ] {
            let error = OAuthClient::from_json(text, None).unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains("hush"), "{error}");
        }
    }
}
