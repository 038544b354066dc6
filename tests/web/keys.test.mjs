// Keys: Escape closes what is on top and nothing under it, and the calendar's own keys stay out of what lies over it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Portal, day, until } from './portal.mjs';

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

async function openWeek(more = '') {
  await page.goto(`${portal.url}/calendar?view=week&date=${day}${more}`);
  await page.getByRole('button', { name: 'Today' }).waitFor();
}

async function edit(event) {
  await openWeek(`&event=${event.id}`);
  await page.getByRole('dialog', { name: event.title }).getByRole('button', { name: 'Edit' }).click();
  const form = page.getByRole('dialog', { name: 'Edit meeting' });
  await form.getByLabel('Title').waitFor();
  return form;
}

function make(title, more = {}) {
  return portal.api(page, 'POST', '/calendar/events', {
    title,
    start_time: `${day}T10:00:00`,
    end_time: `${day}T11:00:00`,
    time_zone: 'Europe/Prague',
    use_google_meet: false,
    ...more,
  });
}

test('Escape at the question about the series leaves the form under it with its text', async () => {
  const series = await make('Each week', { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] });
  const list = await portal.api(page, 'GET', `/calendar/events?from=${day}T00:00:00Z&to=${day}T23:00:00Z`);
  const form = await edit(list.items.find((each) => each.id === series.id || each.series_id === series.id));
  await form.getByLabel('Title').fill('Typed with care');
  await form.getByRole('button', { name: 'Save' }).click();
  const question = page.getByRole('dialog', { name: 'Change “Each week”' });
  await question.waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'hidden' });
  assert.equal(await form.getByLabel('Title').inputValue(), 'Typed with care');

  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Find people, pages, actions' });
  await palette.waitFor();
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'hidden' });
  assert.equal(await form.getByLabel('Title').inputValue(), 'Typed with care');

  // Wherever the focus is after a refusal, Escape is the form's.
  await page.route('**/api/v1/calendar/events/*', (route) => (route.request().method() === 'PATCH' ? route.abort() : route.continue()));
  await form.getByRole('button', { name: 'Save' }).click();
  await question.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Portico does not answer.').waitFor();
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'hidden' });
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  assert.deepEqual(page.complaints.filter((text) => /call stack/.test(text)), []);
});

test('a list that is open in the form closes before the form does', async () => {
  const form = await edit(await make('With a list'));
  for (const open of [
    () => form.getByRole('combobox', { name: 'Repeat' }).click(),
    () => form.getByLabel('Start date').click(),
  ]) {
    await open();
    // An Escape that comes before the list is there is the form's own.
    await page.locator('[class*="-dropdown"]').filter({ visible: true }).first().waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await form.isVisible(), true);
    await until('the list is closed', async () => (await page.getByRole('listbox').filter({ visible: true }).count()) === 0);
  }
});

test('how a meeting repeats is no question of one meeting alone, and its calendar is all of theirs', async () => {
  const series = await make('Twice a month', { recurrence: ['RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4'] });
  const list = await portal.api(page, 'GET', `/calendar/events?from=${day}T00:00:00Z&to=${day}T23:00:00Z`);
  const form = await edit(list.items.find((each) => each.id === series.id || each.series_id === series.id));
  await form.getByRole('combobox', { name: 'Repeat' }).click();
  await page.getByRole('option', { name: 'Does not repeat' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  const question = page.getByRole('dialog', { name: 'Change “Twice a month”' });
  await question.getByRole('radio').first().waitFor();
  assert.equal(await question.getByRole('radio', { name: 'This meeting', exact: true }).count(), 0);
  await question.getByRole('radio', { name: 'All meetings of the series' }).check();
  await question.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'hidden' });
  const saved = await portal.api(page, 'GET', `/calendar/events/${series.id}`);
  assert.equal(saved.is_recurring, false);
});

test('the keys of the calendar stay out of menus, cards and the small month', async () => {
  await openWeek();
  const view = () => new URL(page.url()).searchParams.get('view');
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).focus();
  await page.keyboard.press('d');
  await page.keyboard.press('Escape');
  assert.equal(view(), 'week');

  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('m');
  assert.equal(view(), 'week');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor({ state: 'hidden' });

  const before = page.url();
  await page.locator('[data-own-keys] button[data-selected], [data-own-keys] [data-selected]').first().focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(page.url(), before);

  await page.locator('#content').focus();
  await page.keyboard.press('d');
  await until('the day is shown', () => view() === 'day');
});

test('a link to a meeting that is gone says so', async () => {
  await openWeek('&event=00000000-0000-4000-8000-000000000000');
  await page.getByText('This meeting does not exist any more').waitFor();
  await until('the address names it no longer', () => !page.url().includes('event='));
});

test('Escape does not sign out whom the session has left', async () => {
  const other = await portal.page();
  await portal.signIn(other, anna);
  await openWeek();
  await page.keyboard.press('c');
  const form = page.getByRole('dialog', { name: 'New meeting' });
  await form.getByLabel('Title').fill('Outlives the session');
  const { items } = await portal.api(other, 'GET', '/auth/sessions');
  for (const { id } of items.filter(({ current }) => !current)) await portal.api(other, 'DELETE', `/auth/sessions/${id}`);
  await form.getByRole('button', { name: 'Save' }).click();
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await again.waitFor();
  await page.keyboard.press('Escape');
  await again.getByLabel('Password', { exact: true }).fill(anna.password);
  await again.getByRole('button', { name: 'Sign in', exact: true }).click();
  await again.waitFor({ state: 'hidden' });
  assert.equal(await form.getByLabel('Title').inputValue(), 'Outlives the session');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'hidden' });
  await other.context().close();
});
