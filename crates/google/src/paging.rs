use std::{collections::BTreeSet, future::Future};

use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};

use crate::{Error, Kind, Listed};

/// The items of a list, one by one; the next page is asked for when the last item of this one has been taken. An item
/// that cannot be read ([`Listed::unreadable`]) comes after the others of its page as an error, and the list goes on; any
/// other error is the last thing that comes. [`StreamExt`] and [`TryStreamExt`] take it apart.
pub type Items<'a, T> = BoxStream<'a, Result<T, Error>>;

/// One page of a list, as [`items`] needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it. A page may be empty although others follow.
    pub items: Listed<T>,
    /// The token of the next page; `None` on the last one.
    pub next: Option<String>,
}

/// The items of all pages that `fetch` gives, from the page with the token `first` on (`None`: from the start). `operation`
/// names the call in an error. A list that comes back to a page it had before ends with [`Kind::Unreadable`], so that it
/// cannot run for ever.
///
/// ```
/// # use portico_google::{Client, Error, Items, Listed, Page, Request, items};
/// # use serde::Deserialize;
/// #[derive(Deserialize)]
/// #[serde(rename_all = "camelCase")]
/// struct TaskPage {
///     #[serde(default)]
///     items: Listed<serde_json::Value>,
///     next_page_token: Option<String>,
/// }
///
/// fn tasks(client: &Client) -> Items<'_, serde_json::Value> {
///     items("tasks.tasks.list", None, move |page_token| async move {
/// #       let request = Request::new("tasks.tasks.list", http::Method::GET, "https://tasks.googleapis.com", "/tasks/v1/lists/a/tasks", &[]);
///         let page: TaskPage = client.json(request.query_opt("pageToken", page_token.as_deref())).await?;
///         Ok(Page { items: page.items, next: page.next_page_token })
///     })
/// }
/// ```
pub fn items<'a, T, F, Fut>(operation: &'static str, first: Option<String>, fetch: F) -> Items<'a, T>
where
    T: Send + 'a,
    F: Fn(Option<String>) -> Fut + Send + 'a,
    Fut: Future<Output = Result<Page<T>, Error>> + Send + 'a,
{
    let pages = Pages::new(operation);
    stream::try_unfold((Some((first, pages)), fetch), move |(state, fetch)| async move {
        let Some((token, mut pages)) = state else { return Ok::<_, Error>(None) };
        // The items of a page are given out before the next token is found to lead in a circle.
        let token = token.map(|token| pages.turn(token)).transpose()?;
        let page = fetch(token).await?;
        // An empty token is what some services write instead of none.
        let next = page.next.filter(|token| !token.is_empty()).map(|token| (Some(token), pages));
        let (items, unreadable) = page.items.into_parts();
        let unreadable = unreadable.into_iter().map(move |item| {
            let id = item.shown_id();
            let colon = if id.is_empty() { "" } else { ": " };
            Err(Error::custom(Kind::Unreadable, operation, format!("{item}{colon}{id}")))
        });
        Ok(Some((stream::iter(items.into_iter().map(Ok).chain(unreadable)), (next, fetch))))
    })
    .try_flatten()
    .boxed()
}

/// The pages that a list has had, so that one that comes back to them cannot run for ever.
pub(crate) struct Pages {
    operation: &'static str,
    seen: BTreeSet<String>,
}

impl Pages {
    pub(crate) fn new(operation: &'static str) -> Self {
        Self { operation, seen: BTreeSet::new() }
    }

    /// The token of the next page, unless that page was there before.
    pub(crate) fn turn(&mut self, token: String) -> Result<String, Error> {
        if self.seen.insert(token.clone()) {
            return Ok(token);
        }
        Err(Error::custom(Kind::Unreadable, self.operation, "the list came back to a page that it had before"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    type Asked = Arc<Mutex<Vec<Option<String>>>>;

    /// A list of these pages; it notes which were asked for.
    fn listed(pages: &'static [(&'static [u8], Option<&'static str>)]) -> (Items<'static, u8>, Asked) {
        let asked = Asked::default();
        let note = Arc::clone(&asked);
        let stream = items("test.list", None, move |token| {
            let number = note.lock().unwrap().len();
            note.lock().unwrap().push(token);
            let page = pages
                .get(number)
                .map(|(items, next)| Page { items: items.to_vec().into(), next: next.map(str::to_owned) });
            async move { page.ok_or_else(|| Error::custom(Kind::Transient, "test.list", "no more")) }
        });
        (stream, asked)
    }

    #[tokio::test]
    async fn items_come_in_order_and_a_page_is_asked_for_when_it_is_needed() {
        let (mut stream, asked) = listed(&[(&[1, 2], Some("a")), (&[], Some("b")), (&[3], Some(""))]);
        assert!(asked.lock().unwrap().is_empty());
        assert_eq!(stream.next().await.unwrap().unwrap(), 1);
        assert_eq!(stream.next().await.unwrap().unwrap(), 2);
        assert_eq!(asked.lock().unwrap().len(), 1);
        assert_eq!(stream.next().await.unwrap().unwrap(), 3);
        assert!(stream.next().await.is_none());
        assert_eq!(*asked.lock().unwrap(), [None, Some("a".to_owned()), Some("b".to_owned())]);
    }

    #[tokio::test]
    async fn the_first_error_is_the_last_thing_that_comes() {
        let (mut stream, asked) = listed(&[(&[1], Some("a"))]);
        assert_eq!(stream.next().await.unwrap().unwrap(), 1);
        assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), &Kind::Transient);
        assert!(stream.next().await.is_none());
        assert_eq!(asked.lock().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn an_item_that_cannot_be_read_does_not_end_the_list() {
        let stream = items("test.list", None, |token: Option<String>| async move {
            let items: Listed<u8> = serde_json::from_str(r#"[1, {"id": "a1"}, 2]"#).unwrap();
            Ok(Page { items, next: token.is_none().then(|| "b".to_owned()) })
        });
        let all: Vec<_> = stream.collect().await;
        let said: Vec<String> =
            all.iter().map(|item| item.as_ref().map_or_else(|e| e.to_string(), u8::to_string)).collect();
        assert_eq!(
            (said.len(), &said[..2], &said[3..5]),
            (6, &["1", "2"].map(str::to_owned)[..], &["1", "2"].map(str::to_owned)[..])
        );
        assert!(all[2].as_ref().unwrap_err().kind() == &Kind::Unreadable && said[5].contains("a1"), "{said:?}");
    }

    #[tokio::test]
    async fn a_list_that_goes_in_circles_ends() {
        let (stream, asked) = listed(&[(&[1], Some("a")), (&[2], Some("b")), (&[3], Some("a")), (&[4], Some("b"))]);
        let all: Vec<_> = stream.collect().await;
        let kinds: Vec<_> = all.iter().map(|item| item.as_ref().map_err(|error| error.kind().clone())).collect();
        assert_eq!(kinds, [Ok(&1), Ok(&2), Ok(&3), Err(Kind::Unreadable)]);
        assert_eq!(asked.lock().unwrap().len(), 3);
    }
}
