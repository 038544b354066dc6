use std::future::Future;

use http::Method;
use serde::de::DeserializeOwned;

use crate::{Client, Error, Request, batch};

/// A Google API on top of a [`Client`]. Implement it to add one that this library does not have; retries, refreshes and
/// errors come with it.
///
/// Google Tasks, read and written (<https://developers.google.com/workspace/tasks/reference/rest>):
///
/// ```
/// use portico_google::{Client, Error, GoogleService, Request};
/// use serde::{Deserialize, Serialize};
///
/// pub struct Tasks(Client);
///
/// #[derive(Clone, Debug, Default, Serialize, Deserialize)]
/// pub struct Task {
///     #[serde(skip_serializing_if = "Option::is_none")]
///     pub id: Option<String>,
///     #[serde(skip_serializing_if = "Option::is_none")]
///     pub title: Option<String>,
///     #[serde(flatten)]
///     pub other: serde_json::Map<String, serde_json::Value>,
/// }
///
/// #[derive(Debug, Deserialize)]
/// #[serde(rename_all = "camelCase")]
/// pub struct TaskPage {
///     #[serde(default)]
///     pub items: Vec<Task>,
///     pub next_page_token: Option<String>,
/// }
///
/// impl GoogleService for Tasks {
///     const ROOT: &'static str = "https://tasks.googleapis.com";
///     const PATH: &'static str = "/tasks/v1";
///     fn with(client: Client) -> Self {
///         Self(client)
///     }
///     fn client(&self) -> &Client {
///         &self.0
///     }
/// }
///
/// impl Tasks {
///     pub async fn list(&self, list: &str, page: Option<&str>) -> Result<TaskPage, Error> {
///         let request = self.get("tasks.tasks.list", "/lists/{}/tasks", &[list]);
///         self.client().json(request.query_opt("pageToken", page)).await
///     }
///     pub async fn insert(&self, list: &str, task: &Task) -> Result<Task, Error> {
///         let request = self.post("tasks.tasks.insert", "/lists/{}/tasks", &[list]);
///         self.client().json(request.json(task)).await
///     }
///     pub async fn delete(&self, list: &str, task: &str) -> Result<(), Error> {
///         self.client().no_content(self.delete_request("tasks.tasks.delete", "/lists/{}/tasks/{}", &[list, task])).await
///     }
/// }
/// ```
pub trait GoogleService: Sized {
    /// The host with its scheme, as the discovery document's `rootUrl` has it, without a slash at the end.
    const ROOT: &'static str;
    /// What all paths begin with, such as `/calendar/v3`: the discovery document's `servicePath`.
    const PATH: &'static str;

    /// Where its batches go: the discovery document's `batchPath`, with a slash before it.
    const BATCH: &'static str = "/batch";

    /// The service on this client.
    fn with(client: Client) -> Self;

    /// The client that it calls with.
    fn client(&self) -> &Client;

    /// A call of `operation` at `template` below [`Self::PATH`]; each `{}` takes one of `ids`, percent-encoded.
    fn request(&self, operation: &'static str, method: Method, template: &str, ids: &[&str]) -> Request {
        Request::new(operation, method, Self::ROOT, &format!("{}{template}", Self::PATH), ids)
    }

    /// A GET.
    fn get(&self, operation: &'static str, template: &str, ids: &[&str]) -> Request {
        self.request(operation, Method::GET, template, ids)
    }

    /// A POST. It is not repeated after a lost answer unless it says [`Request::repeatable`].
    fn post(&self, operation: &'static str, template: &str, ids: &[&str]) -> Request {
        self.request(operation, Method::POST, template, ids)
    }

    /// A PUT.
    fn put(&self, operation: &'static str, template: &str, ids: &[&str]) -> Request {
        self.request(operation, Method::PUT, template, ids)
    }

    /// A PATCH. It is not repeated after a lost answer unless it says [`Request::repeatable`].
    fn patch(&self, operation: &'static str, template: &str, ids: &[&str]) -> Request {
        self.request(operation, Method::PATCH, template, ids)
    }

    /// A DELETE.
    fn delete_request(&self, operation: &'static str, template: &str, ids: &[&str]) -> Request {
        self.request(operation, Method::DELETE, template, ids)
    }

    /// Sends many calls at once and gives the answer to each, in their order. They travel in batches of 50; each counts
    /// as one call of the quota, and Google carries them out in any order. A call that fails for a passing reason is sent
    /// again, without the others and under the same rules as alone. An answer without a body reads as `null`: take
    /// [`IgnoredAny`](serde::de::IgnoredAny) for deletions. <https://developers.google.com/workspace/calendar/api/guides/batch>
    fn batch<T: DeserializeOwned + Send>(
        &self,
        requests: Vec<Request>,
    ) -> impl Future<Output = Vec<Result<T, Error>>> + Send {
        self.batch_read(requests, |body| serde_json::from_slice(if body.is_empty() { b"null" } else { body }))
    }

    /// As [`GoogleService::batch`], with each body read by `read`.
    fn batch_read<T: Send>(
        &self,
        requests: Vec<Request>,
        read: fn(&[u8]) -> Result<T, serde_json::Error>,
    ) -> impl Future<Output = Vec<Result<T, Error>>> + Send {
        let place = batch::Place { root: Self::ROOT, path: Self::BATCH };
        let client = self.client().clone();
        async move { client.batch(place, requests, read).await }
    }
}
