// A demo of its own for each test file: the portal with its sandbox on free ports, and a browser that speaks to both.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const root = path.join(import.meta.dirname, '..', '..');

/** Starts `portico demo` in `data`; resolves when it says that it is ready. */
function startDemo(data) {
  const child = spawn(path.join(root, 'target/debug/portico'), ['demo', '--json', '--port', '0', '--data', data], {
    cwd: data,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((ready, failed) => {
    child.once('exit', (code, signal) => failed(new Error(`the demo ended before it was ready (${code ?? signal})`)));
    createInterface({ input: child.stdout }).once('line', (line) => ready({ child, ...JSON.parse(line) }));
  });
}

/** A working day of the week after this one. */
export const day = (() => {
  const date = new Date();
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7) + 9);
  return date.toISOString().slice(0, 10);
})();

/** What stands on the fields and buttons of the way in; the tests of another language bring its words. */
const english = { email: 'Email', password: 'Password', signIn: 'Sign in', account: /^Account of/, connect: 'Connect Google' };

/** What a page may complain of: the browser itself tells of every answer that is a refusal, which some tests bring about. */
const expected = /^Failed to load resource/;

export class Portal {
  pages = [];

  static async start() {
    const portal = new Portal();
    portal.data = mkdtempSync(path.join(tmpdir(), 'portico-web-'));
    try {
      portal.demo = await startDemo(portal.data);
      portal.browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      });
    } catch (error) {
      // Whoever asked has nothing to stop.
      await portal.stop();
      throw error;
    }
    return portal;
  }

  get url() {
    return this.demo.portal;
  }

  /** The n-th account of the first sample company with this role. */
  account(role, n = 0) {
    const tenant = this.demo.accounts[0].tenant;
    return this.demo.accounts.filter((a) => a.tenant === tenant && a.role === role)[n];
  }

  /** A browser of its own, with its own cookies; faults of its page fail the tests when they end. */
  async page(options = {}) {
    const context = await this.browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Prague', viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.complaints = [];
    this.pages.push(page);
    page.on('pageerror', (error) => page.complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && page.complaints.push(message.text()));
    return page;
  }

  async signIn(page, account, words = english) {
    await page.goto(this.url);
    await page.getByLabel(words.email).fill(account.email);
    await page.getByLabel(words.password, { exact: true }).fill(account.password);
    await page.getByRole('button', { name: words.signIn, exact: true }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    await page.getByRole('button', { name: words.account }).waitFor();
  }

  /** From the Google page through the sandbox's account chooser and consent page, and back. */
  async connect(page, account, { untick = [], words = english } = {}) {
    await page.goto(`${this.url}/google`);
    await page.getByRole('button', { name: words.connect }).first().click();
    await page.locator(`[id="account-${account.google}"]`).click();
    await page.getByRole('button', { name: 'Continue' }).waitFor();
    for (const scope of untick) await page.locator(`input[name="scope"][value="${scope}"]`).uncheck();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${this.url}/**`);
  }

  /** A browser of `account`'s own, signed in, connected, and in step with Google. */
  async pageInStep(account) {
    const page = await this.page();
    await this.signIn(page, account);
    await this.connect(page, account);
    await page.getByText('In step').first().waitFor();
    return page;
  }

  /** A call to the API as whoever is signed in on `page`. */
  async api(page, method, where, body) {
    const answer = await page.context().request.fetch(`${this.url}/api/v1${where}`, {
      method,
      headers: { origin: this.url },
      data: body,
    });
    const text = await answer.text();
    if (!answer.ok()) throw new Error(`${where}: ${answer.status()} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /**
   * Makes a meeting that was changed here and at Google: both sides are edited while the connection is paused. Answers with
   * the conflict, once it is in that state.
   */
  async conflict(page, account, title, { at = '15:00', state = 'open' } = {}) {
    const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const time = (clock) => ({ dateTime: `${day}T${clock}:00`, timeZone: 'Europe/Prague' });
    const end = `${String(Number(at.slice(0, 2)) + 1).padStart(2, '0')}${at.slice(2)}`;
    const there = await this.google(account, 'POST', '/calendars/primary/events', { summary: title, start: time(at), end: time(end) });
    const window = `from=${day}T00:00:00Z&to=${day}T23:59:59Z&limit=200`;
    const here = await until(`${title} is in Portico`, async () =>
      (await this.api(page, 'GET', `/calendar/events?${window}`)).items.find((event) => event.title === title));
    const [connection] = (await this.api(page, 'GET', '/google/connections')).items;
    await this.api(page, 'POST', `/google/connections/${connection.id}/pause`);
    await this.api(page, 'PATCH', `/calendar/events/${here.id}`, { location: 'Room of Portico', description: 'Said in Portico' });
    await this.google(account, 'PATCH', `/calendars/primary/events/${there.id}`, { location: 'Room of Google', description: 'Said at Google' });
    await this.api(page, 'POST', `/google/connections/${connection.id}/resume`);
    return until(`${title} is in conflict`, async () =>
      (await this.api(page, 'GET', `/calendar/conflicts?state=${state}`)).items.find((conflict) => conflict.title === title));
  }

  /** A call to the sandbox's control plane. */
  async control(method, where, body) {
    const answer = await fetch(`${this.demo.sandbox}/_sandbox${where}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${where}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text ? JSON.parse(text) : undefined;
  }

  /** A call to Google's Calendar as `account`, as Google's own page would make it. */
  async google(account, method, where, body) {
    this.tokens ??= {};
    this.tokens[account.google] ??= (await this.control('POST', '/tokens', {
      account: account.google,
      scopes: ['https://www.googleapis.com/auth/calendar'],
    })).access_token;
    const answer = await fetch(`${this.demo.sandbox}/calendar/v3${where}`, {
      method,
      headers: { authorization: `Bearer ${this.tokens[account.google]}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${where}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  }

  /** The events of a Google calendar whose title is `title`. */
  async googleEvents(account, title) {
    const page = await this.google(account, 'GET', `/calendars/primary/events?q=${encodeURIComponent(title)}`);
    return page.items.filter((event) => event.summary === title);
  }

  /** Stops the demo as a power cut would, and starts it again on the same folder. */
  async killAndRestart() {
    this.demo.child.removeAllListeners('exit');
    this.demo.child.kill('SIGKILL');
    await new Promise((gone) => this.demo.child.once('close', gone));
    const before = this.demo;
    this.demo = await startDemo(this.data);
    if (this.demo.portal !== before.portal) throw new Error(`another address after a restart: ${this.demo.portal}`);
  }

  /** Ends the demo as an operator would, with pages still open: they must not keep it. Then the browser and the data go. */
  async stop() {
    const child = this.demo?.child;
    if (child && child.exitCode === null && child.signalCode === null) {
      child.removeAllListeners('exit');
      const gone = new Promise((done) => child.once('close', done));
      child.kill('SIGTERM');
      await gone;
    }
    await this.browser?.close();
    rmSync(this.data, { recursive: true, force: true });
    const complaints = this.pages.flatMap((page) => page.complaints).filter((text) => !expected.test(text));
    if (complaints.length > 0) throw new Error(`the pages complained:\n${complaints.join('\n')}`);
  }
}

/** Asks again and again until `look` gives something true; what it gave. */
export async function until(what, look) {
  for (let n = 0; n < 200; n++) {
    const found = await look();
    if (found) return found;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`${what}: not within 20 s`);
}
