// Makes src/api/schema.d.ts from openapi.json. Where the document says "string" for a field that knows only a few words,
// the words are given here, so that the compiler sees a page that forgets one.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const phase = ["without_authorization", "authorization_pending", "authorized", "authorization_expired"];
const visibility = ["default", "public", "private", "confidential"];
const transparency = ["opaque", "transparent"];
const answer = ["needs_action", "accepted", "tentative", "declined"];
const specialKinds = ["fromGmail", "outOfOffice", "focusTime", "workingLocation", "birthday"];
const linkWords = {
  direction: ["both", "to_google", "from_google"],
  role: ["main", "monitored"],
  private_rule: ["skip", "busy", "full"],
  event_types: ["default", ...specialKinds],
};

const words = {
  SyncState: {
    state: [
      "in_step",
      "syncing",
      "late",
      "reconnect_needed",
      "permission_missing",
      "stopped",
      "paused",
      "held",
      "conflict",
      "off",
    ],
  },
  GoogleStanding: { phase },
  Connection: { phase, state: ["authorized", "expired", "paused", "resetting", "disconnected"] },
  Feature: { feature: ["calendar", "meet", "contacts", "mail_api", "mail_imap", "drive"] },
  HistoryHour: { state: ["ok", "late", "stopped", "none"] },
  Link: { ...linkWords, state: ["on", "off", "pending_import", "paused", "retired"] },
  LinkChange: { ...linkWords, state: ["on", "off"] },
  CalendarItem: { access: ["owner", "writer", "reader", "busy"], at_google: ["writer", "reader", "busy"] },
  Attendee: { answer },
  AnswerBody: { answer },
  ConferenceState: { state: ["wanted", "pending", "ready", "failed"] },
  Event: {
    visibility,
    transparency,
    event_type: specialKinds,
    sync: ["in_step", "pending", "conflict", "refused", "not_connected", "held"],
  },
  EventBody: { visibility, transparency, answer },
  HoldView: { kind: ["delete", "mail"], state: ["waiting", "approved", "dropped"] },
};

const document = JSON.parse(await readFile(new URL("openapi.json", import.meta.url), "utf8"));
for (const [name, fields] of Object.entries(words)) {
  const schema = document.components.schemas[name];
  if (!schema) throw new Error(`openapi.json has no ${name} any more: take it out of generate.mjs, or name it anew`);
  for (const [field, values] of Object.entries(fields)) {
    const property = [schema, ...(schema.allOf ?? [])].find((part) => part.properties?.[field])?.properties[field];
    if (!property) throw new Error(`${name} has no ${field} any more: take it out of generate.mjs, or name it anew`);
    const many = [property.type].flat().includes("array") && property.items;
    if (many) {
      many.enum = values;
    } else if ([property.type].flat().includes("string") && !property.enum) {
      property.enum = property.type === "string" ? values : [...values, null];
    }
  }
}
await writeFile(
  new URL("src/api/schema.d.ts", import.meta.url),
  astToString(await openapiTS(document, { defaultNonNullable: false })),
);
