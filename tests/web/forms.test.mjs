// The form of a meeting keeps what is typed into it: through fast fingers, lost answers, other people's changes and a slip
// of the hand; and it says so where it cannot.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Portal, day, until } from './portal.mjs';

let portal;
let anna;
let page;

before(async () => {
  portal = await Portal.start();
  anna = portal.account('employee');
  page = await portal.pageInStep(anna);
});

after(async () => {
  await portal?.stop();
});

afterEach(() => page.unrouteAll({ behavior: 'ignoreErrors' }));

async function openWeek(more = '') {
  await page.goto(`${portal.url}/calendar?view=week&date=${day}${more}`);
  await page.getByRole('button', { name: 'Today' }).waitFor();
}

/** The whole form of a new meeting. */
async function compose(title) {
  await openWeek();
  await page.keyboard.press('c');
  const form = page.getByRole('dialog', { name: 'New meeting' });
  await form.getByLabel('Title').fill(title);
  return form;
}

async function edit(event) {
  await openWeek(`&event=${event.id}`);
  await page.getByRole('dialog', { name: event.title }).getByRole('button', { name: 'Edit' }).click();
  const form = page.getByRole('dialog', { name: 'Edit meeting' });
  await form.getByLabel('Title').waitFor();
  return form;
}

function guestsOf(form) {
  return form.getByRole('combobox', { name: 'Guests' }).or(form.getByRole('textbox', { name: 'Guests' })).first();
}

function make(title, more = {}) {
  return portal.api(page, 'POST', '/calendar/events', {
    title,
    start_time: `${day}T10:00:00`,
    end_time: `${day}T11:00:00`,
    time_zone: 'Europe/Prague',
    use_google_meet: false,
    notify: false,
    ...more,
  });
}

/** The meetings of the day whose title begins so. */
async function saved(title) {
  const from = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const to = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const list = await portal.api(page, 'GET', `/calendar/events?from=${from}T00:00:00Z&to=${to}T23:00:00Z`);
  return list.items.filter((each) => each.title.startsWith(title));
}

/** Two colleagues whose names begin differently. */
async function twoColleagues() {
  const { items } = await portal.api(page, 'GET', '/directory?limit=200');
  const people = items.filter(({ email, name }) => email !== anna.email && /^[A-Z]/.test(name));
  const [first] = people;
  return [first, people.find(({ name }) => name[0] !== first.name[0])];
}

test('fast typing and Enter invite who was typed, not who an earlier answer named', async () => {
  const [wrong, right] = await twoColleagues();
  const form = await compose('Typed in haste');
  const guests = guestsOf(form);
  await guests.fill(wrong.name);
  await page.getByRole('option', { name: new RegExp(wrong.name) }).waitFor();
  await page.route('**/api/v1/directory?**', async (route) => {
    await new Promise((later) => setTimeout(later, 300));
    await route.continue();
  });
  await guests.fill(right.name);
  await page.keyboard.press('Enter');
  await form.getByRole('list', { name: 'Guests' }).getByText(right.name).waitFor();
  assert.equal(await form.getByRole('list', { name: 'Guests' }).getByRole('listitem').count(), 1);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'hidden' });
  const [event] = await saved('Typed in haste');
  assert.deepEqual(event.attendees.filter(({ organizer }) => !organizer).map(({ email }) => email), [right.email]);
});

test('a search that fails says so under the name', async () => {
  const form = await compose('Nobody answers');
  await page.route('**/api/v1/directory?**', (route) => route.fulfill({ status: 422, contentType: 'application/json', body: '{"detail":"No search today."}' }));
  await guestsOf(form).fill('Somebody');
  await page.getByText('No search today.').waitFor();
  assert.equal(await page.getByText('Nobody found').count(), 0);
});

test('Ctrl-Enter saves what was just typed, and nothing while a name is nobody', async () => {
  const form = await compose('By the keyboard');
  await guestsOf(form).fill('no such person');
  await page.getByText('Nobody found').waitFor();
  await page.keyboard.press('Control+Enter');
  await form.getByText('“no such person” is nobody’s address yet.').waitFor();
  await form.getByRole('button', { name: 'Save' }).click();
  assert.equal((await saved('By the keyboard')).length, 0);
  await guestsOf(form).fill('visitor@elsewhere.example');
  await page.keyboard.press('Control+Enter');
  await form.waitFor({ state: 'hidden' });
  const [event] = await saved('By the keyboard');
  assert.ok(event.attendees.some(({ email }) => email === 'visitor@elsewhere.example'));

  const again = await edit(event);
  await again.getByRole('textbox', { name: 'End time' }).or(again.getByRole('combobox', { name: 'End time' })).first().fill('23:15');
  await page.keyboard.press('Control+Enter');
  await again.waitFor({ state: 'hidden' });
  const ends = new Date((await saved('By the keyboard'))[0].end_time);
  assert.equal(ends.toLocaleTimeString('en-GB', { timeZone: 'Europe/Prague' }), '23:15:00');
});

