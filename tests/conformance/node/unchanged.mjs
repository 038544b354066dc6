// Google's official Node client with no option changed. Run by unchanged.sh inside its namespace.
import {generateKeyPairSync, randomBytes} from 'node:crypto';
import {lookup} from 'node:dns/promises';
import {Readable} from 'node:stream';
import {google} from 'googleapis';
import {check, CLIENT_ID, CLIENT_SECRET, Control, end, REDIRECT_URI, USER} from './control.mjs';

if ((await lookup('accounts.google.com')).address !== '127.0.0.1') throw new Error('accounts.google.com is not the local sandbox here: run unchanged.sh');
const ctl = new Control('https://www.googleapis.com');
await ctl.seed();
await ctl.call('POST', '/users', {email: USER, admin: true});
const CALENDAR = 'https://www.googleapis.com/auth/calendar';
const SCOPES = ['openid', CALENDAR, 'https://mail.google.com/',
  ...['userinfo.email', 'contacts', 'drive', 'meetings.space.created', 'admin.directory.user'].map(name => 'https://www.googleapis.com/auth/' + name)];

const auth = new google.auth.OAuth2(CLIENT_ID, CLIENT_SECRET, REDIRECT_URI);
const {codeVerifier, codeChallenge} = await auth.generateCodeVerifierAsync();
const url = auth.generateAuthUrl({access_type: 'offline', prompt: 'consent', scope: SCOPES, login_hint: USER, code_challenge_method: 'S256', code_challenge: codeChallenge});
const {tokens} = await auth.getToken({code: (await ctl.approve(url)).searchParams.get('code'), codeVerifier});
auth.setCredentials(tokens);
check('web flow with PKCE', !!tokens.refresh_token);
const email = await auth.verifyIdToken({idToken: tokens.id_token, audience: CLIENT_ID}).then(t => t.getPayload().email, e => e.message);
check('verifyIdToken', email === USER, email);

google.options({auth});
const event = await google.calendar('v3').events.insert({calendarId: 'primary', requestBody: {summary: 'n', start: {date: '2026-12-01'}, end: {date: '2026-12-02'}}});
check('calendar insert', event.data.status === 'confirmed');

// Every service under its own name, and uploads
const seen = async call => (await call.catch(e => ({data: {error: e.message}}))).data;
const me = await seen(google.people('v1').people.get({resourceName: 'people/me', personFields: 'names'}));
check('people', me.resourceName?.startsWith('people/'), me.error);
const profile = await seen(google.gmail('v1').users.getProfile({userId: 'me'}));
check('gmail', profile.emailAddress === USER, profile.error);
const space = await seen(google.meet('v2').spaces.create({requestBody: {}}));
check('meet', space.meetingUri?.startsWith('https://meet.google.com/'), space.error);
const {users, error} = await seen(google.admin('directory_v1').users.list({customer: 'my_customer'}));
check('directory', users?.some(user => user.primaryEmail === USER), error);
const files = google.drive('v3').files, media = {mimeType: 'text/plain'};
const text = id => files.get({fileId: id, alt: 'media'}, {responseType: 'text'});
const simple = await seen(files.create({media: {...media, body: 'hi'}}));
check('a simple upload', simple.id && await seen(text(simple.id)) === 'hi', simple.error);
const multipart = await seen(files.create({requestBody: {name: 'x'}, media: {...media, body: Readable.from(['h', 'i'])}}));
check('a multipart upload', multipart.name === 'x' && await seen(text(multipart.id)) === 'hi', multipart.error);
// The client makes no resumable uploads by itself, but it sends what one is made of.
const ask = (url, more) => auth.request({url, method: 'PUT', responseType: 'json', validateStatus: () => true, ...more});
const begun = await ask('https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable', {method: 'POST', data: {name: 'y'}});
const piece = Buffer.alloc(256 * 1024, 'a'), place = begun.headers.get('location');
const sent = (data, from, of) => ask(place, {data, headers: {'content-range': `bytes ${from}-${from + data.length - 1}/${of}`}});
const more = await sent(piece, 0, piece.length + 2);
const last = await sent(Buffer.from('hi'), piece.length, piece.length + 2);
check('a resumable upload', more.status === 308 && last.status === 200 && last.data.name === 'y', `${begun.status} ${more.status} ${last.status}`);

const {privateKey, publicKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
const sa = `n${randomBytes(4).toString('hex')}@p.iam.gserviceaccount.com`;
await ctl.addServiceAccount(sa, '2'.repeat(21), publicKey.export({type: 'spki', format: 'pem'}), [CALENDAR]);
const jwt = new google.auth.JWT({email: sa, key: privateKey.export({type: 'pkcs8', format: 'pem'}), scopes: [CALENDAR], subject: USER});
const token = await jwt.authorize().catch(e => e);
check('a service account acts as a user', !!token.access_token, token.message ?? '');
end();
