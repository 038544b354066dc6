use serde_json::json;

use crate::{
    Error, GoogleService, Request,
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
        self.service.client().json(self.create_request(config)).await
    }

    /// The call of [`Spaces::create`], for a [batch](GoogleService::batch).
    pub fn create_request(self, config: &SpaceConfig) -> Request {
        self.service.post("meet.spaces.create", "/spaces", &[]).json(&json!({"config": config}))
    }

    /// A space by its name, or by its meeting code alone.
    pub async fn get(self, name: &str) -> Result<Space, Error> {
        self.service.client().json(self.get_request(name)).await
    }

    /// The call of [`Spaces::get`], for a [batch](GoogleService::batch).
    pub fn get_request(self, name: &str) -> Request {
        let id = if name.contains('/') { ids(name, ["spaces"])[0] } else { name };
        self.service.get("meet.spaces.get", "/spaces/{}", &[id])
    }

    /// Changes settings of a space by its name (a meeting code will not do). `mask` names what changes, such as
    /// `config.accessType,config.moderation`; without it that is all that `config` has.
    pub async fn patch(self, name: &str, config: &SpaceConfig, mask: Option<&str>) -> Result<Space, Error> {
        self.service.client().json(self.patch_request(name, config, mask)).await
    }

    /// The call of [`Spaces::patch`], for a [batch](GoogleService::batch).
    pub fn patch_request(self, name: &str, config: &SpaceConfig, mask: Option<&str>) -> Request {
        let request = self.service.patch("meet.spaces.patch", "/spaces/{}", &ids(name, ["spaces"]));
        request.query_opt("updateMask", mask).json(&json!({"config": config})).repeatable()
    }

    /// Ends the conference that is going on in a space: everybody is put out.
    pub async fn end_active_conference(self, name: &str) -> Result<(), Error> {
        let template = "/spaces/{}:endActiveConference";
        let request = self.service.post("meet.spaces.endActiveConference", template, &ids(name, ["spaces"]));
        self.service.client().no_content(request.json(&json!({})).repeatable()).await
    }
}
