//! The scopes that the sandbox knows. [OAuth 2.0 scopes](https://developers.google.com/identity/protocols/oauth2/scopes)

use std::collections::BTreeSet;

/// What every scope of an API begins with.
const PREFIX: &str = "https://www.googleapis.com/auth/";

/// The e-mail address of the account.
pub const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
/// The name and the picture of the account.
pub const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";
/// An ID token.
pub const OPENID: &str = "openid";

/// Scopes under [`PREFIX`], with what the consent page says of them.
const KNOWN: &[(&str, &str)] = &[
    ("userinfo.email", "See your primary Google Account email address"),
    ("userinfo.profile", "See your personal info, including any personal info you have made publicly available"),
    ("calendar", "See, edit, share, and permanently delete all the calendars you can access using Google Calendar"),
    ("calendar.readonly", "See and download any calendar you can access using your Google Calendar"),
    ("calendar.events", "View and edit events on all your calendars"),
    ("calendar.events.readonly", "View events on all your calendars"),
    ("calendar.events.owned", "See, create, change, and delete events on Google calendars you own"),
    ("calendar.events.owned.readonly", "See the events on Google calendars you own"),
    ("calendar.events.public.readonly", "See the events on public calendars"),
    ("calendar.events.freebusy", "See the availability on Google calendars you have access to"),
    ("calendar.freebusy", "View your availability in your calendars"),
    ("calendar.settings", "View and edit your Calendar settings"),
    ("calendar.settings.readonly", "View your Calendar settings"),
    ("calendar.app.created", "Make secondary Google calendars, and see, create, change, and delete events on them"),
    ("calendar.acls", "See and change the sharing permissions of Google calendars you own"),
    ("calendar.acls.readonly", "See the sharing permissions of Google calendars you own"),
    ("calendar.calendarlist", "See, add, and remove Google calendars you are subscribed to"),
    ("calendar.calendarlist.readonly", "See the list of Google calendars you are subscribed to"),
    (
        "calendar.calendars",
        "See and change the properties of Google calendars you have access to, and create secondary calendars",
    ),
    (
        "calendar.calendars.readonly",
        "See the title, description, default time zone, and other properties of Google calendars you have access to",
    ),
    ("contacts", "See, edit, download, and permanently delete your contacts"),
    ("contacts.readonly", "See and download your contacts"),
    (
        "contacts.other.readonly",
        "See and download contact info automatically saved in your \u{201c}Other contacts\u{201d}",
    ),
    ("directory.readonly", "See and download your organization's Google Workspace directory"),
    ("user.addresses.read", "View your street addresses"),
    ("user.birthday.read", "See and download your exact date of birth"),
    ("user.emails.read", "See and download all of your Google Account email addresses"),
    ("user.gender.read", "See your gender"),
    ("user.organization.read", "See your education, work history and org info"),
    ("user.phonenumbers.read", "See and download your personal phone numbers"),
    ("gmail.send", "Send email on your behalf"),
    ("gmail.readonly", "View your email messages and settings"),
    ("gmail.modify", "Read, compose, and send emails from your Gmail account"),
    ("gmail.compose", "Manage drafts and send emails"),
    ("gmail.insert", "Add emails into your Gmail mailbox"),
    ("gmail.labels", "See and edit your email labels"),
    ("gmail.metadata", "View your email message metadata such as labels and headers, but not the email body"),
    ("gmail.settings.basic", "See, edit, create, or change your email settings and filters in Gmail"),
    ("gmail.settings.sharing", "Manage your sensitive mail settings, including who can manage your mail"),
    ("gmail.addons.current.action.compose", "Manage drafts and send emails when you use the add-on"),
    ("gmail.addons.current.message.action", "View your email messages when you use the add-on"),
    ("gmail.addons.current.message.metadata", "View your email message metadata when the add-on is running"),
    ("gmail.addons.current.message.readonly", "View your email messages when the add-on is running"),
    (
        "meetings.space.created",
        "Create, edit, and see information about your Google Meet conferences created by the app",
    ),
    ("meetings.space.readonly", "Read information about any of your Google Meet conferences"),
    ("meetings.space.settings", "Edit, and see settings for all of your Google Meet calls"),
    ("drive", "See, edit, create, and delete all of your Google Drive files"),
    ("drive.readonly", "See and download all your Google Drive files"),
    ("drive.file", "See, edit, create, and delete only the specific Google Drive files you use with this app"),
    ("drive.appdata", "See, create, and delete its own configuration data in your Google Drive"),
    ("drive.metadata", "View and manage metadata of files in your Google Drive"),
    ("drive.metadata.readonly", "See information about your Google Drive files"),
    ("drive.apps.readonly", "View your Google Drive apps"),
    ("drive.meet.readonly", "See and download your Google Drive files that Google Meet created or edited"),
    ("drive.photos.readonly", "View the photos and videos in your Google Photos"),
    ("drive.scripts", "Change the behavior of your Google Apps Script scripts"),
    ("admin.directory.user", "View and manage the provisioning of users on your domain"),
    ("admin.directory.user.readonly", "See info about users on your domain"),
    ("admin.directory.user.alias.readonly", "View user aliases on your domain"),
    ("admin.directory.user.security", "Manage data access permissions for users on your domain"),
    ("admin.directory.orgunit", "View and manage organization units on your domain"),
    ("admin.directory.user.alias", "View and manage user aliases on your domain"),
    ("admin.directory.group", "View and manage the provisioning of groups on your domain"),
    ("admin.directory.group.readonly", "View groups on your domain"),
    ("admin.directory.group.member", "View and manage group subscriptions on your domain"),
    ("admin.directory.group.member.readonly", "View group subscriptions on your domain"),
    ("admin.directory.orgunit.readonly", "View organization units on your domain"),
    ("admin.directory.customer", "View and manage customer related information"),
    ("admin.directory.domain", "View and manage the provisioning of domains for your customers"),
    ("admin.directory.domain.readonly", "View domains related to your customers"),
    ("admin.directory.customer.readonly", "View customer related information"),
    ("admin.directory.resource.calendar", "View and manage the provisioning of calendar resources on your domain"),
    ("admin.directory.resource.calendar.readonly", "View calendar resources on your domain"),
    ("admin.directory.device.chromeos", "View and manage the metadata of your ChromeOS devices"),
    ("admin.directory.device.chromeos.readonly", "View the metadata of your ChromeOS devices"),
    ("admin.directory.device.mobile", "View and manage the metadata of your mobile devices"),
    ("admin.directory.device.mobile.action", "Manage your mobile devices by performing administrative tasks"),
    ("admin.directory.device.mobile.readonly", "View the metadata of your mobile devices"),
    ("admin.directory.rolemanagement", "Manage delegated admin roles for your domain"),
    ("admin.directory.rolemanagement.readonly", "View delegated admin roles for your domain"),
    ("admin.directory.userschema", "View and manage the provisioning of user schemas on your domain"),
    ("admin.directory.userschema.readonly", "View user schemas on your domain"),
    (
        "admin.chrome.printers",
        "See, add, edit, and permanently delete the printers that your organization can use with Chrome",
    ),
    ("admin.chrome.printers.readonly", "See the printers that your organization can use with Chrome"),
    (
        "cloud-platform",
        "See, edit, configure, and delete your Google Cloud data and see the email address of your account",
    ),
];

