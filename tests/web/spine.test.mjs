// The first whole path, as a person walks it: sign in, connect, and what is done on one side is on the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Portal, until } from './portal.mjs';

let portal;
let page;
let anna;

before(async () => {
  portal = await Portal.start();
  anna = portal.account('employee');
  page = await portal.page();
});

after(async () => {
  await portal?.stop();
});

/** Tuesday of the week after this one, as `2026-11-24`. */
function nextTuesday() {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() + ((2 - day.getUTCDay() + 7) % 7 || 7) + (day.getUTCDay() === 0 || day.getUTCDay() > 2 ? 0 : 7));
  return day.toISOString().slice(0, 10);
}

/** Opens the week that holds `day`. */
async function openWeek(day) {
  await page.goto(`${portal.url}/calendar`);
  await page.getByRole('button', { name: 'Today' }).waitFor();
  for (let n = 0; n < 3 && (await page.locator(`[data-date="${day}"]`).count()) === 0; n++) {
    const first = await page.locator('[data-date]').first().getAttribute('data-date');
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.waitForFunction((before) => document.querySelector('[data-date]')?.dataset.date !== before, first);
  }
}

/** The tall column of a day in the week view. */
async function column(day) {
  let tallest;
  for (const cell of await page.locator(`[data-date="${day}"]`).all()) {
    const box = await cell.boundingBox();
    if (box && (!tallest || box.height > tallest.height)) tallest = box;
  }
  assert.ok(tallest && tallest.height > 300, `the column of ${day} is drawn`);
  return tallest;
}

test('a wrong password says so, the right one signs in', async () => {
  await page.goto(portal.url);
  await page.getByLabel('Email').fill(anna.email);
  await page.getByLabel('Password', { exact: true }).fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(/password is not right/).waitFor();
  await portal.signIn(page, anna);
});

test('Google is connected through the account chooser and the consent page', async () => {
  await portal.connect(page, anna);
  await page.getByText('In step').first().waitFor();
  await page.getByText(anna.google).first().waitFor();
});

test('what is drawn into the calendar is in Google Calendar, with its Meet room', async () => {
  const day = nextTuesday();
  await openWeek(day);
  const box = await column(day);
  const x = box.x + box.width / 2;
  const y = box.y + box.height * 0.45;
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y + 30, { steps: 8 });
  await page.mouse.move(x, y + 60, { steps: 8 });
  await page.mouse.up();
  const title = page.getByLabel('Title');
  await title.fill('Drawn by hand');
  await title.press('Enter');
  const [event] = await until('the event is in Google', async () => {
    const found = await portal.googleEvents(anna, 'Drawn by hand');
    return found.length && found[0].hangoutLink ? found : undefined;
  });
  assert.equal(event.start.dateTime.slice(0, 10), day);
  assert.match(event.hangoutLink, /^https:\/\/meet\.google\.com\//);
  await page.getByText('Drawn by hand').first().click();
  await page.getByRole('link', { name: /Join/ }).first().waitFor();
  await page.keyboard.press('Escape');
});

test('what is made at Google appears without a reload, and so does its change', async () => {
  const day = nextTuesday();
  await openWeek(day);
  const made = await portal.google(anna, 'POST', '/calendars/primary/events', {
    summary: 'Made at Google',
    start: { dateTime: `${day}T15:00:00`, timeZone: 'Europe/Prague' },
    end: { dateTime: `${day}T16:00:00`, timeZone: 'Europe/Prague' },
  });
  await page.getByText('Made at Google').first().waitFor();
  await portal.google(anna, 'PATCH', `/calendars/primary/events/${made.id}`, { summary: 'Renamed at Google' });
  await page.getByText('Renamed at Google').first().waitFor();
  assert.equal(await page.getByText('Made at Google').count(), 0);
});

test('both sides change the title: Google stands, the person is told and chooses', async () => {
  const [event] = await portal.googleEvents(anna, 'Renamed at Google');
  // While the account is paused, both sides change without hearing of each other.
  await page.goto(`${portal.url}/google`);
  await page.getByRole('button', { name: `More for ${anna.google}` }).click();
  await page.getByRole('menuitem', { name: 'Pause' }).click();
  await page.getByText('Paused').first().waitFor();
  await openWeek(nextTuesday());
  await page.getByText('Renamed at Google').first().click();
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Title').fill('Renamed in Portico');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Renamed in Portico').first().waitFor();
  await portal.google(anna, 'PATCH', `/calendars/primary/events/${event.id}`, { summary: 'Renamed again at Google' });
  await page.goto(`${portal.url}/google`);
  await page.getByRole('button', { name: 'Resume' }).first().click();
  await page.getByRole('article').getByRole('button', { name: 'Conflict' }).first().waitFor();
  await openWeek(nextTuesday());
  await page.getByText('Renamed again at Google').first().waitFor();
  await page.getByText('One meeting was changed here and at Google').waitFor();
  await page.goto(`${portal.url}/calendar/conflicts`);
  await page.getByRole('link', { name: /Renamed again at Google/ }).click();
  await page.getByText('Renamed in Portico').first().waitFor();
  await page.getByRole('button', { name: 'Keep Portico' }).click();
  await until('the choice is at Google', async () => (await portal.googleEvents(anna, 'Renamed in Portico')).length === 1);
});

test('a killed portal starts again where it was, and so does Google', async () => {
  await portal.killAndRestart();
  await page.goto(`${portal.url}/calendar`);
  assert.equal((await portal.googleEvents(anna, 'Drawn by hand')).length, 1);
  await portal.google(anna, 'POST', '/calendars/primary/events', {
    summary: 'After the restart',
    start: { dateTime: `${nextTuesday()}T17:00:00`, timeZone: 'Europe/Prague' },
    end: { dateTime: `${nextTuesday()}T18:00:00`, timeZone: 'Europe/Prague' },
  });
  await openWeek(nextTuesday());
  await page.getByText('After the restart').first().waitFor();
  assert.equal(await page.getByText('Drawn by hand').count() > 0, true);
});

test('nobody without the grant can connect, and the page says so', async () => {
  const ungranted = portal.demo.accounts.find((account) => /without/i.test(account.role));
  assert.ok(ungranted, 'the sample company has somebody without the grant');
  const other = await portal.page();
  await portal.signIn(other, ungranted);
  await other.goto(`${portal.url}/google`);
  await other.getByText('Your role does not include connecting Google').waitFor();
  assert.equal(await other.getByRole('button', { name: 'Connect Google' }).count(), 0);
});
