// Calendar with Google's Node client, through all methods, step for step as tests/clients/calendar.rs plays it.
import {ANN, BOB, ctl, end, refused, say, service} from './play.mjs';

const SCOPES = ['https://www.googleapis.com/auth/calendar'];
const ann = await service('calendar', 'v3', ANN, SCOPES), bob = await service('calendar', 'v3', BOB, SCOPES);
await ctl.call('POST', '/users', {email: ANN, admin: true});
const {events, calendars, acl, calendarList, settings} = ann, theirs = bob.events;
const P = {calendarId: 'primary'};
const data = async call => (await call).data;
const hour = (start, end, more) => ({start: {dateTime: start, timeZone: 'Europe/Prague'}, end: {dateTime: end, timeZone: 'Europe/Prague'}, ...more});
const every = async (resource, where) => {
  for (let found = [], pageToken; ;) {
    const page = await data(resource.list({...where, pageToken}));
    found = found.concat(page.items);
    if (!(pageToken = page.nextPageToken)) return found;
  }
};

// Calendars, their list, rules
say('colors', Object.keys((await data(ann.colors.get())).event).length);
say('settings', await every(settings));
say('setting', await data(settings.get({setting: 'timezone'})));
await refused('no_setting', settings.get({setting: 'colour'}));
const team = await data(calendars.insert({requestBody: {summary: 'Tým', timeZone: 'Asia/Taipei'}}));
say('calendar', team);
const T = {calendarId: team.id};
say('entry', await data(calendarList.get(T)));
await refused('nameless', calendars.insert({requestBody: {}}));
say('patched', await data(calendars.patch({...T, requestBody: {location: 'Brno'}})));
say('replaced', await data(calendars.update({...T, requestBody: {summary: 'Parta'}})));
say('read', await data(calendars.get(P)));
await refused('hidden', bob.calendars.get(T));
const scope = {type: 'user', value: BOB}, quiet = {sendNotifications: false};
const rule = await data(acl.insert({...T, ...quiet, requestBody: {role: 'reader', scope}}));
say('rule', rule);
const R = {...T, ruleId: rule.id};
say('rule_read', await data(acl.get(R)));
say('subscribed', await data(bob.calendarList.insert({requestBody: {id: team.id}})));
say('coloured', await data(bob.calendarList.patch({...T, requestBody: {colorId: '7'}})));
say('put_away', await data(bob.calendarList.update({...T, requestBody: {hidden: true}})));
say('shown', await every(bob.calendarList));
await refused('reader_writes', theirs.insert({...T, requestBody: {start: {date: '2027-03-01'}, end: {date: '2027-03-02'}}}));
say('writer', await data(acl.patch({...R, ...quiet, requestBody: {role: 'writer'}})));
say('busy_reader', await data(acl.update({...R, ...quiet, requestBody: {role: 'freeBusyReader', scope}})));
await bob.calendarList.delete(T);
await refused('unsubscribed', bob.calendarList.get(T));
await acl.delete(R);
say('rules', await every(acl, {...T, showDeleted: true}));
await refused('own_list', calendarList.delete(P));
await refused('primary_deleted', calendars.delete(P));
await calendars.transferOwnership({...T, newDataOwner: BOB, useAdminAccess: true});
say('new_owner', (await data(bob.calendars.get(T))).dataOwner);
await bob.calendars.delete(T);
await refused('deleted', bob.calendars.get(T));

// Events and guests
const wish = hour('2027-03-01T10:00:00', '2027-03-01T11:00:00', {id: 'conformance1', summary: 'Pohovor 面試', description: '<b>x</b>',
  location: 'Praha', attendees: [{email: BOB}, {email: 'eva@elsewhere.example', optional: true}],
  reminders: {useDefault: false, overrides: [{method: 'popup', minutes: 10}]},
  extendedProperties: {private: {a: '1'}, shared: {b: '2'}},
  conferenceData: {createRequest: {requestId: 'r1', conferenceSolutionKey: {type: 'hangoutsMeet'}}}});
const E = {...P, eventId: 'conformance1'};
const insert = (requestBody, more) => data(events.insert({...P, requestBody, ...more}));
await insert(wish, {conferenceDataVersion: 1, sendUpdates: 'all'});
say('made', await data(events.get(E)));
await refused('again', insert(wish, {conferenceDataVersion: 1}));
say('copy', await data(theirs.get(E)));
say('answered', await data(theirs.patch({...E, requestBody: {attendees: [{email: BOB, responseStatus: 'accepted'}]}})));
const whole = {...E, requestBody: hour('2027-03-01T12:00:00', '2027-03-01T13:00:00', {summary: 'Znovu'})};
await refused('not_the_organizer', theirs.update(whole));
const told = await data(events.get(E));
say('told', told);
const change = () => data(events.patch({...E, requestBody: {description: null, location: 'Brno'}}, {headers: {'If-Match': told.etag}}));
say('changed', await change());
await refused('stale', change());
say('whole', await data(events.update(whole)));
const {calendars: busy} = await data(ann.freebusy.query({requestBody: {timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-03-02T00:00:00Z',
  items: [{id: ANN}, {id: 'nobody@example.com'}]}}));
