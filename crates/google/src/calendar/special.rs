//! What events of special kinds have besides. <https://developers.google.com/workspace/calendar/api/guides/calendar-status>

use serde_json::{Value, json};

use crate::resource::{open_enum, resource};

open_enum! {
    /// What becomes of invitations to meetings at the same time.
    pub enum AutoDecline {
        /// Nothing.
        None = "declineNone",
        /// All are declined.
        All = "declineAllConflictingInvitations",
        /// Those that come from now on are declined.
        New = "declineOnlyNewConflictingInvitations",
    }
}

open_enum! {
    /// How somebody is shown in chats.
    pub enum ChatStatus {
        /// As reachable.
        Available = "available",
        /// As not to be disturbed.
        DoNotDisturb = "doNotDisturb",
    }
}

resource! {
    /// Of time for concentrated work ([`EventKind::FocusTime`](crate::calendar::EventKind)): on the primary calendar, at a time
    /// of day, and opaque.
    pub struct FocusTime {
        /// What becomes of invitations.
        auto_decline_mode: AutoDecline = "autoDeclineMode",
        /// What is answered to them.
        decline_message: String = "declineMessage" personal,
        /// How the person is shown.
        chat_status: ChatStatus = "chatStatus",
    }
}

resource! {
    /// Of an absence ([`EventKind::OutOfOffice`](crate::calendar::EventKind)): on the primary calendar, at a time of day, and
    /// opaque.
    pub struct OutOfOffice {
        /// What becomes of invitations.
        auto_decline_mode: AutoDecline = "autoDeclineMode",
        /// What is answered to them.
        decline_message: String = "declineMessage" personal,
    }
}

open_enum! {
    /// Where somebody works.
    pub enum WorkplaceKind {
        /// At home.
        Home = "homeOffice",
        /// In an office.
        Office = "officeLocation",
        /// Somewhere else.
        Custom = "customLocation",
    }
}

resource! {
    /// Of where somebody works ([`EventKind::WorkingLocation`](crate::calendar::EventKind)): on the primary calendar, public and
    /// transparent, at a time of day or for one whole day. Google takes none in a batch.
    pub struct WorkingLocation {
        /// Which of the others counts.
        kind: WorkplaceKind = "type",
        /// There when it is at home; Google leaves open what is in it.
        home_office: Value = "homeOffice" personal,
        /// The office.
        office_location: OfficeLocation = "officeLocation",
        /// The place somewhere else.
        custom_location: CustomLocation = "customLocation",
    }
}

resource! {
    /// An office. The ids are those of the domain's resources.
    pub struct OfficeLocation {
        /// The building's id.
        building_id: String = "buildingId" personal,
        /// The floor's id.
        floor_id: String = "floorId" personal,
        /// The id of the part of the floor.
        floor_section_id: String = "floorSectionId" personal,
        /// The desk's id.
        desk_id: String = "deskId" personal,
        /// The name that people see.
        label: String = "label" personal,
    }
}

resource! {
    /// A place somewhere else.
    pub struct CustomLocation {
        /// The name that people see.
        label: String = "label" personal,
    }
}

resource! {
    /// Of a day of every year ([`EventKind::Birthday`](crate::calendar::EventKind)): for one whole day, private and
    /// transparent.
    pub struct BirthdayProperties {
        /// `birthday`, which alone can be made; `anniversary`, `custom`, `other`, `self`.
        kind: String = "type",
        /// Whose it is, as in `people/c123`; read-only.
        contact: String = "contact",
        /// What a custom one is called; read-only.
        custom_type_name: String = "customTypeName" personal,
    }
}

impl WorkingLocation {
    /// At home.
    pub fn home() -> Self {
        Self { kind: Some(WorkplaceKind::Home), home_office: Some(json!({})), ..Self::default() }
    }

    /// In the office of that name.
    pub fn office(label: impl Into<String>) -> Self {
        let office = OfficeLocation { label: Some(label.into()), ..OfficeLocation::default() };
        Self { kind: Some(WorkplaceKind::Office), office_location: Some(office), ..Self::default() }
    }

    /// Somewhere else.
    pub fn elsewhere(label: impl Into<String>) -> Self {
        let custom = CustomLocation { label: Some(label.into()), ..CustomLocation::default() };
        Self { kind: Some(WorkplaceKind::Custom), custom_location: Some(custom), ..Self::default() }
    }
}
