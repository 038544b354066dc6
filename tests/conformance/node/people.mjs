// Contacts, groups, other contacts and the directory, as tests/clients/people.rs plays them with our library.
import {ANN, ctl, end, refused, say, service} from './play.mjs';

const SCOPES = ['contacts', 'contacts.other.readonly', 'directory.readonly'].map(s => 'https://www.googleapis.com/auth/' + s);
const SHOWN = 'addresses,biographies,emailAddresses,memberships,names,phoneNumbers', NAMES = 'names,metadata';
const ADA = {names: [{honorificPrefix: 'Dr.', givenName: 'Ada', middleName: 'Byron', familyName: 'Lovelace'}],
  emailAddresses: [{value: 'ada@example.test', type: 'work'}, {value: 'ada@home.test', type: 'home'}],
  phoneNumbers: [{value: '+31 20 123 4567', type: 'mobile'}], addresses: [{streetAddress: 'Keizersgracht 1', city: 'Amsterdam'}],
  biographies: [{value: 'a note'}]};

await ctl.call('PUT', '/quota', {people_changes_delay_ms: 0});
await ctl.call('POST', '/other-contacts', {account: ANN, name: 'Charles Babbage', emails: ['cb@example.test']});
const api = await service('people', 'v1', ANN, SCOPES);
const {people, contactGroups: groups, otherContacts: others} = api;
const named = (givenName, familyName) => ({names: [{givenName, familyName}]});
const create = async (requestBody, personFields) => (await people.createContact({requestBody, personFields})).data;
const connections = async more => (await people.connections.list({resourceName: 'people/me', personFields: NAMES, requestSyncToken: true, ...more})).data;
const sync = async more => {
  for (let found = [], pageToken; ;) {
    const page = await connections({pageSize: 2, pageToken, ...more});
    found = found.concat(page.connections ?? []);
    if (!(pageToken = page.nextPageToken)) return [found, page.nextSyncToken];
  }
};

const made = await create(ADA, SHOWN);
say('made', made);
const resourceName = made.resourceName;
say('cjk', (await create(named('太郎', '山田'), NAMES)).names);
say('nameless', await create({emailAddresses: [{value: 'x@example.test', type: 'other'}]}, SHOWN));
await refused('two_names', create({names: [{givenName: 'a'}, {givenName: 'b'}]}, NAMES));
let [found, syncToken] = await sync();
say('all', found);
const kolegove = {requestBody: {contactGroup: {name: 'Kolegové'}}};
const group = (await groups.create(kolegove)).data;
say('group', group);
await refused('group_again', groups.create(kolegove));
say('joined', (await groups.members.modify({resourceName: group.resourceName, requestBody: {resourceNamesToAdd: [resourceName, 'people/c5']}})).data);
say('members', (await groups.get({resourceName: group.resourceName, maxMembers: 10})).data);
const get = async personFields => (await people.get({resourceName, personFields})).data;
made.metadata = (await get(NAMES)).metadata;
await refused('stale', people.updateContact({resourceName, requestBody: made, updatePersonFields: 'names', personFields: NAMES}));
const {phoneNumbers, ...fresh} = await get('names,phoneNumbers,metadata');
say('updated', (await people.updateContact({resourceName, requestBody: {...fresh, ...named('Augusta', 'King')}, updatePersonFields: 'names,phoneNumbers', personFields: SHOWN})).data);
[found, syncToken] = await sync({syncToken});
say('changed', found);
await refused('bogus', connections({syncToken: 'bogus'}));
const contacts = ['A', 'B'].map(given => ({contactPerson: named(given, 'Batch')}));
const batch = (await people.batchCreateContacts({requestBody: {contacts, readMask: NAMES}})).data.createdPeople;
say('batch', batch);
const names = batch.map(one => one.person.resourceName);
say('batch_get', (await people.getBatchGet({resourceNames: [names[0], 'people/c5'], personFields: NAMES})).data.responses);
say('found', (await people.searchContacts({query: 'bat', pageSize: 10, readMask: 'names'})).data.results.map(one => one.person));
await people.batchDeleteContacts({requestBody: {resourceNames: names}});
await people.deleteContact({resourceName});
await refused('gone', get(NAMES));
say('deleted', (await sync({syncToken}))[0].filter(person => person.metadata.deleted).length);
say('groups', (await groups.list({pageSize: 1000})).data.contactGroups);
await groups.delete({resourceName: group.resourceName});
await refused('group_gone', groups.get({resourceName: group.resourceName}));
const saved = (await others.list({readMask: 'emailAddresses,metadata,names,phoneNumbers,photos'})).data.otherContacts;
say('others', saved);
await refused('wide', others.list({readMask: 'addresses'}));
say('copied', (await others.copyOtherContactToMyContactsGroup({resourceName: saved[0].resourceName, requestBody: {copyMask: 'names,emailAddresses'}})).data);
const colleagues = (await people.listDirectoryPeople({readMask: 'names,emailAddresses,metadata', sources: ['DIRECTORY_SOURCE_TYPE_DOMAIN_PROFILE']})).data.people;
say('colleagues', colleagues.flatMap(person => person.emailAddresses.map(mail => mail.value)).sort());
end();