say('busy', busy[ANN].busy.map(one => [one.start, one.end]));
say('busy_nobody', busy['nobody@example.com'].errors[0].reason);
await refused('end_before_start', insert(hour('2027-03-01T12:00:00', '2027-03-01T11:00:00')));
await refused('no_zone', insert({start: {dateTime: '2027-03-01T12:00:00'}, end: {dateTime: '2027-03-01T13:00:00'}, recurrence: ['RRULE:FREQ=DAILY']}));
await refused('day_and_time', insert({start: {date: '2027-03-01'}, end: {dateTime: '2027-03-01T13:00:00Z'}}));
const elsewhere = more => hour('2027-03-03T10:00:00', '2027-03-03T11:00:00', more);
const take = more => data(events.import({...P, requestBody: elsewhere(more)}));
say('imported', await take({iCalUID: 'u1@elsewhere.test', organizer: {email: ANN}, summary: 'Odjinud'}));
await refused('not_mine', take({iCalUID: 'u2@elsewhere.test', organizer: {email: 'x@elsewhere.test'}}));
say('quick', (await data(events.quickAdd({...P, text: 'Lunch with Bob tomorrow 12:30-13:30'}))).summary);
const target = (await data(calendars.insert({requestBody: {summary: 'Cíl'}}))).id;
await events.move({...E, destination: target});
say('left_behind', (await data(events.get(E))).status);
await calendars.delete({calendarId: target});

// A series, its instances, and lists of changes
const series = await insert(hour('2027-03-26T10:00:00', '2027-03-26T11:00:00', {summary: 'Denně', recurrence: ['RRULE:FREQ=DAILY;COUNT=5']}));
const S = {...P, eventId: series.id};
const instances = (await data(events.instances(S))).items;
say('instances', instances.map(one => one.start));
say('exception', await data(events.patch({...P, eventId: instances[1].id, requestBody: {summary: 'Jinak'}})));
await events.delete({...P, eventId: instances[3].id});
const list = async query => data(events.list({...P, ...query}));
const names = async query => (await list(query)).items.map(one => one.summary);
const window = {timeMin: '2027-03-26T00:00:00Z', timeMax: '2027-04-01T00:00:00Z'};
say('window', await names({...window, singleEvents: true, orderBy: 'startTime'}));
const sorted = lists => lists.map(one => JSON.stringify(one)).sort().map(one => JSON.parse(one));
say('masters', sorted((await list(window)).items.map(one => [one.status, one.summary ?? null])));
say('search', await names({q: 'jinak'}));
const mirror = more => list({showDeleted: true, ...more}); // as our library reads one
let page = await mirror({maxResults: 2}), pages = 0;
for (; page.nextPageToken; pages++) page = await mirror({maxResults: 2, pageToken: page.nextPageToken});
const syncToken = page.nextSyncToken;
say('pages', pages);
say('quiet', (await mirror({syncToken})).items.length);
await events.delete(S);
await refused('deleted_twice', events.delete(S));
say('deleted', (await data(events.get(S))).status);
say('tombstones', sorted((await mirror({syncToken})).items.map(one => Object.keys(one).sort())));
await refused('malformed', mirror({syncToken: 'bogus'}));
await ctl.expireSyncTokens();
await refused('expired', mirror({syncToken}));
await refused('no_calendar', list({calendarId: 'nobody@example.com'}));
await refused('no_event', events.get({...P, eventId: 'nosuchevent'}));
await calendars.clear(P);
say('cleared', (await list()).items.length);

// Channels
const channel = (id, address = 'https://portal.example/hook') => ({requestBody: {id, type: 'web_hook', address, token: 'secret'}});
const opened = await data(events.watch({...P, ...channel('events-1')}));
say('channel', opened.id);
const others = [calendarList.watch(channel('list-1')), settings.watch(channel('settings-1')), acl.watch({...P, ...channel('acl-1')})];
say('channels', (await Promise.all(others)).map(one => one.data.id));
await refused('id_again', events.watch({...P, ...channel('events-1')}));
await refused('plain_http', events.watch({...P, ...channel('events-2', 'http://portal.example/hook')}));
const stop = () => ann.channels.stop({requestBody: {id: opened.id, resourceId: opened.resourceId}});
await stop();
await refused('stopped', stop());
end();