test('a form that was closed by a slip comes back, and one form leaves the draft of another alone', async () => {
  const form = await compose('Half a meeting');
  await form.getByLabel('Place').fill('Brno');
  await page.reload();
  await page.getByText('You have not finished “Half a meeting”.').waitFor();

  await page.keyboard.press('c');
  await form.getByLabel('Title').fill('Another one');
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'hidden' });
  await page.getByText('“Another one” was not saved.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await form.getByLabel('Title').inputValue(), 'Another one');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'hidden' });

  await page.route('**/api/v1/calendar/events/*', (route) => route.fulfill({ status: 503, body: '{}' }));
  await page.getByRole('button', { name: 'Continue' }).click();
  assert.equal(await form.getByLabel('Place').inputValue(), 'Brno');
  await form.getByRole('button', { name: 'Cancel' }).click();
});

test('an answer that was lost makes no second meeting, and what was typed since is not lost', async () => {
  const form = await compose('Sent once');
  await page.route('**/api/v1/calendar/events', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Portico does not answer.').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Continue' }).click();
  await form.getByLabel('Title').fill('Sent once, then changed');
  await form.getByRole('button', { name: 'Save' }).click();
  const changed = page.getByRole('dialog', { name: 'Edit meeting' });
  await changed.getByText('This meeting had been saved already').waitFor();
  await changed.getByRole('button', { name: 'Save' }).click();
  await changed.waitFor({ state: 'hidden' });
  assert.deepEqual((await saved('Sent once')).map(({ title }) => title), ['Sent once, then changed']);
});

test('a guest added at Google while the form is open stays', async () => {
  const event = await make('Guests of two', { attendees: ['first@elsewhere.example'] });
  const there = await until('it is at Google', async () => (await portal.googleEvents(anna, 'Guests of two'))[0]);
  const form = await edit(event);
  await portal.google(anna, 'PATCH', `/calendars/primary/events/${there.id}`, {
    attendees: [...there.attendees.map(({ email }) => ({ email })), { email: 'theirs@elsewhere.example' }],
  });
  const emails = async () => (await portal.api(page, 'GET', `/calendar/events/${event.id}`)).attendees.map(({ email }) => email);
  await until('Portico knows', async () => (await emails()).includes('theirs@elsewhere.example'));
  await guestsOf(form).fill('mine@elsewhere.example');
  await page.keyboard.press('Enter');
  await form.getByRole('button', { name: 'Remove first@elsewhere.example' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody had changed this meeting meanwhile.').waitFor();
  await form.waitFor({ state: 'hidden' });
  const now = await emails();
  assert.ok(now.includes('theirs@elsewhere.example') && now.includes('mine@elsewhere.example'), now.join());
  assert.ok(!now.includes('first@elsewhere.example'), now.join());
});

test('a refusal of a field that the form does not show is told under it', async () => {
  const form = await compose('Refused');
  await page.route('**/api/v1/calendar/events', (route) => route.request().method() === 'POST'
    ? route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ errors: [{ field: 'reminders', code: 'too_many', message: 'x' }] }) })
    : route.continue());
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Reminders: There are too many.').waitFor();
  await form.getByRole('button', { name: 'Cancel' }).click();
});

test('a reminder stays in the unit it was typed in, and is told in the largest', async () => {
  const form = await compose('With reminders');
  await form.getByRole('checkbox', { name: 'As in the calendar' }).uncheck();
  const amount = form.getByLabel('How long before');
  await amount.fill('1440');
  assert.equal(await form.getByLabel('Unit of time').inputValue(), 'minutes before');
  await form.getByRole('button', { name: 'Add a reminder' }).click();
  const second = amount.nth(1);
  await second.fill('');
  await second.blur();
  assert.equal(await second.inputValue(), '30');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'hidden' });
  const [event] = await saved('With reminders');
  await openWeek(`&event=${event.id}`);
  await page.getByRole('dialog', { name: 'With reminders' }).getByText('1 day before').waitFor();
});

test('who signs out leaves no draft behind, and hears when it did not work', async () => {
  const form = await compose('Not for the next one');
  await form.getByLabel('Place').fill('Brno');
  await page.reload();
  await page.getByText('You have not finished').waitFor();
  const kept = () => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('portico-unfinished')).length);
  assert.equal(await kept(), 1);
  const signOut = async () => {
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
  };
  await page.route('**/api/v1/auth/logout', (route) => route.abort(), { times: 1 });
  await signOut();
  await page.getByText('You are still signed in').waitFor();
  assert.equal(await kept(), 1);
  await signOut();
  await page.getByLabel('Email').waitFor();
  assert.equal(await kept(), 0);
});
