// What the scenarios have in common that our library plays too: a client that is turned to the sandbox, and the lines that
// are compared.
import {google} from 'googleapis';
import {check, Control, end} from './control.mjs';

export const BASE = process.argv[2].replace(/\/$/, '');
export const ctl = new Control(BASE);
export const ANN = 'ann@example.com', BOB = 'bob@example.com';

export const service = async (name, version, account, scopes) => {
  const tokens = await ctl.call('POST', '/tokens', {account, client: 'web.apps.googleusercontent.com', scopes});
  const auth = new google.auth.OAuth2();
  auth.setCredentials({access_token: tokens.access_token});
  // The client sends uploads to Google whatever rootUrl says; nothing may leave.
  auth.transporter.interceptors.request.add({resolved: async request => {
    request.url = new URL(String(request.url).replace(/^https:\/\/\w+\.googleapis\.com/, BASE));
    if (request.url.origin !== BASE) throw new Error(`a request to ${request.url.host}`);
    return request;
  }});
  // What came, for the judge of answers.
  const note = response => {
    const {status, headers, data, config} = response;
    const body = data === undefined || data === '' || config.responseType === 'stream' || config.responseType === 'arraybuffer'
      ? null : typeof data === 'string' ? data : JSON.stringify(data);
    console.log('SEEN', JSON.stringify({verb: config.method ?? 'GET', url: String(config.url), status, type: headers.get('content-type'), body}));
  };
  auth.transporter.interceptors.response.add({
    resolved: async response => { note(response); return response; },
    rejected: async error => { if (error.response) note(error.response); throw error; },
  });
  return google[name]({version, auth, rootUrl: BASE + '/', retry: false});
};
export const say = (step, answer) => console.log('ANSWER', step, JSON.stringify(answer));
export const refused = async (step, call) => {
  const error = await call.then(() => null, e => e);
  const whole = error?.response?.data?.error;
  if (!whole) return check(step + ' is refused', false, String(error));
  const named = (whole.errors ?? whole.details ?? []).find(d => d.reason);
  say(step, {status: error.status, reason: named?.reason ?? whole.status});
};
export {end};
