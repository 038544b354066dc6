// A calendar of one person at Google that a colleague sees too: whose it is, through whose account it is kept in step, and
// what becomes of it while that account does not work.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Portal, day, until } from './portal.mjs';

let portal;
/** Who has the calendar, and who reads it. */
let owner;
let reader;
let ownersPage;
let readersPage;

before(async () => {
  portal = await Portal.start();
  [reader, owner] = [portal.account('employee'), portal.account('employee', 1)];
  const team = await portal.google(owner, 'POST', '/calendars', { summary: 'Team', timeZone: 'Europe/Prague' });
  const share = { role: 'reader', scope: { type: 'user', value: reader.google } };
  await portal.google(owner, 'POST', `/calendars/${encodeURIComponent(team.id)}/acl`, share);
  await portal.google(reader, 'POST', '/users/me/calendarList', { id: team.id });
  const time = (clock) => ({ dateTime: `${day}T${clock}:00`, timeZone: 'Europe/Prague' });
  const rota = { summary: 'Rota', start: time('10:00'), end: time('11:00') };
  await portal.google(owner, 'POST', `/calendars/${encodeURIComponent(team.id)}/events`, rota);
  ownersPage = await portal.pageInStep(owner);
  readersPage = await portal.pageInStep(reader);
  owner.name = (await portal.api(ownersPage, 'GET', '/me')).user.name;
});

after(async () => {
  await portal?.stop();
});

/** The row of the shared calendar on the page of connections. */
async function row(page) {
  await page.goto(`${portal.url}/google`);
  const found = page.getByRole('region', { name: 'Calendars' }).getByRole('listitem').filter({ has: page.getByRole('switch', { name: 'Team', exact: true }) });
  await found.waitFor();
  return found;
}

test('who only reads a calendar at Google sees whose account keeps it in step, and nothing to set', async () => {
  const own = await row(ownersPage);
  await own.getByRole('switch').click();
  await own.getByText('In step', { exact: true }).waitFor();
  assert.equal(await own.getByText('Google account').count(), 0, 'it is the own one');

  const shared = await row(readersPage);
  await shared.getByText(`Kept in step through ${owner.name}’s Google account`).waitFor();
  await shared.getByText('In step', { exact: true }).waitFor();
  assert.ok(await shared.getByRole('switch').isChecked());
  assert.ok(await shared.getByRole('switch').isDisabled());
  assert.equal(await shared.getByRole('button', { name: 'Settings of Team' }).count(), 0);
});

test('beside the calendar it stands with its owner, and its events are there', async () => {
  await readersPage.goto(`${portal.url}/calendar?view=week&date=${day}`);
  const mine = readersPage.getByRole('region', { name: 'Mine' });
  const box = mine.getByRole('checkbox', { name: 'Team', exact: true, description: owner.name });
  await box.waitFor();
  assert.ok(await box.isChecked());
  await readersPage.getByText('Rota').first().waitFor();
  await ownersPage.goto(`${portal.url}/calendar`);
  const theirs = ownersPage.getByRole('checkbox', { name: 'Team', exact: true });
  await theirs.waitFor();
  assert.equal(await theirs.getAttribute('aria-describedby'), null, 'nobody is told that the own calendar is theirs');
});

test('while the account is paused the calendar is switched on as paused, and goes on with the account', async () => {
  const own = await row(ownersPage);
  await ownersPage.getByRole('button', { name: `More for ${owner.google}` }).click();
  await ownersPage.getByRole('menuitem', { name: 'Pause' }).click();
  await own.getByText('Paused', { exact: true }).waitFor();
  const shared = await row(readersPage);
  await shared.getByText('Paused', { exact: true }).waitFor();

  const toggle = own.getByRole('switch');
  await toggle.click();
  await until('it is off', async () => !(await toggle.isChecked()) && (await toggle.isEnabled()));
  await toggle.click();
  await until('it is on', async () => (await toggle.isChecked()) && (await toggle.isEnabled()));
  await own.getByText('Paused', { exact: true }).waitFor();
  assert.equal(await own.getByText('In step', { exact: true }).count(), 0);
  await ownersPage.getByRole('button', { name: 'Resume' }).first().click();
  await own.getByText('In step', { exact: true }).waitFor();
});

test('kinds of events that a calendar does not bring come when they are chosen, and say that they are Google’s to edit', async () => {
  const free = { start: { date: day }, end: { date: new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10) } };
  const birthday = { summary: 'Ema is 40', eventType: 'birthday', visibility: 'private', transparency: 'transparent', recurrence: ['RRULE:FREQ=YEARLY'], ...free };
  await portal.google(owner, 'POST', '/calendars/primary/events', birthday);
  await ownersPage.goto(`${portal.url}/google`);
  await ownersPage.getByRole('button', { name: `Settings of ${owner.google}` }).click();
  const kinds = ownersPage.getByRole('group', { name: 'Kinds of events from Google' });
  assert.ok(await kinds.getByRole('checkbox', { name: 'Usual events' }).isDisabled());
  const box = kinds.getByRole('checkbox', { name: 'Birthdays' });
  assert.ok(!(await box.isChecked()));
  await box.click();
  await until('it is kept', async () => {
    const { items } = await portal.api(ownersPage, 'GET', '/calendar/links');
    return items.find((link) => link.role === 'main').event_types.includes('birthday');
  });
  await ownersPage.goto(`${portal.url}/calendar?view=week&date=${day}`);
  await ownersPage.getByText('Ema is 40').first().click();
  await ownersPage.getByText('Can only be edited in Google Calendar.').waitFor();
  await ownersPage.getByRole('link', { name: 'Open in Google' }).waitFor();
  assert.equal(await ownersPage.getByRole('button', { name: 'Edit' }).count(), 0);
});
