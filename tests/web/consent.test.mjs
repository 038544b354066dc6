// A consent that does not come to its end: each way ends on a page that says what happened and what to do, and what was
// connected before is as it was.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Portal } from './portal.mjs';

const calendar = 'https://www.googleapis.com/auth/calendar';

let portal;
let anna;
let page;

before(async () => {
  portal = await Portal.start();
  anna = portal.account('employee');
  page = await portal.page();
  await portal.signIn(page, anna);
});

after(async () => {
  await portal?.stop();
});

beforeEach(async () => {
  await page.goto(`${portal.url}/google`);
  await page.getByRole('heading', { name: 'Google accounts' }).waitFor();
});

/** To the consent page for this account, chosen among all. */
async function toConsent(account = anna) {
  await page
    .getByRole('button', { name: /^Connect (Google|an account)$/ })
    .first()
    .click();
  await page.locator(`[id="account-${account.google}"]`).click();
  await page.getByRole('button', { name: 'Continue' }).waitFor();
}

/** The page that the consent ended on, and back from it. */
async function endsOn(title) {
  await page.getByRole('heading', { name: title }).waitFor();
  await page.getByText('What was connected before is as it was.').waitFor();
  await page.getByRole('link', { name: 'Back to Portico' }).click();
  await page.getByRole('heading', { name: 'Google accounts' }).waitFor();
}

async function connections() {
  return (await portal.api(page, 'GET', '/google/connections')).items;
}

test('who presses Cancel at Google has connected nothing, and the link cannot be used again', async () => {
  await toConsent();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('heading', { name: 'You did not agree' }).waitFor();
  const used = page.url();
  await endsOn('You did not agree');
  await page.goto(used);
  await endsOn('This link was used already');
  assert.deepEqual(await connections(), []);
});

test('a link that Portico did not make is no way in', async () => {
  await page.goto(`${portal.url}/api/v1/auth/google/callback?state=made-up&code=made-up`);
  await page.getByRole('heading', { name: 'This link is not one of ours' }).waitFor();
});

test('who closes the consent page may begin again', async () => {
  await toConsent();
  await page.goto(`${portal.url}/google`);
  await page.getByRole('button', { name: 'Connect Google' }).waitFor();
  assert.deepEqual(await connections(), []);
});

test('a box left unticked is said, and asked for again', async () => {
  await toConsent();
  await page.locator(`input[name="scope"][value="${calendar}"]`).uncheck();
  await page.getByRole('button', { name: 'Continue' }).click();
  await endsOn('A box was left unticked');
  const card = page.getByRole('article', { name: anna.google });
  await card.getByText('Permission missing').first().waitFor();
  await card.getByRole('button', { name: 'Allow at Google' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('article', { name: anna.google }).getByText('In step').first().waitFor();
});

test('what is connected stays connected when the next consent is refused', async () => {
  const before = await connections();
  assert.equal(before.length, 1);
  await toConsent();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await endsOn('You did not agree');
  const [now] = await connections();
  assert.equal(now.id, before[0].id);
  assert.equal(now.state, 'authorized');
});
