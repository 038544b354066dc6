use serde::Deserialize;

use crate::{
    Error, GoogleService, Items, Kind, Listed, Page, Request,
    calendar::Cursor,
    items,
    paging::Pages,
    people::{CONTACT_FIELDS, People, Person, PersonField, fields::mask},
};

/// The account's contacts as a list.
/// <https://developers.google.com/people/api/rest/v1/people.connections>
#[derive(Clone, Copy)]
pub struct Connections<'a> {
    pub(crate) service: &'a People,
}

/// The order of a list of contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortOrder {
    /// The latest change last.
    LastModifiedAscending,
    /// The latest change first.
    LastModifiedDescending,
    /// By given name.
    FirstNameAscending,
    /// By family name.
    LastNameAscending,
}

impl SortOrder {
    fn as_str(self) -> &'static str {
        match self {
            Self::LastModifiedAscending => "LAST_MODIFIED_ASCENDING",
            Self::LastModifiedDescending => "LAST_MODIFIED_DESCENDING",
            Self::FirstNameAscending => "FIRST_NAME_ASCENDING",
            Self::LastNameAscending => "LAST_NAME_ASCENDING",
        }
    }
}

/// Which contacts to list. All but the tokens must be the same on every page and in every increment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionsQuery {
    /// What comes of each.
    pub fields: Vec<PersonField>,
    /// Ask for a sync token on the last page. Always true with [`Self::sync_token`].
    pub request_sync_token: bool,
    /// Only what has changed since the list that ended with this token, deleted contacts too. It is good for seven days from
    /// the full list that it goes back to; after that the error is [`Kind::FullSyncRequired`].
    pub sync_token: Option<String>,
    /// The page with this token.
    pub page_token: Option<String>,
    /// People a page at most, 1 to 1000.
    pub page_size: u32,
    /// In which order. Google's own when nothing is said.
    pub sort_order: Option<SortOrder>,
}

impl Default for ConnectionsQuery {
    fn default() -> Self {
        Self {
            fields: CONTACT_FIELDS.to_vec(),
            request_sync_token: false,
            sync_token: None,
            page_token: None,
            page_size: 1000,
            sort_order: None,
        }
    }
}

/// One page of people.
#[derive(Clone, Debug, PartialEq)]
pub struct PeoplePage {
    /// The people.
    pub people: Listed<Person>,
    /// What comes after this page.
    pub next: Cursor,
    /// How many there are in all, where Google says so.
    pub total: Option<i64>,
}

/// The lists of people differ in the name of the list and of the total.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    #[serde(default, alias = "connections", alias = "otherContacts")]
    people: Listed<Person>,
    next_page_token: Option<String>,
    next_sync_token: Option<String>,
    total_items: Option<i64>,
    total_size: Option<i64>,
}

impl PeoplePage {
    /// Reads the answer of `request`. Where a sync token is asked for, a page with no token at all is not one: an increment
    /// without a change is a token alone, and taking an empty object for it would lose the cursor.
    pub(crate) async fn read(service: &People, request: Request, synced: bool) -> Result<Self, Error> {
        let operation = request.operation;
        let page: Envelope = service.client().json(request).await?;
        let next = Cursor::of(page.next_page_token, page.next_sync_token);
        if synced && next == Cursor::End(None) {
            return Err(Error::custom(Kind::Unreadable, operation, "a page without a token: nothing can follow it"));
        }
        Ok(Self { people: page.people, next, total: page.total_items.or(page.total_size) })
    }

    pub(crate) fn into_page(self) -> Page<Person> {
        Page { items: self.people, next: self.next.page_token() }
    }
}

impl ConnectionsQuery {
    /// The whole list with a sync token at its end.
    pub fn full_sync() -> Self {
        Self { request_sync_token: true, ..Self::default() }
    }

    /// What has changed since the list that ended with this token.
    pub fn changes_since(sync_token: &str) -> Self {
        Self { sync_token: Some(sync_token.to_owned()), ..Self::full_sync() }
    }

    fn synced(&self) -> bool {
        self.request_sync_token || self.sync_token.is_some()
    }
}

impl<'a> Connections<'a> {
    /// One page of the list.
    pub async fn list(self, query: &ConnectionsQuery) -> Result<PeoplePage, Error> {
        let request = self
            .service
            .get("people.people.connections.list", "/people/me/connections", &[])
            .query("personFields", &mask(&query.fields))
            .query("pageSize", &query.page_size.clamp(1, 1000).to_string())
            .query_opt("requestSyncToken", query.synced().then_some("true"))
            .query_opt("syncToken", query.sync_token.as_deref())
            .query_opt("pageToken", query.page_token.as_deref())
            .query_opt("sortOrder", query.sort_order.map(SortOrder::as_str));
        PeoplePage::read(self.service, request, query.synced()).await
    }

    /// All contacts, page by page.
    pub fn list_all(self, query: ConnectionsQuery) -> Items<'a, Person> {
        items("people.people.connections.list", query.page_token.clone(), move |page_token| {
            let query = ConnectionsQuery { page_token, ..query.clone() };
            async move { Ok(self.list(&query).await?.into_page()) }
        })
    }

    /// All contacts, or all changes, with the sync token for the next time. It asks for the token by itself.
    pub async fn sync(self, query: &ConnectionsQuery) -> Result<(Listed<Person>, Option<String>), Error> {
        let mut query = ConnectionsQuery { request_sync_token: true, ..query.clone() };
        let (mut people, mut pages) = (Listed::default(), Pages::new("people.people.connections.list"));
        loop {
            let page = self.list(&query).await?;
            people.append(page.people);
            match page.next {
                Cursor::More(token) => query.page_token = Some(pages.turn(token)?),
                Cursor::End(token) => return Ok((people, token)),
            }
        }
    }
}
