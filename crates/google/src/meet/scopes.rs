//! The scopes of the Meet API. <https://developers.google.com/workspace/meet/api/guides/authenticate-authorize>

/// Make spaces, and see and change those that the same program has made, with the conferences in them.
pub const SPACE_CREATED: &str = "https://www.googleapis.com/auth/meetings.space.created";
/// See the person's spaces and conferences, whoever has made them.
pub const SPACE_READONLY: &str = "https://www.googleapis.com/auth/meetings.space.readonly";
/// See and change the settings of the person's spaces, whoever has made them.
pub const SPACE_SETTINGS: &str = "https://www.googleapis.com/auth/meetings.space.settings";
