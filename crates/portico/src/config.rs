//! Configuration: one file and the environment, unknown keys refused by name.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use portico_world::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use url::Url;

/// What `portico.toml` and `PORTICO_…` variables say. In a variable's name two underscores lead into a table:
/// `PORTICO_GOOGLE__CLIENT_ID`. The variables `GOOGLE_CLIENT_ID`, `GOOGLE_CLIENT_SECRET`, `GOOGLE_REDIRECT_URI` and
/// `GOOGLE_SCOPES` are read as well.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where people reach the portal, such as `https://portico.example`.
    pub public_url: Url,
    /// Where Google's push messages reach the portal, when that is another address than `public_url`. People come back from
    /// Google's consent to `public_url`: their session lives there and nowhere else.
    pub callback_url: Option<Url>,
    /// The address and port to listen on.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// `sqlite:/path/portico.db` or `postgres://…` (the service's own role, never a superuser).
    pub database: SecretString,
    /// PostgreSQL only: a direct connection for wake-ups, where `database` goes through a pooler.
    pub listen_database: Option<SecretString>,
    /// PostgreSQL only: the owner's connection, which `migrate` uses.
    pub migrate_database: Option<SecretString>,
    /// Master keys, the newest first: 32 bytes each, in base64; a list, or a text with commas between them, as a variable holds
    /// it. `portico rekey --new` prints one.
    #[serde(default, deserialize_with = "keys")]
    pub master_keys: Vec<SecretString>,
    /// A file with the master keys, a line each, instead of `master_keys`.
    pub master_key_file: Option<PathBuf>,
    /// The instance's Google client.
    #[serde(default)]
    pub google: Google,
    /// How many jobs run at once in one process.
    #[serde(default = "default_jobs")]
    pub jobs: usize,
    /// What is logged: `error`, `warn`, `info`, `debug`, or a filter such as `portico=debug,info`.
    #[serde(default = "default_log")]
    pub log: String,
    /// `text` or `json`.
    #[serde(default)]
    pub log_format: LogFormat,
}

/// The instance's Google client and, for tests, another Google than the real one.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Google {
    /// The client id, `….apps.googleusercontent.com`.
    pub client_id: Option<String>,
    /// The client's secret.
    pub client_secret: Option<SecretString>,
    /// The redirect address registered at Google; by default `/api/v1/auth/google/callback` below the callback address.
    pub redirect_uri: Option<Url>,
    /// Scopes asked for besides those of the features, separated by spaces.
    pub scopes: Option<String>,
    /// The file `google-credentials.json` as Google's console gives it, instead of the keys above.
    pub credentials_file: Option<PathBuf>,
    /// Another Google: the address of a sandbox.
    pub endpoint: Option<Url>,
    /// Calls of Calendar a minute of the Google Cloud project, if the console shows another number than Google's usual 10,000.
    pub calls_per_minute: Option<u32>,
    /// The same for each account; Google's usual number is 600.
    pub calls_per_minute_per_user: Option<u32>,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

fn keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SecretString>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Keys {
        List(Vec<SecretString>),
        Text(SecretString),
    }
    Ok(match Keys::deserialize(deserializer)? {
        Keys::List(keys) => keys,
        Keys::Text(text) => {
            let keys = text.expose_secret().split(',').map(str::trim).filter(|key| !key.is_empty());
            keys.map(SecretString::from).collect()
        }
    })
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn default_jobs() -> usize {
    8
}

fn default_log() -> String {
    "info".into()
}

