use serde_json::json;

use crate::{
    Error, GoogleService,
    meet::{Meet, Space, SpaceConfig, ids},
};

/// Spaces. <https://developers.google.com/workspace/meet/api/guides/meeting-spaces>
#[derive(Clone, Copy)]
pub struct Spaces<'a> {
    pub(crate) service: &'a Meet,
}

impl Spaces<'_> {
    /// Makes a space; its address is in the answer. It is not repeated after a lost answer: there would be two.
    pub async fn create(self, config: &SpaceConfig) -> Result<Space, Error> {
        let request = self.service.post("meet.spaces.create", "/spaces", &[]);
        self.service.client().json(request.json(&json!({"config": config}))).await
    }

    /// A space by its name, or by its meeting code alone.
    pub async fn get(self, name: &str) -> Result<Space, Error> {
        let id = if name.contains('/') { ids(name, ["spaces"])[0] } else { name };
        self.service.client().json(self.service.get("meet.spaces.get", "/spaces/{}", &[id])).await
    }

    /// Changes settings of a space by its name (a meeting code will not do). `mask` names what changes, such as
    /// `config.accessType,config.moderation`; without it that is all that `config` has.
    pub async fn patch(self, name: &str, config: &SpaceConfig, mask: Option<&str>) -> Result<Space, Error> {
        let request = self.service.patch("meet.spaces.patch", "/spaces/{}", &ids(name, ["spaces"]));
        let request = request.query_opt("updateMask", mask).json(&json!({"config": config}));
        self.service.client().json(request.repeatable()).await
    }

    /// Ends the conference that is going on in a space: everybody is put out.
    pub async fn end_active_conference(self, name: &str) -> Result<(), Error> {
        let template = "/spaces/{}:endActiveConference";
        let request = self.service.post("meet.spaces.endActiveConference", template, &ids(name, ["spaces"]));
        self.service.client().no_content(request.json(&json!({})).repeatable()).await
    }
}
