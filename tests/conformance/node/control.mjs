// The sandbox's control plane, for what Google has no API for, and the check marks of these scripts.
export const CLIENT_ID = 'conformance.apps.googleusercontent.com';
export const CLIENT_SECRET = 'GOCSPX-conformance';
export const REDIRECT_URI = 'http://localhost:9/cb';
export const USER = 'ann@conformance.test';
export const USER_2 = 'bob@conformance.test';

let passed = 0, failed = 0;
export const check = (name, ok, seen = '') => {
  if (ok) passed++; else failed++;
  console.log(ok ? 'PASS' : 'FAIL', name, ok ? '' : seen);
};
export const end = () => {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
};

export class Control {
  constructor(base) { this.base = base + '/_sandbox'; }
  async call(method, path, body) {
    const r = await fetch(this.base + path, {method, headers: {'content-type': 'application/json'}, body: body && JSON.stringify(body)});
    if (!r.ok) throw new Error(`${path}: ${r.status} ${await r.text()}`);
    const text = await r.text();
    return text ? JSON.parse(text) : undefined;
  }
  async seed() {
    for (const email of [USER, USER_2]) {
      await this.call('POST', '/users', {email, name: email.split('@')[0], kind: 'user', domain: email.split('@')[1]});
    }
    await this.call('POST', '/clients', {client_id: CLIENT_ID, client_secret: CLIENT_SECRET, name: 'Conformance', redirect_uris: [REDIRECT_URI]});
  }
  /** What a person does on the account and consent pages; the callback's address. */
  async approve(auth_url, account = USER) {
    return new URL((await this.call('POST', '/consent', {auth_url, account})).location);
  }
  expireSyncTokens() { return this.call('POST', '/sync-tokens', {expire: true}); }
  addServiceAccount(email, client_id, public_key_pem, scopes) {
    return this.call('POST', '/service-accounts', {email, client_id, public_key_pem, scopes, domain: USER.split('@')[1]});
  }
}