impl Config {
    /// Reads the file (when one is named or `portico.toml` is there) and the environment over it.
    pub fn read(file: Option<&Path>) -> Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "configuration is read here")]
        let variables = std::env::vars_os();
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self::of(file, variables.filter_map(text).collect())
    }

    fn of(file: Option<&Path>, variables: HashMap<String, String>) -> Result<Self> {
        let none = file.is_none() && !Path::new("portico.toml").exists();
        let source = match file {
            Some(path) if !path.exists() => bail!("the configuration file {} is not there", path.display()),
            Some(path) => config::File::from(path).required(true),
            None => config::File::with_name("portico.toml").format(config::FileFormat::Toml).required(false),
        };
        let google = [
            ("GOOGLE_CLIENT_ID", "google.client_id"),
            ("GOOGLE_CLIENT_SECRET", "google.client_secret"),
            ("GOOGLE_REDIRECT_URI", "google.redirect_uri"),
            ("GOOGLE_SCOPES", "google.scopes"),
        ]
        .map(|(variable, key)| (key, variables.get(variable).cloned()));
        let environment = config::Environment::with_prefix("PORTICO").prefix_separator("_").separator("__");
        let mut builder = config::Config::builder()
            .add_source(source)
            .add_source(environment.source(Some(variables.into_iter().collect())));
        for (key, value) in google {
            builder = builder.set_override_option(key, value).context("the environment could not be read")?;
        }
        let config: Self =
            builder.build().context("the configuration could not be read")?.try_deserialize().with_context(|| {
                if none {
                    "there is no portico.toml in this folder (--config names another file), and the environment is not enough"
                } else {
                    "the configuration is not right"
                }
            })?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        if !["http", "https"].contains(&self.public_url.scheme()) || self.public_url.host().is_none() {
            bail!("public_url must be an http or https address, such as https://portico.example");
        }
        if self.master_keys.is_empty() == self.master_key_file.is_none() {
            bail!("name either master_keys or master_key_file: without a key no secret can be kept");
        }
        Ok(())
    }

    /// Where Google pushes to.
    pub fn callback_url(&self) -> &Url {
        self.callback_url.as_ref().unwrap_or(&self.public_url)
    }

    /// The master keys as text, the newest first.
    pub fn master_keys(&self) -> Result<Vec<SecretString>> {
        let Some(path) = &self.master_key_file else { return Ok(self.master_keys.clone()) };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the master key file {} could not be read", path.display()))?;
        let keys: Vec<SecretString> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(SecretString::from).collect();
        if keys.is_empty() {
            bail!("the master key file {} holds no key", path.display());
        }
        Ok(keys)
    }
}

/// `google-credentials.json` as Google's console gives it: a web client.
#[derive(Deserialize)]
pub struct CredentialsFile {
    /// The web client.
    pub web: WebClient,
}

/// The client inside `google-credentials.json`.
#[derive(Deserialize)]
pub struct WebClient {
    /// The client id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
    /// The registered redirect addresses.
    #[serde(default)]
    pub redirect_uris: Vec<Url>,
}

