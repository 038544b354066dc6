use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Refused};
use crate::state::Project;

/// `POST projects`: makes a Google Cloud project known, or changes what is given of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    project: String,
    disabled_apis: Option<BTreeSet<String>>,
}

/// `GET projects`
pub fn list(control: &mut Control<'_>) -> Value {
    json!({"items": control.inner.state.projects.values().collect::<Vec<_>>()})
}

/// `POST projects`
pub fn put(control: &mut Control<'_>) -> Result<Value, Refused> {
    let wanted: Wanted = control.body()?;
    let projects = &mut control.inner.state.projects;
    let mut project = projects
        .get(&wanted.project)
        .cloned()
        .unwrap_or_else(|| Project { project: wanted.project.clone(), disabled_apis: BTreeSet::new() });
    project.disabled_apis = wanted.disabled_apis.unwrap_or(project.disabled_apis);
    projects.put(wanted.project, project.clone());
    Ok(json!(project))
}
