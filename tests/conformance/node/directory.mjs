// The directory with Google's Node client, step for step as tests/clients/directory.rs plays it with our library.
import {ANN, BOB, ctl, end, refused, say, service} from './play.mjs';

const SCOPES = ['user', 'user.security', 'group', 'orgunit'].map(s => 'https://www.googleapis.com/auth/admin.directory.' + s);
const CALENDAR = 'https://www.googleapis.com/auth/calendar', CLIENT = 'web.apps.googleusercontent.com';
const EVA = 'eva@example.com', STAFF = 'staff@example.com', BOARD = 'board@example.com', ZOE = 'zoe@elsewhere.example';
await ctl.call('POST', '/users', {email: ANN, admin: true});
const {users, groups, orgunits: units, members, tokens} = await service('admin', 'directory_v1', ANN, SCOPES);
const OWN = {customerId: 'my_customer'};
const data = async call => (await call).data;
const unit = (name, parentOrgUnitPath) => data(units.insert({...OWN, requestBody: {name, parentOrgUnitPath}}));
const insert = (primaryEmail, givenName, familyName, password, more) =>
  data(users.insert({requestBody: {primaryEmail, name: {givenName, familyName}, password, ...more}}));
const add = (groupKey, email, role) => data(members.insert({groupKey, requestBody: {email, role}}));

say('unit', await unit('Obchod', '/'));
say('inner_unit', await unit('Praha 1', '/Obchod'));
await refused('unit_again', unit('Obchod', '/'));
await refused('unit_nowhere', unit('x', '/Nikde'));

const eva = await insert(EVA, 'Eva', 'Nováková', 'tajné heslo', {orgUnitPath: '/Obchod/Praha 1', phones: [{type: 'work', value: '+420 111'}]});
say('made', eva);
await refused('made_again', insert(EVA, 'E', 'N', 'tajné heslo'));
await refused('no_password', insert('x@example.com', 'E', 'N', ''));
await refused('elsewhere', insert('x@nowhere.example', 'E', 'N', 'tajné heslo'));
say('user', await data(users.get({userKey: EVA, projection: 'full'})));
const requestBody = {name: {familyName: 'Malá'}, organizations: [{title: 'Účetní', department: 'Finance', primary: true}]};
const guarded = userKey => data(users.patch({userKey, requestBody}, {headers: {'If-Match': eva.etag}}));
say('patched', await guarded(eva.id));
await refused('stale', guarded(EVA));
await refused('nobody', users.get({userKey: 'nobody@example.com'}));
await refused('foreign', users.get({userKey: 'x@other.example'}));
const found = [];
for (let pageToken; ;) {
  const page = await data(users.list({customer: 'my_customer', maxResults: 2, orderBy: 'givenName', sortOrder: 'DESCENDING', pageToken}));
  found.push(...page.users.map(user => user.primaryEmail));
  if (!(pageToken = page.nextPageToken)) break;
}
say('users', found);
say('found', (await data(users.list({customer: 'my_customer', query: "orgUnitPath='/Obchod' name:mal*"}))).users);
const alias = alias => data(users.aliases.insert({userKey: EVA, requestBody: {alias}}));
say('alias', await alias('eva.mala@example.com'));
await refused('alias_taken', alias(BOB));
say('aliases', (await data(users.aliases.list({userKey: EVA}))).aliases);
say('by_alias', await data(users.get({userKey: 'eva.mala@example.com', viewType: 'domain_public'})));
await users.aliases.delete({userKey: EVA, alias: 'eva.mala@example.com'});

say('group', await data(groups.insert({requestBody: {email: STAFF, name: 'Zaměstnanci'}})));
say('board', await data(groups.insert({requestBody: {email: BOARD, name: 'Vedení'}})));
await refused('group_again', groups.insert({requestBody: {email: STAFF, name: 'x'}}));
say('member', await add(STAFF, EVA, 'MANAGER'));
say('stranger', await add(STAFF, ZOE, 'MEMBER'));
await refused('member_again', add(STAFF, EVA, 'MEMBER'));
await refused('no_such_member', add(STAFF, 'nobody@example.com', 'MEMBER'));
say('in_group', await add(BOARD, STAFF, 'MEMBER'));
await refused('in_circles', add(STAFF, BOARD, 'MEMBER'));
say('has', (await data(members.hasMember({groupKey: BOARD, memberKey: EVA}))).isMember);
say('has_not', (await data(members.hasMember({groupKey: STAFF, memberKey: BOB}))).isMember);
say('promoted', await data(members.patch({groupKey: STAFF, memberKey: EVA, requestBody: {role: 'OWNER'}})));
say('members', (await data(members.list({groupKey: STAFF}))).members);
say('owners', (await data(members.list({groupKey: STAFF, roles: 'OWNER'}))).members.length);
say('described', await data(groups.patch({groupKey: STAFF, requestBody: {description: 'Všichni'}})));
say('groups_of', (await data(groups.list({userKey: EVA}))).groups);
say('groups', (await data(groups.list({customer: 'my_customer'}))).groups.map(group => group.name));
await members.delete({groupKey: STAFF, memberKey: ZOE});
await refused('member_gone', members.get({groupKey: STAFF, memberKey: ZOE}));
await groups.delete({groupKey: BOARD});
await refused('group_gone', groups.get({groupKey: BOARD}));

say('renamed', await data(units.patch({...OWN, orgUnitPath: 'Obchod', requestBody: {name: 'Prodej'}})));
say('units', (await data(units.list({...OWN, orgUnitPath: '/', type: 'all'}))).organizationUnits);
const inner = {...OWN, orgUnitPath: 'Prodej/Praha 1'};
say('unit_by_path', await data(units.get(inner)));
await refused('unit_in_use', units.delete(inner));

await ctl.call('POST', '/tokens', {account: BOB, client: CLIENT, scopes: [CALENDAR]});
say('grants', (await data(tokens.list({userKey: BOB}))).items);
await tokens.delete({userKey: BOB, clientId: CLIENT});
await refused('grant_gone', tokens.get({userKey: BOB, clientId: CLIENT}));

await users.makeAdmin({userKey: EVA, requestBody: {status: true}});
say('admin', (await data(users.get({userKey: EVA}))).isAdmin);
await users.delete({userKey: EVA});
await refused('user_gone', users.get({userKey: EVA}));
say('deleted', (await data(users.list({customer: 'my_customer', showDeleted: 'true'}))).users.length);
await users.undelete({userKey: eva.id, requestBody: {orgUnitPath: '/'}});
say('back', await data(users.get({userKey: EVA})));
await units.delete(inner);
await refused('unit_gone', units.get(inner));
end();