impl Google {
    /// The client's id, secret and redirect address, where a client is configured. `public` is where people reach the
    /// portal: unless told otherwise they come back there. Of several registered addresses the one on its host is meant.
    pub fn client(&self, public: &Url) -> Result<Option<(String, SecretString, Url)>> {
        let default = || public.join("/api/v1/auth/google/callback").context("public_url takes no path");
        if let Some(path) = &self.credentials_file {
            let text = std::fs::read(path).with_context(|| format!("{} could not be read", path.display()))?;
            let file: CredentialsFile = serde_json::from_slice(&text).with_context(|| {
                format!(
                    "{} is no key file of a web client (\"web\": …): download it from Google's console again",
                    path.display()
                )
            })?;
            let registered = &file.web.redirect_uris;
            let own = registered.iter().find(|uri| uri.origin() == public.origin());
            let redirect = match self.redirect_uri.as_ref().or(own).or(registered.first()) {
                Some(uri) => uri.clone(),
                None => default()?,
            };
            return Ok(Some((file.web.client_id, file.web.client_secret, redirect)));
        }
        match (&self.client_id, &self.client_secret) {
            (Some(id), Some(secret)) => {
                let redirect = self.redirect_uri.clone().map_or_else(default, Ok)?;
                Ok(Some((id.clone(), secret.clone(), redirect)))
            }
            (None, None) => Ok(None),
            _ => bail!("a Google client needs both its id and its secret"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("portico.toml");
        std::fs::write(&path, text)?;
        Config::of(Some(&path), HashMap::new())
    }

    fn with_variables(text: &str, variables: &[(&str, &str)]) -> Result<Config> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("portico.toml");
        std::fs::write(&path, text)?;
        Config::of(Some(&path), variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    fn the_environment_says_all_that_a_file_can_say() {
        let config = with_variables(
            "jobs = 2\ndatabase = 'sqlite:of-the-file'",
            &[
                ("PORTICO_PUBLIC_URL", "https://p.test"),
                ("PORTICO_DATABASE", "sqlite:x"),
                ("PORTICO_MASTER_KEYS", "bmV3ZXN0, b2xkZXI="),
                ("PORTICO_JOBS", "3"),
                ("PORTICO_LOG_FORMAT", "json"),
                ("PORTICO_GOOGLE__CLIENT_ID", "of-portico"),
                ("GOOGLE_CLIENT_ID", "of-google"),
                ("GOOGLE_CLIENT_SECRET", "0123"),
                ("GOOGLE_SCOPES", "a b"),
                ("HOME", "/root"),
            ],
        )
        .unwrap();
        let keys = config.master_keys().unwrap();
        assert_eq!(keys.iter().map(ExposeSecret::expose_secret).collect::<Vec<_>>(), ["bmV3ZXN0", "b2xkZXI="]);
        assert_eq!((config.jobs, config.log_format, config.database.expose_secret()), (3, LogFormat::Json, "sqlite:x"));
        let (id, secret, _) = config.google.client(&config.public_url).unwrap().unwrap();
        assert_eq!((id.as_str(), secret.expose_secret()), ("of-google", "0123"));
        assert_eq!(config.google.scopes.as_deref(), Some("a b"));
    }

    #[test]
    fn an_unknown_variable_is_refused_by_name_and_no_value_is_told() {
        let basics = [("PORTICO_PUBLIC_URL", "https://p.test"), ("PORTICO_DATABASE", "sqlite:x")];
        for (name, value, says) in [("PORTICO_COLOUR", "red", "colour"), ("PORTICO_GOOGLE__COLOUR", "red", "colour")] {
            let error = with_variables("master_keys = ['k']", &[basics[0], basics[1], (name, value)]).unwrap_err();
            assert!(format!("{error:#}").contains(says), "{error:#}");
        }
        let error = with_variables("master_keys = 5", &basics).unwrap_err();
        assert!(format!("{error:#}").contains("master_keys"), "{error:#}");
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = read("public_url = 'https://p.test'\ndatabase = 'sqlite:x'\nmaster_keys = ['k']\ncolour = 'red'")
            .unwrap_err();
        assert!(format!("{error:#}").contains("colour"), "{error:#}");
    }

    #[test]
    fn no_master_key_is_refused() {
        let error = read("public_url = 'https://p.test'\ndatabase = 'sqlite:x'").unwrap_err();
        assert!(format!("{error:#}").contains("master_key"), "{error:#}");
    }

    #[test]
    fn people_come_back_to_where_their_session_is() {
        let config = read(
            "public_url = 'https://in.test'\ncallback_url = 'https://out.test'\ndatabase = 'sqlite:x'\nmaster_keys = ['k']\n\
             [google]\nclient_id = 'i'\nclient_secret = 's'",
        )
        .unwrap();
        let (_, _, redirect) = config.google.client(&config.public_url).unwrap().unwrap();
        assert_eq!(redirect.as_str(), "https://in.test/api/v1/auth/google/callback");
        assert_eq!(config.callback_url().as_str(), "https://out.test/");
    }

    #[test]
    fn of_several_registered_addresses_the_own_one_is_meant() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("google-credentials.json");
        let registered = |uris: &str| {
            let text = format!(r#"{{"web": {{"client_id": "i", "client_secret": "s", "redirect_uris": [{uris}]}}}}"#);
            std::fs::write(&path, text).unwrap();
            let google = Google { credentials_file: Some(path.clone()), ..Google::default() };
            google.client(&"https://in.test".parse().unwrap()).unwrap().unwrap().2.to_string()
        };
        let own = "https://in.test/api/v1/auth/google/callback";
        assert_eq!(registered(&format!(r#""http://localhost:8080/callback", "{own}""#)), own);
        assert_eq!(registered(""), own);
        assert_eq!(
            registered(r#""https://other.test/back""#),
            "https://other.test/back",
            "the doctor says what is wrong"
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Config::read(Some(std::path::Path::new("/nowhere/portico.toml"))).unwrap_err();
        assert!(error.to_string().contains("/nowhere/portico.toml"));
    }
}
