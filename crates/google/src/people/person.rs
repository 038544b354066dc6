use crate::resource::{open_enum, resource};

resource! {
    /// A person: a contact, somebody of the domain, or the account itself. The lists hold one entry for each value; those that
    /// Google calls singletons (names, biographies, birthdays, genders) hold one entry at most.
    /// <https://developers.google.com/people/api/rest/v1/people#Person>
    pub struct Person {
        /// Its name for the API, such as `people/c123`.
        resource_name: String = "resourceName",
        /// Its version. It moves on any change, joining a group included.
        etag: String = "etag",
        /// Where it comes from, and whether it is deleted.
        metadata: PersonMetadata = "metadata",
        /// Its name; no entry for a person without one.
        names: Vec<Name> = "names" personal,
        /// What friends say.
        nicknames: Vec<TypedValue> = "nicknames" personal,
        /// E-mail addresses.
        email_addresses: Vec<EmailAddress> = "emailAddresses" personal,
        /// Telephone numbers.
        phone_numbers: Vec<PhoneNumber> = "phoneNumbers" personal,
        /// Postal addresses.
        addresses: Vec<Address> = "addresses" personal,
        /// Where the person works or worked.
        organizations: Vec<Organization> = "organizations" personal,
        /// The note.
        biographies: Vec<Biography> = "biographies" personal,
        /// The birthday.
        birthdays: Vec<Birthday> = "birthdays" personal,
        /// Other days, such as an anniversary.
        events: Vec<PersonEvent> = "events" personal,
        /// Pages on the web.
        urls: Vec<TypedValue> = "urls" personal,
        /// Other people, by name.
        relations: Vec<Relation> = "relations" personal,
        /// Fields that the account's owner made up.
        user_defined: Vec<KeyValue> = "userDefined" personal,
        /// Data that programs keep with the person; every program sees it.
        client_data: Vec<KeyValue> = "clientData" personal,
        /// Ids in other systems.
        external_ids: Vec<TypedValue> = "externalIds" personal,
        /// The groups that it belongs to. An update must leave one at least.
        memberships: Vec<Membership> = "memberships",
        /// Pictures. They are changed by calls of their own.
        photos: Vec<Photo> = "photos" personal,
    }
}

resource! {
    /// Where a person comes from.
    pub struct PersonMetadata {
        /// The sources that were merged into this person.
        sources: Vec<Source> = "sources",
        /// Names that it had before.
        previous_resource_names: Vec<String> = "previousResourceNames",
        /// Other people that are the same one.
        linked_people_resource_names: Vec<String> = "linkedPeopleResourceNames",
        /// Whether it was deleted. Only in an increment.
        deleted: bool = "deleted",
    }
}

open_enum! {
    /// What a source is.
    pub enum SourceType {
        /// The account.
        Account = "ACCOUNT",
        /// The profile that its owner keeps.
        Profile = "PROFILE",
        /// The profile that the domain keeps.
        DomainProfile = "DOMAIN_PROFILE",
        /// A contact of the account.
        Contact = "CONTACT",
        /// A contact that Google saved by itself.
        OtherContact = "OTHER_CONTACT",
        /// A contact that the domain shares.
        DomainContact = "DOMAIN_CONTACT",
    }
}

resource! {
    /// One source of a person or of one of its values.
    pub struct Source {
        /// What it is.
        kind: SourceType = "type",
        /// Its id within its kind.
        id: String = "id",
        /// Its own version. What an update compares is [`Person::etag`].
        etag: String = "etag",
        /// When it last changed, RFC 3339.
        update_time: String = "updateTime",
    }
}

resource! {
    /// What is said of one value of a person.
    pub struct FieldMetadata {
        /// Whether it is the one to show.
        primary: bool = "primary",
        /// Whether it is the first one of its source.
        source_primary: bool = "sourcePrimary",
        /// Whether Google knows it to be true.
        verified: bool = "verified",
        /// Where it comes from.
        source: Source = "source",
    }
}

