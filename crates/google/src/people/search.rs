use serde::Deserialize;

use crate::people::Person;

/// What a search answers; `{}` when nobody fits.
#[derive(Deserialize)]
pub(crate) struct Found {
    #[serde(default)]
    results: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    person: Option<Person>,
}

impl Found {
    pub(crate) fn people(self) -> Vec<Person> {
        self.results.into_iter().filter_map(|hit| hit.person).collect()
    }
}
