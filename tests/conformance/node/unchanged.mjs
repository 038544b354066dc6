// Google's official Node client with no option changed. Run by unchanged.sh inside its namespace.
import {generateKeyPairSync, randomBytes} from 'node:crypto';
import {lookup} from 'node:dns/promises';
import {google} from 'googleapis';
import {check, CLIENT_ID, CLIENT_SECRET, Control, end, REDIRECT_URI, USER} from './control.mjs';

if ((await lookup('accounts.google.com')).address !== '127.0.0.1') throw new Error('accounts.google.com is not the local sandbox here: run unchanged.sh');
const ctl = new Control('https://www.googleapis.com');
await ctl.seed();
const CALENDAR = 'https://www.googleapis.com/auth/calendar';
const SCOPES = ['openid', 'https://www.googleapis.com/auth/userinfo.email', CALENDAR];

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

const {privateKey, publicKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
const sa = `n${randomBytes(4).toString('hex')}@p.iam.gserviceaccount.com`;
await ctl.addServiceAccount(sa, '2'.repeat(21), publicKey.export({type: 'spki', format: 'pem'}), [CALENDAR]);
const jwt = new google.auth.JWT({email: sa, key: privateKey.export({type: 'pkcs8', format: 'pem'}), scopes: [CALENDAR], subject: USER});
const token = await jwt.authorize().catch(e => e);
check('a service account acts as a user', !!token.access_token, token.message ?? '');
end();