resource! {
    /// A name. What is shown is made by Google of the parts; an unstructured name is taken apart by Google.
    pub struct Name {
        /// The whole name as Google shows it; ignored when written.
        display_name: String = "displayName" personal,
        /// The whole name with the family name first; ignored when written.
        display_name_last_first: String = "displayNameLastFirst" personal,
        /// The whole name as somebody wrote it.
        unstructured_name: String = "unstructuredName" personal,
        /// The given name.
        given_name: String = "givenName" personal,
        /// Names between the given and the family name.
        middle_name: String = "middleName" personal,
        /// The family name.
        family_name: String = "familyName" personal,
        /// As in `Dr.`.
        honorific_prefix: String = "honorificPrefix" personal,
        /// As in `Jr.`.
        honorific_suffix: String = "honorificSuffix" personal,
        /// How the given name is said, as in かな.
        phonetic_given_name: String = "phoneticGivenName" personal,
        /// How the family name is said.
        phonetic_family_name: String = "phoneticFamilyName" personal,
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// A text with a type: a nickname, a page, an id elsewhere.
    pub struct TypedValue {
        /// The text.
        value: String = "value" personal,
        /// Google's word for what it is, or one of the owner's own.
        kind: String = "type" personal,
        /// The type in the account's language; ignored when written.
        formatted_type: String = "formattedType" personal,
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// An e-mail address.
    pub struct EmailAddress {
        /// The address.
        value: String = "value" personal,
        /// `home`, `work`, `other`, or a word of the owner's own.
        kind: String = "type" personal,
        /// The type in the account's language; ignored when written.
        formatted_type: String = "formattedType" personal,
        /// The name that goes with the address.
        display_name: String = "displayName" personal,
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// A telephone number.
    pub struct PhoneNumber {
        /// The number as it was written.
        value: String = "value" personal,
        /// The number in the form of ITU-T E.164; ignored when written.
        canonical_form: String = "canonicalForm" personal,
        /// `home`, `work`, `mobile`, …, or a word of the owner's own.
        kind: String = "type" personal,
        /// The type in the account's language; ignored when written.
        formatted_type: String = "formattedType" personal,
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// A postal address. Without a formatted one Google makes it of the parts.
    pub struct Address {
        /// The whole address, in lines.
        formatted_value: String = "formattedValue" personal,
        /// `home`, `work`, `other`, or a word of the owner's own.
        kind: String = "type" personal,
        /// The type in the account's language; ignored when written.
        formatted_type: String = "formattedType" personal,
        /// The post-office box.
        po_box: String = "poBox" personal,
        /// Street and number.
        street_address: String = "streetAddress" personal,
        /// As in a flat's number.
        extended_address: String = "extendedAddress" personal,
        /// The town.
        city: String = "city" personal,
        /// The state or province.
        region: String = "region" personal,
        /// The postal code.
        postal_code: String = "postalCode" personal,
        /// The country.
        country: String = "country" personal,
        /// The country by ISO 3166-1 alpha-2.
        country_code: String = "countryCode" personal,
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// A place of work.
    pub struct Organization {
        /// The company.
        name: String = "name" personal,
        /// The job.
        title: String = "title" personal,
        /// The department.
        department: String = "department" personal,
        /// Where it is.
        location: String = "location" personal,
        /// What the person does there.
        job_description: String = "jobDescription" personal,
        /// The cost center.
        cost_center: String = "costCenter" personal,
        /// Its internet domain.
        domain: String = "domain" personal,
        /// `work`, `school`, or a word of the owner's own.
        kind: String = "type" personal,
        /// The type in the account's language; ignored when written.
        formatted_type: String = "formattedType" personal,
        /// Whether the person is there now.
        current: bool = "current",
        /// Since when.
        start_date: Date = "startDate",
        /// Until when.
        end_date: Date = "endDate",
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

open_enum! {
    /// How a note is written.
    pub enum ContentType {
        /// As it is.
        Plain = "TEXT_PLAIN",
        /// As HTML.
        Html = "TEXT_HTML",
    }
}

resource! {
    /// A note.
    pub struct Biography {
        /// The text.
        value: String = "value" personal,
        /// How it is written; plain when nothing is said.
        content_type: ContentType = "contentType",
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// A day. A year of 0 or none is a day of every year, a day of 0 a whole month.
    pub struct Date {
        /// The year, 1 to 9999.
        year: i32 = "year" personal,
        /// The month, 1 to 12.
        month: i32 = "month" personal,
        /// The day of the month, 1 to 31.
        day: i32 = "day" personal,
    }
}

resource! {
    /// A birthday.
    pub struct Birthday {
        /// The day.
        date: Date = "date" personal,
        /// The day as it was written, where it cannot be read as one.
        text: String = "text" personal,
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// A day that matters to the person.
    pub struct PersonEvent {
        /// The day.
        date: Date = "date" personal,
        /// `anniversary`, `other`, or a word of the owner's own.
        kind: String = "type" personal,
        /// The type in the account's language; ignored when written.
        formatted_type: String = "formattedType" personal,
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// Somebody near to the person.
    pub struct Relation {
        /// The other one's name.
        person: String = "person" personal,
        /// `spouse`, `child`, …, or a word of the owner's own.
        kind: String = "type" personal,
        /// The type in the account's language; ignored when written.
        formatted_type: String = "formattedType" personal,
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// A value under a name.
    pub struct KeyValue {
        /// The name.
        key: String = "key" personal,
        /// The value.
        value: String = "value" personal,
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// That a person belongs to a group.
    pub struct Membership {
        /// The contact group.
        contact_group_membership: ContactGroupMembership = "contactGroupMembership",
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

resource! {
    /// A contact group that a person belongs to.
    pub struct ContactGroupMembership {
        /// The id alone; ignored when written.
        contact_group_id: String = "contactGroupId",
        /// Its name for the API, such as `contactGroups/myContacts`.
        contact_group_resource_name: String = "contactGroupResourceName",
    }
}

resource! {
    /// A picture.
    pub struct Photo {
        /// Where it is. A size may be asked for at its end, as in `=s100`.
        url: String = "url" personal,
        /// Whether it is only a letter on a ground.
        default: bool = "default",
        /// What is said of it.
        metadata: FieldMetadata = "metadata",
    }
}

impl Person {
    /// Whether an increment says that it was deleted.
    pub fn is_deleted(&self) -> bool {
        self.metadata.as_ref().and_then(|metadata| metadata.deleted).unwrap_or(false)
    }

    /// The name to show; none for a person without one.
    pub fn display_name(&self) -> Option<&str> {
        let names = self.names.as_deref().unwrap_or_default();
        let is_primary = |name: &&Name| name.metadata.as_ref().is_some_and(|metadata| metadata.primary == Some(true));
        names.iter().find(is_primary).or(names.first())?.display_name.as_deref()
    }

    /// All e-mail addresses, in Google's order.
    pub fn emails(&self) -> impl Iterator<Item = &str> {
        self.email_addresses.iter().flatten().filter_map(|address| address.value.as_deref())
    }

    /// The contact groups that it belongs to, as in `contactGroups/myContacts`.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        let memberships = self.memberships.iter().flatten();
        memberships.filter_map(|membership| {
            membership.contact_group_membership.as_ref()?.contact_group_resource_name.as_deref()
        })
    }

    /// With a name of these parts in place of the one that it has. An empty part counts as none.
    pub fn with_name(mut self, given: &str, family: &str) -> Self {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let name = Name { given_name: part(given), family_name: part(family), ..Name::default() };
        self.names = Some(vec![name]);
        self
    }

    /// With one more e-mail address; `kind` is as in `work`.
    pub fn with_email(mut self, address: &str, kind: &str) -> Self {
        let email =
            EmailAddress { value: Some(address.to_owned()), kind: Some(kind.to_owned()), ..EmailAddress::default() };
        self.email_addresses.get_or_insert_default().push(email);
        self
    }

    /// With one more telephone number; `kind` is as in `mobile`.
    pub fn with_phone(mut self, number: &str, kind: &str) -> Self {
        let phone =
            PhoneNumber { value: Some(number.to_owned()), kind: Some(kind.to_owned()), ..PhoneNumber::default() };
        self.phone_numbers.get_or_insert_default().push(phone);
        self
    }

    /// With one more contact group, as in `contactGroups/myContacts`.
    pub fn in_group(mut self, group: &str) -> Self {
        let group = ContactGroupMembership {
            contact_group_resource_name: Some(group.to_owned()),
            ..ContactGroupMembership::default()
        };
        let membership = Membership { contact_group_membership: Some(group), ..Membership::default() };
        self.memberships.get_or_insert_default().push(membership);
        self
    }
}
