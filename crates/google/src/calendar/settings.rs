use crate::{
    Error, GoogleService, Items, Request,
    calendar::{Calendar, Channel, ListPage, NewChannel, list_page},
    items,
    resource::resource,
};

/// What the account has set in Google Calendar, to read only.
/// <https://developers.google.com/workspace/calendar/api/v3/reference/settings>
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    pub(crate) service: &'a Calendar,
}

/// Which settings to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsQuery {
    /// Only what has changed since the list that ended with this sync token.
    pub sync_token: Option<String>,
    /// The page with this token.
    pub page_token: Option<String>,
    /// Settings a page at most, 1 to 250.
    pub max_results: Option<u32>,
}

resource! {
    /// One setting.
    pub struct Setting {
        /// Its name, such as `timezone`, `locale` or `weekStart`.
        id: String = "id",
        /// Its version.
        etag: String = "etag",
        /// Its value, as text whatever it is.
        value: String = "value" personal,
    }
}

impl<'a> Settings<'a> {
    /// One page of the settings.
    pub async fn list(self, query: &SettingsQuery) -> Result<ListPage<Setting>, Error> {
        self.service.client().json(self.list_request(query)).await
    }

    /// One page of the settings, if the list has another etag than this one ([`ListPage::etag`]).
    pub async fn list_if_changed(self, query: &SettingsQuery, etag: &str) -> Result<Option<ListPage<Setting>>, Error> {
        self.service.client().json_if_changed(self.list_request(query).if_none_match(etag)).await
    }

    fn list_request(self, query: &SettingsQuery) -> Request {
        query.apply(self.service.get("calendar.settings.list", "/users/me/settings", &[]))
    }

    /// All settings, page by page.
    pub fn list_all(self, query: SettingsQuery) -> Items<'a, Setting> {
        items("calendar.settings.list", query.page_token.clone(), move |page_token| {
            let query = SettingsQuery { page_token, ..query.clone() };
            async move { self.list(&query).await.map(Into::into) }
        })
    }

    /// One setting by its name.
    pub async fn get(self, name: &str) -> Result<Setting, Error> {
        self.service.client().json(self.service.get("calendar.settings.get", "/users/me/settings/{}", &[name])).await
    }

    /// Asks for a push message whenever a setting changes. See [`Events::watch`](crate::calendar::Events::watch).
    pub async fn watch(self, channel: &NewChannel) -> Result<Channel, Error> {
        let request = self.service.post("calendar.settings.watch", "/users/me/settings/watch", &[]);
        self.service.client().json(request.json(&channel.body())).await
    }
}

impl SettingsQuery {
    fn apply(&self, request: Request) -> Request {
        list_page::page(request, self.max_results, self.page_token.as_deref(), self.sync_token.as_deref())
    }
}
