use std::collections::BTreeMap;

use crate::{Error, GoogleService, calendar::Calendar, resource::resource};

impl Calendar {
    /// The palettes of calendars and events. They hardly ever change.
    /// <https://developers.google.com/workspace/calendar/api/v3/reference/colors/get>
    pub async fn colors(&self) -> Result<Colors, Error> {
        self.client().json(self.get("calendar.colors.get", "/colors", &[])).await
    }
}

resource! {
    /// The palettes, by colour id.
    pub struct Colors {
        /// For [`CalendarListEntry::color_id`](crate::calendar::CalendarListEntry).
        calendar: BTreeMap<String, ColorPair> = "calendar",
        /// For [`Event::color_id`](crate::calendar::Event).
        event: BTreeMap<String, ColorPair> = "event",
    }
}

resource! {
    /// A colour and the colour of text on it, as `#rrggbb`.
    pub struct ColorPair {
        /// The colour.
        background: String = "background",
        /// The colour of text on it.
        foreground: String = "foreground",
    }
}
