// Meet with Google's Node client, step for step as tests/clients/meet.rs plays it with our library.
import {ANN, BOB, ctl, end, refused, say, service} from './play.mjs';

const SCOPE = 'https://www.googleapis.com/auth/meetings.space.';
const {spaces, conferenceRecords: records} = await service('meet', 'v2', ANN, [SCOPE + 'created']);
const bob = await service('meet', 'v2', BOB, [SCOPE + 'readonly']);
const data = async call => (await call).data;
const open = {requestBody: {config: {accessType: 'OPEN'}}};

const space = await data(spaces.create(open));
say('space', space);
const {name, meetingCode: code} = space;
const get = () => data(spaces.get({name}));
say('by_code', await data(spaces.get({name: 'spaces/' + code})));
const patch = updateMask => data(spaces.patch({name, updateMask, requestBody: {config: {moderation: 'ON'}}}));
say('patched', await patch('config.moderation'));
say('usual_again', await patch('config.accessType'));
await refused('wrong_mask', patch('config.nothing'));
await refused('not_bobs', bob.spaces.get({name}));
await refused('may_not_create', bob.spaces.create(open));
await refused('nobody_there', spaces.endActiveConference({name, requestBody: {}}));

const at = (minute, second = '00') => `2026-10-20T09:${String(minute).padStart(2, '0')}:${second}Z`, END = '2026-10-20T10:00:00Z';
const from = (start_time, end_time) => ({start_time, end_time});
await ctl.call('POST', '/meet/conferences', {space: name, ...from(at(0), END),
  participants: [{email: BOB, sessions: [from(at(0), at(20)), from(at(30), END)]}, {name: 'Host', sessions: [from(at(5), at(55))]},
    {phone: '+420 … 12', sessions: [from(at(10), at(15))]}],
  recordings: [from(at(1), at(59))],
  transcript: [{participant: 1, text: 'Dobrý den', ...from(at(6), at(6, '01'))}, {participant: 0, text: '您好', ...from(at(7), at(7, '01'))}]});
await ctl.call('POST', '/meet/conferences', {space: code, start_time: '2026-10-21T09:00:00Z'});
const every = async (resource, key, parent) => {
  for (let found = [], pageToken; ;) {
    const page = await data(resource.list({pageSize: 1, parent, pageToken}));
    found = found.concat(page[key] ?? []);
    if (!(pageToken = page.nextPageToken)) return found;
  }
};
const listed = await every(records, 'conferenceRecords');
say('records', listed.map(one => [one.startTime, one.endTime ?? null]));
say('open', (await data(records.list({filter: `space.meeting_code = "${code}" AND end_time IS NULL`}))).conferenceRecords.length);
await refused('bad_filter', records.list({filter: 'colour = 1'}));
say('active', (await get()).activeConference);
await spaces.endActiveConference({name, requestBody: {}});
say('ended', await get());

const record = listed[1].name;
say('record', (await data(records.get({name: record}))).startTime);
const {participants, recordings, transcripts} = records;
const came = await every(participants, 'participants', record);
say('came', came);
const bobs = came.find(one => one.signedinUser).name;
say('bob', await data(participants.get({name: bobs})));
const sessions = await every(participants.participantSessions, 'participantSessions', bobs);
say('sessions', sessions);
say('session', await data(participants.participantSessions.get({name: sessions[0].name})));
say('recording', await data(recordings.get({name: (await every(recordings, 'recordings', record))[0].name})));
const transcript = (await every(transcripts, 'transcripts', record))[0].name;
say('transcript', await data(transcripts.get({name: transcript})));
const entries = await every(transcripts.entries, 'transcriptEntries', transcript);
say('entries', entries);
say('entry', await data(transcripts.entries.get({name: entries[0].name})));
await refused('bobs_record', bob.conferenceRecords.get({name: record}));
say('bobs_records', ((await data(bob.conferenceRecords.list())).conferenceRecords ?? []).length);
end();