/// Scopes that are addresses of another form.
const OTHERS: &[(&str, &str)] = &[
    ("https://mail.google.com/", "Read, compose, send, and permanently delete all your email from Gmail"),
    (
        "https://www.google.com/calendar/feeds",
        "See, edit, share, and permanently delete all the calendars you can access using Google Calendar",
    ),
    ("https://www.google.com/m8/feeds", "See, edit, download, and permanently delete your contacts"),
    (OPENID, "Associate you with your personal info on Google"),
];

/// A scope in the form in which Google gives it back; `None` when it is not known.
pub fn canonical(scope: &str) -> Option<String> {
    let scope = match scope {
        "email" => EMAIL,
        "profile" => PROFILE,
        other => other,
    };
    description(scope).map(|_| scope.to_owned())
}

/// What the consent page says of a scope in its canonical form.
pub fn description(scope: &str) -> Option<&'static str> {
    let find = |list: &[(&str, &'static str)], name: &str| list.iter().find(|(s, _)| *s == name).map(|(_, text)| *text);
    scope.strip_prefix(PREFIX).and_then(|short| find(KNOWN, short)).or_else(|| find(OTHERS, scope))
}

/// Whether a scope only says who the person is: such ones are granted by signing in.
pub fn is_sign_in(scope: &str) -> bool {
    [EMAIL, PROFILE, OPENID].contains(&scope)
}

/// Whether a refresh token with that scope dies when the account's password changes.
pub fn is_gmail(scope: &str) -> bool {
    scope == "https://mail.google.com/" || scope.strip_prefix(PREFIX).is_some_and(|short| short.starts_with("gmail."))
}

/// Scopes as the token endpoint writes them. The order is not the order asked.
pub fn joined(scopes: &BTreeSet<String>) -> String {
    scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Scopes as the callback address carries them: the short names of the sign-in scopes come too.
pub fn in_callback(scopes: &BTreeSet<String>) -> String {
    let short = [("email", EMAIL), ("profile", PROFILE)].into_iter().filter(|(_, long)| scopes.contains(*long));
    short.map(|(short, _)| short).chain(scopes.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
}

/// Every scope of a service: what a service account's own signed token is good for.
pub fn of_service(service: &str) -> BTreeSet<String> {
    let short = match service {
        "people" => "contacts",
        other => other,
    };
    KNOWN
        .iter()
        .filter(|(name, _)| name.split('.').next() == Some(short))
        .map(|(name, _)| format!("{PREFIX}{name}"))
        .collect()
}
