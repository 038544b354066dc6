use serde_json::json;

use crate::{
    Error, GoogleService, Items, Request,
    calendar::{AccessRole, Calendar, Channel, ListPage, NewChannel, list_page},
    items,
    resource::{open_enum, resource},
};

/// Whom one calendar is shared with. <https://developers.google.com/workspace/calendar/api/v3/reference/acl>
#[derive(Clone, Copy)]
pub struct Acl<'a> {
    pub(crate) service: &'a Calendar,
    pub(crate) calendar_id: &'a str,
    pub(crate) etag: Option<&'a str>,
}

/// Which rules to list. Deleted ones, which have the role `none`, are always shown with a sync token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AclQuery {
    /// Only what has changed since the list that ended with this sync token.
    pub sync_token: Option<String>,
    /// The page with this token.
    pub page_token: Option<String>,
    /// Deleted ones too.
    pub show_deleted: bool,
    /// Rules a page at most, 1 to 250.
    pub max_results: Option<u32>,
}

resource! {
    /// A rule: what somebody may do with a calendar.
    pub struct AclRule {
        /// Its id, such as `user:ann@example.com` or `default`.
        id: String = "id" personal,
        /// Its version.
        etag: String = "etag",
        /// What they may do.
        role: AccessRole = "role",
        /// Who.
        scope: AclScope = "scope",
    }
}

resource! {
    /// Whom a rule is about.
    pub struct AclScope {
        /// Of what kind they are.
        kind: AclScopeKind = "type",
        /// The address of a person or group, or the name of a domain; absent for everybody.
        value: String = "value" personal,
    }
}

open_enum! {
    /// Of what kind the people are whom a rule is about.
    pub enum AclScopeKind {
        /// Everybody, without signing in.
        Default = "default",
        /// One person.
        User = "user",
        /// A group.
        Group = "group",
        /// A whole domain.
        Domain = "domain",
    }
}

impl AclRule {
    /// A new rule: this role for these people. `value` is their address or domain, and empty for everybody.
    pub fn new(role: AccessRole, kind: AclScopeKind, value: &str) -> Self {
        let value = (!value.is_empty()).then(|| value.to_owned());
        let scope = AclScope { kind: Some(kind), value, ..AclScope::default() };
        Self { role: Some(role), scope: Some(scope), ..Self::default() }
    }
}

const ONE: &str = "/calendars/{}/acl/{}";

impl<'a> Acl<'a> {
    /// The same, changing what is there only while it still has this etag; else it is
    /// [`Kind::PreconditionFailed`](crate::Kind::PreconditionFailed).
    /// <https://developers.google.com/workspace/calendar/api/guides/version-resources>
    pub fn if_match(mut self, etag: &'a str) -> Self {
        self.etag = Some(etag);
        self
    }

    /// One page of the rules.
    pub async fn list(self, query: &AclQuery) -> Result<ListPage<AclRule>, Error> {
        self.service.client().json(self.list_request(query)).await
    }

    /// One page of the rules, if the list has another etag than this one ([`ListPage::etag`]).
    pub async fn list_if_changed(self, query: &AclQuery, etag: &str) -> Result<Option<ListPage<AclRule>>, Error> {
        self.service.client().json_if_changed(self.list_request(query).if_none_match(etag)).await
    }

    fn list_request(self, query: &AclQuery) -> Request {
        query.apply(self.service.get("calendar.acl.list", "/calendars/{}/acl", &[self.calendar_id]))
    }

    /// All rules, page by page.
    pub fn list_all(self, query: AclQuery) -> Items<'a, AclRule> {
        items("calendar.acl.list", query.page_token.clone(), move |page_token| {
            let query = AclQuery { page_token, ..query.clone() };
            async move { self.list(&query).await.map(Into::into) }
        })
    }

    /// One rule.
    pub async fn get(self, rule_id: &str) -> Result<AclRule, Error> {
        self.service.client().json(self.get_request(rule_id)).await
    }

    /// One rule, if it has another etag than this one; `None` says that it is still the same.
    pub async fn get_if_changed(self, rule_id: &str, etag: &str) -> Result<Option<AclRule>, Error> {
        self.service.client().json_if_changed(self.get_request(rule_id).if_none_match(etag)).await
    }

    /// The call of [`Acl::get`], for a [batch](GoogleService::batch).
    pub fn get_request(self, rule_id: &str) -> Request {
        self.service.get("calendar.acl.get", ONE, &[self.calendar_id, rule_id])
    }

    /// Shares the calendar. `notify`: whether Google mails the people about it. It does not appear in their lists by
    /// itself: they put it there with [`CalendarList::insert`](crate::calendar::CalendarList::insert). Without a mail it is
    /// repeated after a lost answer, for the same people have one rule.
    pub async fn insert(self, rule: &AclRule, notify: bool) -> Result<AclRule, Error> {
        self.service.client().json(self.insert_request(rule, notify)).await
    }

    /// The call of [`Acl::insert`], for a [batch](GoogleService::batch).
    pub fn insert_request(self, rule: &AclRule, notify: bool) -> Request {
        let request = self.service.post("calendar.acl.insert", "/calendars/{}/acl", &[self.calendar_id]);
        let request = mailing(request, notify).json(rule);
        if notify { request } else { request.repeatable() }
    }

    /// Changes what the people of a rule may do.
    pub async fn patch(self, rule_id: &str, role: &AccessRole, notify: bool) -> Result<AclRule, Error> {
        self.service.client().json(self.patch_request(rule_id, role, notify)).await
    }

    /// The call of [`Acl::patch`], for a [batch](GoogleService::batch).
    pub fn patch_request(self, rule_id: &str, role: &AccessRole, notify: bool) -> Request {
        let request = self.service.patch("calendar.acl.patch", ONE, &[self.calendar_id, rule_id]);
        let request = mailing(request, notify).json(&json!({"role": role})).if_match_opt(self.etag);
        if notify { request } else { request.repeatable() }
    }

    /// Puts `rule` in the place of one that is there.
    pub async fn update(self, rule_id: &str, rule: &AclRule, notify: bool) -> Result<AclRule, Error> {
        let request = self.service.put("calendar.acl.update", ONE, &[self.calendar_id, rule_id]);
        self.service.client().json(mailing(request, notify).json(rule).if_match_opt(self.etag)).await
    }

    /// Ends a rule. Nobody is mailed. [`Error::is_absent`] means that it had ended.
    pub async fn delete(self, rule_id: &str) -> Result<(), Error> {
        self.service.client().no_content(self.delete_request(rule_id)).await
    }

    /// The call of [`Acl::delete`], for a [batch](GoogleService::batch).
    pub fn delete_request(self, rule_id: &str) -> Request {
        let request = self.service.delete_request("calendar.acl.delete", ONE, &[self.calendar_id, rule_id]);
        request.if_match_opt(self.etag)
    }

    /// Asks for a push message whenever a rule changes. See [`Events::watch`](crate::calendar::Events::watch).
    pub async fn watch(self, channel: &NewChannel) -> Result<Channel, Error> {
        let request = self.service.post("calendar.acl.watch", "/calendars/{}/acl/watch", &[self.calendar_id]);
        self.service.client().json(request.json(&channel.body())).await
    }
}

impl AclQuery {
    fn apply(&self, request: Request) -> Request {
        let page = self.page_token.as_deref();
        list_page::page(request, self.max_results, page, self.sync_token.as_deref())
            .query_opt("showDeleted", self.show_deleted.then_some("true"))
    }
}

fn mailing(request: Request, notify: bool) -> Request {
    request.query("sendNotifications", if notify { "true" } else { "false" })
}
