use crate::{
    Error, GoogleService, Items, Request, items,
    people::{People, PeoplePage, Person, PersonField, fields::mask},
};

/// The people whom a Workspace domain shares with its members. A private account has no directory: the call is
/// [`Kind::Invalid`](crate::Kind::Invalid) "Must be a G Suite domain user.".
/// <https://developers.google.com/people/v1/directory>
#[derive(Clone, Copy)]
pub struct Directory<'a> {
    pub(crate) service: &'a People,
}

/// What a directory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectorySource {
    /// Contacts that the domain shares.
    DomainContact,
    /// People with an account in the domain.
    DomainProfile,
}

impl DirectorySource {
    fn as_str(self) -> &'static str {
        match self {
            Self::DomainContact => "DIRECTORY_SOURCE_TYPE_DOMAIN_CONTACT",
            Self::DomainProfile => "DIRECTORY_SOURCE_TYPE_DOMAIN_PROFILE",
        }
    }
}

/// Whom of the directory to list. All but the tokens must be the same on every page and in every increment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryQuery {
    /// What comes of each.
    pub fields: Vec<PersonField>,
    /// From where: at least one.
    pub sources: Vec<DirectorySource>,
    /// Ask for a sync token on the last page. Always true with [`Self::sync_token`].
    pub request_sync_token: bool,
    /// Only what has changed since the list that ended with this token.
    pub sync_token: Option<String>,
    /// The page with this token.
    pub page_token: Option<String>,
    /// People a page at most, 1 to 1000; 500 for a search.
    pub page_size: u32,
}

impl Default for DirectoryQuery {
    fn default() -> Self {
        Self {
            fields: vec![PersonField::Names, PersonField::EmailAddresses, PersonField::Metadata],
            sources: vec![DirectorySource::DomainProfile],
            request_sync_token: false,
            sync_token: None,
            page_token: None,
            page_size: 500,
        }
    }
}

impl DirectoryQuery {
    fn apply(&self, request: Request, most: u32) -> Request {
        let request = self.sources.iter().fold(request, |request, source| request.query("sources", source.as_str()));
        request
            .query("readMask", &mask(&self.fields))
            .query("pageSize", &self.page_size.clamp(1, most).to_string())
            .query_opt("pageToken", self.page_token.as_deref())
    }
}

impl<'a> Directory<'a> {
    /// One page of the directory.
    pub async fn list(self, query: &DirectoryQuery) -> Result<PeoplePage, Error> {
        let synced = query.request_sync_token || query.sync_token.is_some();
        let request = self.service.get("people.people.listDirectoryPeople", "/people:listDirectoryPeople", &[]);
        let request = query
            .apply(request, 1000)
            .query_opt("requestSyncToken", synced.then_some("true"))
            .query_opt("syncToken", query.sync_token.as_deref());
        PeoplePage::read(self.service, request, synced).await
    }

    /// The whole directory, page by page.
    pub fn list_all(self, query: DirectoryQuery) -> Items<'a, Person> {
        items("people.people.listDirectoryPeople", query.page_token.clone(), move |page_token| {
            let query = DirectoryQuery { page_token, ..query.clone() };
            async move { Ok(self.list(&query).await?.into_page()) }
        })
    }

    /// One page of the people that have a word beginning with `text`. There is no sync token.
    pub async fn search(self, text: &str, query: &DirectoryQuery) -> Result<PeoplePage, Error> {
        let request = self.service.get("people.people.searchDirectoryPeople", "/people:searchDirectoryPeople", &[]);
        PeoplePage::read(self.service, query.apply(request, 500).query("query", text), false).await
    }

    /// Everybody that has a word beginning with `text`, page by page.
    pub fn search_all(self, text: &'a str, query: DirectoryQuery) -> Items<'a, Person> {
        items("people.people.searchDirectoryPeople", query.page_token.clone(), move |page_token| {
            let query = DirectoryQuery { page_token, ..query.clone() };
            async move { Ok(self.search(text, &query).await?.into_page()) }
        })
    }
}
