// Google's official Node client against the sandbox over plain http, with the addresses turned by its options.
// usage: node options.mjs http://127.0.0.1:PORT        exit status 1 when a check fails
import {generateKeyPairSync, randomBytes} from 'node:crypto';
import {google} from 'googleapis';
import {check, CLIENT_ID, CLIENT_SECRET, Control, end, REDIRECT_URI, USER, USER_2} from './control.mjs';

const B = process.argv[2].replace(/\/$/, '');
const ctl = new Control(B);
await ctl.seed();
const CALENDAR = 'https://www.googleapis.com/auth/calendar';
const SCOPES = ['openid', 'https://www.googleapis.com/auth/userinfo.email', CALENDAR];

// Nothing may leave: a request that is not for the sandbox is stopped.
const guard = client => client.transporter.interceptors.request.add({resolved: async c => {
  if (!String(c.url).startsWith(B)) throw new Error(`a request to ${new URL(String(c.url)).host}`);
  return c;
}});

const auth = new google.auth.OAuth2({clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, redirectUri: REDIRECT_URI, endpoints: {
  oauth2AuthBaseUrl: B + '/o/oauth2/v2/auth', oauth2TokenUrl: B + '/token', oauth2RevokeUrl: B + '/revoke', tokenInfoUrl: B + '/tokeninfo',
  oauth2FederatedSignonPemCertsUrl: B + '/oauth2/v1/certs', oauth2FederatedSignonJwkCertsUrl: B + '/oauth2/v3/certs'}});
guard(auth);
const {codeVerifier, codeChallenge} = await auth.generateCodeVerifierAsync();
const url = auth.generateAuthUrl({access_type: 'offline', prompt: 'consent', include_granted_scopes: true, state: 's', scope: SCOPES,
  code_challenge_method: 'S256', code_challenge: codeChallenge, login_hint: USER_2});
const back = await ctl.approve(url, USER_2);
check('the state comes back', back.searchParams.get('state') === 's');
const {tokens} = await auth.getToken({code: back.searchParams.get('code'), codeVerifier});
auth.setCredentials(tokens);
check('code exchange with PKCE', !!tokens.refresh_token, tokens.scope);
const info = await auth.getTokenInfo(tokens.access_token).catch(e => e.message);
check('tokeninfo', info.aud === CLIENT_ID, JSON.stringify(info));
const email = await auth.verifyIdToken({idToken: tokens.id_token, audience: CLIENT_ID}).then(t => t.getPayload().email, e => e.message);
check('verifyIdToken with the PEM certificates', email === USER_2, email);
auth.setCredentials({refresh_token: tokens.refresh_token});
check('refresh', !!(await auth.getAccessToken()).token);

google.options({auth});
const cal = google.calendar({version: 'v3', rootUrl: B + '/'});
const reasons = e => JSON.stringify(e.response?.data?.error?.errors ?? e.errors ?? e.message);
const id = 'node' + randomBytes(6).toString('hex');
const body = {id, summary: 'n', start: {date: '2026-12-01'}, end: {date: '2026-12-02'}};
const event = (await cal.events.insert({calendarId: 'primary', requestBody: body})).data;
check('insert', event.status === 'confirmed');
const twice = await cal.events.insert({calendarId: 'primary', requestBody: body}).catch(e => e);
check('the same id again is 409', twice.status === 409 && reasons(twice).includes('duplicate'), reasons(twice));
const patched = await cal.events.patch({calendarId: 'primary', eventId: id, requestBody: {summary: 'm', location: null}}, {headers: {'If-Match': event.etag}});
check('patch with the etag', patched.data.summary === 'm' && patched.data.etag !== event.etag);
const stale = await cal.events.patch({calendarId: 'primary', eventId: id, requestBody: {summary: 'x'}}, {headers: {'If-Match': event.etag}}).catch(e => e);
check('a stale etag is 412', stale.status === 412, reasons(stale));
const bogus = await cal.events.list({calendarId: 'primary', syncToken: 'bogus'}).catch(e => e);
check('a malformed sync token is 400', bogus.status === 400, reasons(bogus));
const cursor = (await cal.events.list({calendarId: 'primary'})).data.nextSyncToken;
const quiet = (await cal.events.list({calendarId: 'primary', syncToken: cursor})).data;
check('nothing changed: an empty increment with a token', quiet.items.length === 0 && !!quiet.nextSyncToken);
await ctl.expireSyncTokens();
const gone = await cal.events.list({calendarId: 'primary', syncToken: cursor}).catch(e => e);
check('an expired sync token is 410', gone.status === 410 && reasons(gone).includes('fullSyncRequired'), reasons(gone));
await cal.events.delete({calendarId: 'primary', eventId: id});
const again = await cal.events.delete({calendarId: 'primary', eventId: id}).catch(e => e);
check('a second deletion is 410', again.status === 410, reasons(again));

// A service account: the token address is fixed in Google's library, so an interceptor turns it.
const {privateKey, publicKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
const sa = `${id}@p.iam.gserviceaccount.com`;
await ctl.addServiceAccount(sa, '1'.repeat(21), publicKey.export({type: 'spki', format: 'pem'}), [CALENDAR]);
const jwt = new google.auth.JWT({email: sa, key: privateKey.export({type: 'pkcs8', format: 'pem'}), keyId: 'k', scopes: [CALENDAR], subject: USER});
let header;
jwt.transporter.interceptors.request.add({resolved: async c => {
  const assertion = new URLSearchParams(c.data ?? c.body).get('assertion');
  if (assertion) header = JSON.parse(Buffer.from(assertion.split('.')[0], 'base64url'));
  c.url = new URL(String(c.url).replace('https://oauth2.googleapis.com', B));
  return c;
}});
const token = await jwt.authorize().catch(e => e);
check('a service account acts as a user', !!token.access_token, token.message ?? '');
check('its assertion names no key', header && !('kid' in header), JSON.stringify(header));

await auth.revokeToken(tokens.refresh_token);
auth.setCredentials({refresh_token: tokens.refresh_token});
const dead = await auth.getAccessToken().catch(e => e);
check('a revoked grant is invalid_grant', String(dead.response?.data?.error) === 'invalid_grant', dead.message);

end();
