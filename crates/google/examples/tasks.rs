//! A service that the library does not have, Google Tasks, added in a few lines, and used.
//!
//! `cargo run -p portico-google --example tasks -- https://tasks.googleapis.com ACCESS_TOKEN`

use std::error::Error;

use portico_google::{Client, Endpoints, Error as GoogleError, GoogleService, StaticToken};
use serde::{Deserialize, Serialize};

struct Tasks(Client);

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Task {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(flatten)]
    other: serde_json::Map<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct TaskPage {
    #[serde(default)]
    items: Vec<Task>,
}

impl GoogleService for Tasks {
    const ROOT: &'static str = "https://tasks.googleapis.com";
    const PATH: &'static str = "/tasks/v1";
    fn with(client: Client) -> Self {
        Self(client)
    }
    fn client(&self) -> &Client {
        &self.0
    }
}

impl Tasks {
    async fn list(&self, list: &str) -> Result<Vec<Task>, GoogleError> {
        let request = self.get("tasks.tasks.list", "/lists/{}/tasks", &[list]);
        Ok(self.client().json::<TaskPage>(request).await?.items)
    }
    async fn insert(&self, list: &str, task: &Task) -> Result<Task, GoogleError> {
        self.client().json(self.post("tasks.tasks.insert", "/lists/{}/tasks", &[list]).json(task)).await
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [base, token]: [String; 2] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: BASE ACCESS_TOKEN")?;
    let tasks: Tasks = Client::online(Endpoints::at(&base), StaticToken::new(token))?.service();
    tasks.insert("@default", &Task { title: Some("Read the letter".into()), ..Task::default() }).await?;
    for task in tasks.list("@default").await? {
        println!("{}", task.title.unwrap_or_default());
    }
    Ok(())
}
