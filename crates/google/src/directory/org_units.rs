use std::fmt;

use http::Method;
use serde::{Deserialize, Serialize};

use crate::{Error, GoogleService, Patch, Request, directory::Directory, resource::resource};

/// Organizational units. One is named by its path, as in `/Sales/Prague`, or by its id.
/// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/orgunits>
#[derive(Clone, Copy)]
pub struct OrgUnits<'a> {
    pub(crate) service: &'a Directory,
    pub(crate) customer: &'a str,
}

resource! {
    /// An organizational unit: users lie in one, and settings hold for one.
    pub struct OrgUnit {
        /// The id, with `id:` before it.
        org_unit_id: String = "orgUnitId",
        /// The version.
        etag: String = "etag",
        /// The last part of its path.
        name: String = "name" personal,
        /// The whole path.
        org_unit_path: String = "orgUnitPath" personal,
        /// What it is for.
        description: String = "description" personal,
        /// The path of the unit above; `/` is the top one.
        parent_org_unit_path: String = "parentOrgUnitPath" personal,
        /// The id of the unit above.
        parent_org_unit_id: String = "parentOrgUnitId",
    }
}

impl OrgUnit {
    /// A unit of that name below another.
    pub fn new(name: impl Into<String>, parent_path: impl Into<String>) -> Self {
        Self { name: Some(name.into()), parent_org_unit_path: Some(parent_path.into()), ..Self::default() }
    }
}

/// A change of some fields of a unit; the rest stays.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgUnitPatch {
    /// The name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
    /// Moves it below another.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub parent_org_unit_path: Patch<String>,
}

/// Shows nothing of what is changed.
impl fmt::Debug for OrgUnitPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrgUnitPatch").finish_non_exhaustive()
    }
}

impl<'a> OrgUnits<'a> {
    /// Those of another customer.
    pub fn of_customer(mut self, customer_id: &'a str) -> Self {
        self.customer = customer_id;
        self
    }

    /// A call for one unit. The parts of its path stay parts of the address.
    fn one(self, operation: &'static str, method: Method, path: &str) -> Request {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let template = format!("/customer/{{}}/orgunits/{}", vec!["{}"; parts.len()].join("/"));
        let ids: Vec<&str> = std::iter::once(self.customer).chain(parts).collect();
        self.service.request(operation, method, &template, &ids)
    }

    /// The units below `path`: all of them, or with `children_only` those directly below.
    pub async fn list(self, path: &str, children_only: bool) -> Result<Vec<OrgUnit>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct All {
            #[serde(default)]
            organization_units: Vec<OrgUnit>,
        }
        let request = self.service.get("directory.orgunits.list", "/customer/{}/orgunits", &[self.customer]);
        let request = request.query("orgUnitPath", path).query("type", if children_only { "children" } else { "all" });
        self.service.client().json::<All>(request).await.map(|all| all.organization_units)
    }

    /// One unit.
    pub async fn get(self, path: &str) -> Result<OrgUnit, Error> {
        self.service.client().json(self.one("directory.orgunits.get", Method::GET, path)).await
    }

    /// Makes a unit. After a lost answer look whether it is there.
    pub async fn insert(self, unit: &OrgUnit) -> Result<OrgUnit, Error> {
        let request = self.service.post("directory.orgunits.insert", "/customer/{}/orgunits", &[self.customer]);
        self.service.client().json(request.json(unit)).await
    }

    /// Replaces the fields of a unit.
    pub async fn update(self, path: &str, unit: &OrgUnit, etag: Option<&str>) -> Result<OrgUnit, Error> {
        let request = self.one("directory.orgunits.update", Method::PUT, path);
        self.service.client().json(request.if_match_opt(etag).json(unit)).await
    }

    /// Changes some fields of a unit.
    pub async fn patch(self, path: &str, patch: &OrgUnitPatch, etag: Option<&str>) -> Result<OrgUnit, Error> {
        let request = self.one("directory.orgunits.patch", Method::PATCH, path);
        // A name or a place that changed is not found under the old path by a second sending.
        let moves = !patch.name.is_keep() || !patch.parent_org_unit_path.is_keep();
        let request = request.if_match_opt(etag).json(patch);
        self.service.client().json(if moves { request } else { request.repeatable() }).await
    }

    /// Deletes a unit that has neither users nor units in it.
    pub async fn delete(self, path: &str) -> Result<(), Error> {
        self.service.client().no_content(self.one("directory.orgunits.delete", Method::DELETE, path)).await
    }
}
