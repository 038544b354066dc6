// Drive with Google's Node client, step for step as tests/clients/drive.rs plays it with our library.
import {Readable} from 'node:stream';
import {ANN, BOB, end, refused, say, service} from './play.mjs';
import {check} from './control.mjs';

const SCOPES = ['https://www.googleapis.com/auth/drive'];
const FILE = 'kind,id,name,mimeType,description,starred,trashed,explicitlyTrashed,trashedTime,parents,properties,appProperties,version,' +
  'size,quotaBytesUsed,md5Checksum,sha1Checksum,sha256Checksum,headRevisionId,originalFilename,fileExtension,createdTime,' +
  'modifiedTime,viewedByMeTime,sharedWithMeTime,webViewLink,webContentLink,iconLink,owners,lastModifyingUser,sharingUser,' +
  'shared,ownedByMe,driveId,capabilities,permissions,permissionIds,shortcutDetails,writersCanShare,exportLinks';
const PERMISSION = 'kind,id,type,role,emailAddress,domain,displayName,photoLink,allowFileDiscovery,expirationTime,deleted,pendingOwner,' +
  'view,permissionDetails';
const FOLDER = 'application/vnd.google-apps.folder', DOCUMENT = 'application/vnd.google-apps.document';
const ann = await service('drive', 'v3', ANN, SCOPES), bob = await service('drive', 'v3', BOB, SCOPES);
const {files, permissions, changes} = ann;
const data = async call => (await call).data;
const media = (content, mimeType = 'text/plain') => ({mimeType, body: Readable.from([Buffer.from(content)])});
const create = (requestBody, content) => data(files.create({requestBody, fields: FILE, media: content}));
const get = (fileId, by = ann) => by.files.get({fileId, fields: FILE});

say('about', await data(ann.about.get({fields: 'kind,user,storageQuota,maxUploadSize,exportFormats,importFormats,canCreateDrives'})));
const start = (await data(changes.getStartPageToken())).startPageToken;
const bobsStart = (await data(bob.changes.getStartPageToken())).startPageToken;
say('root', await data(get('root')));
const folder = await create({name: 'Smlouvy 契約', mimeType: FOLDER});
say('folder', folder);
const letter = await create({name: 'Dopis.txt', description: 'Nabídka', parents: [folder.id]}, media('Dobrý den\r\n'));
say('letter', letter);
const {ids} = await data(files.generateIds({count: 2}));
say('ids', ids.length);
say('own_id', await create({id: ids[0], name: 'Vlastní id'}));
await refused('own_id_again', create({id: ids[0], name: 'Vlastní id'}));

// This client knows no resumable uploads; what comes of them is the same file.
const content = Buffer.from(Array.from({length: 600 * 1024}, (_, n) => n % 251));
const big = await create({name: 'Velký.bin'}, media(content, 'application/x-test'));
say('big', big);
const back = Buffer.from(await data(files.get({fileId: big.id, alt: 'media'}, {responseType: 'arraybuffer'})));
check('the content came back', back.equals(content));
say('downloaded', back.length);

const q = `'${folder.id}' in parents and name contains 'dop' and trashed = false`;
say('search', (await data(files.list({q, fields: `kind,nextPageToken,incompleteSearch,files(${FILE})`}))).files);
const names = [];
for (let pageToken; ;) {
  const page = await data(files.list({pageSize: 2, orderBy: 'name', pageToken}));
  names.push(...page.files.map(file => file.name));
  if (!(pageToken = page.nextPageToken)) break;
}
say('pages', names);
await refused('bad_search', files.list({q: "colour = 'red'"}));

say('moved', await data(files.update({fileId: big.id, addParents: folder.id, fields: FILE,
  requestBody: {name: 'Přejmenovaný.bin', appProperties: {employee: '42'}}})));
const copy = await data(files.copy({fileId: letter.id, requestBody: {}, fields: FILE}));
say('copy', copy);
say('replaced', await data(files.update({fileId: copy.id, media: media('Nový'), fields: FILE})));
say('trashed', await data(files.update({fileId: copy.id, requestBody: {trashed: true}, fields: FILE})));
say('trash', (await data(files.list({q: 'trashed = true', fields: `files(${FILE})`}))).files);

const document = await create({name: 'Dokument', mimeType: DOCUMENT}, media('Řádek'));
say('document', document);
say('exported', await data(files.export({fileId: document.id, mimeType: 'text/plain'})));
await refused('export_of_a_file', files.export({fileId: big.id, mimeType: 'text/plain'}));
await refused('content_of_a_document', files.get({fileId: document.id, alt: 'media'}));

await refused('hidden', get(letter.id, bob));
const share = (requestBody, more) => permissions.create({fileId: folder.id, requestBody, sendNotificationEmail: false, ...more});
const shared = await data(share({type: 'user', role: 'reader', emailAddress: BOB}, {fields: PERMISSION}));
say('shared', shared);
say('permissions', (await data(permissions.list({fileId: folder.id, fields: `permissions(${PERMISSION})`}))).permissions);
say('seen', await data(get(letter.id, bob)));
const rename = () => bob.files.update({fileId: letter.id, requestBody: {name: 'Nesmí'}, fields: FILE});
await refused('may_not_write', rename());
const one = {fileId: folder.id, permissionId: shared.id, fields: PERMISSION};
say('may_write', await data(permissions.update({...one, requestBody: {role: 'writer'}})));
say('permission', await data(permissions.get(one)));
say('written', await data(rename()));
await permissions.delete({fileId: folder.id, permissionId: shared.id});
await refused('hidden_again', get(letter.id, bob));
await refused('no_permission', permissions.get(one));
await refused('owner_without_transfer', share({type: 'user', role: 'owner', emailAddress: BOB}));

await files.delete({fileId: letter.id});
await refused('gone', get(letter.id));
await files.emptyTrash();
await refused('emptied', get(copy.id));
say('changes', (await data(changes.list({pageToken: start,
  fields: `kind,nextPageToken,newStartPageToken,changes(kind,changeType,time,removed,fileId,driveId,file(${FILE}))`}))).changes);
say('bobs_changes', (await data(bob.changes.list({pageToken: bobsStart}))).changes.map(change => change.removed));
await refused('bad_cursor', changes.list({pageToken: 'soon'}));
end();
