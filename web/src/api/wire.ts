import type { components } from "./schema";

// The names by which the pages know what the server sends; shapes are generated from openapi.json.
type Schemas = components["schemas"];

export type Me = Schemas["MeView"];
export type SyncState = Schemas["SyncState"];
export type Connection = Schemas["Connection"];
export type ConnectionsSummary = Schemas["ConnectionsSummary"];
export type Feature = Schemas["Feature"];
export type Link = Schemas["Link"];
export type LinkPatch = Schemas["LinkChange"];
export type Calendar = Schemas["CalendarItem"];
export type Event = Schemas["Event"];
/** What is said about a new event, or changed of one. */
export type EventBody = Schemas["EventBody"];
export type Attendee = Schemas["Attendee"];
export type Answer = Attendee["answer"];
export type Conflict = Schemas["ConflictItem"];
export type ConflictField = Schemas["ConflictFieldItem"];
export type Deleted = Schemas["DeletedItem"];
export type Session = Schemas["SessionItem"];
export type Hold = Schemas["HoldView"];
export type DirectoryPerson = Schemas["DirectoryItem"];
export type Employee = Schemas["EmployeeItem"];
export type Role = Schemas["RoleItem"];
export type SystemFunction = Schemas["SystemFunction"];
export type Grant = Schemas["Grant"];
export type JournalEntry = Schemas["AuditItem"];

/** Which part of a series an edit means. */
export type EditScope = "this" | "following" | "all";
