// A meeting in the hands of a person: moved, stretched, with guests who are told or not, repeated, made private, put into
// another calendar, deleted and brought back; and a conflict settled field by field.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Portal, day, until } from './portal.mjs';

let portal;
let anna;
let page;
const guest = 'visitor@elsewhere.example';

before(async () => {
  portal = await Portal.start();
  anna = portal.account('employee');
  page = await portal.pageInStep(anna);
});

after(async () => {
  await portal?.stop();
});

/** A meeting of an hour that Google has already; nobody was told of it. */
async function make(title, from, more = {}) {
  const to = `${String(Number(from.slice(0, 2)) + 1).padStart(2, '0')}${from.slice(2)}`;
  const made = await portal.api(page, 'POST', '/calendar/events', {
    title,
    start_time: `${day}T${from}:00`,
    end_time: `${day}T${to}:00`,
    time_zone: 'Europe/Prague',
    use_google_meet: false,
    notify: false,
    ...more,
  });
  if (more.calendar_id === undefined) await there(title);
  return made;
}

/** Google's one event of this title, once `is` holds of it. */
function there(title, is = () => true) {
  return until(`${title} at Google`, async () => {
    const found = await portal.googleEvents(anna, title);
    return found.length === 1 && is(found[0]) ? found[0] : undefined;
  });
}

function clock(time) {
  return new Date(time.dateTime).toLocaleTimeString('en-GB', { timeZone: 'Europe/Prague', hour: '2-digit', minute: '2-digit' });
}

async function openWeek() {
  await page.goto(`${portal.url}/calendar?view=week&date=${day}`);
  await page.getByRole('button', { name: 'Today' }).waitFor();
}

function cardOf(event) {
  return page.locator(`[data-event="${event.id}"]`);
}

/** Draws a card from `grip` of its height by so many pixels; half an hour is 24. */
async function draw(card, grip, by) {
  await card.scrollIntoViewIfNeeded();
  await card.hover({ position: { x: 20, y: 10 } });
  const { x, y, width, height } = await card.boundingBox();
  const [left, top] = [x + width / 2, y + grip(height)];
  await page.mouse.move(left, top);
  await page.mouse.down();
  await page.mouse.move(left, top + by / 2, { steps: 8 });
  await page.mouse.move(left, top + by, { steps: 8 });
  await page.mouse.up();
}

const middle = (height) => height / 2;
const lowerEdge = (height) => height - 2;

function mails() {
  return portal.control('GET', '/mail').then((mail) => mail.items.map(({ to, kind }) => `${kind} ${to}`));
}

/** Chooses from a list of the form by its label. */
async function choose(form, label, option) {
  await form.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option }).click();
}

/** What opens beside a meeting, and from there the whole form. */
async function edit(event, title) {
  await page.goto(`${portal.url}/calendar?view=week&date=${day}&event=${event.id}`);
  await page.getByRole('dialog', { name: title }).getByRole('button', { name: 'Edit' }).click();
  const form = page.getByRole('dialog', { name: 'Edit meeting' });
  await form.getByLabel('Title').waitFor();
  return form;
}

test('a meeting of my own is moved and stretched with the mouse, and nothing is asked', async () => {
  const event = await make('Only mine', '10:00');
  await openWeek();
  await cardOf(event).waitFor();
  await draw(cardOf(event), middle, 48);
  await there('Only mine', ({ start, end }) => clock(start) === '11:00' && clock(end) === '12:00');
  await draw(cardOf(event), lowerEdge, 24);
  await there('Only mine', ({ start, end }) => clock(start) === '11:00' && clock(end) === '12:30');
  assert.equal(await page.getByRole('dialog').count(), 0);
});

test('who moves a meeting with guests is asked whether they are told, and they are told or not', async () => {
  const event = await make('With a guest', '14:00', { attendees: [guest] });
  await portal.control('DELETE', '/mail');
  await openWeek();
  await cardOf(event).waitFor();
  const question = page.getByRole('dialog', { name: 'Change “With a guest”' });

  await draw(cardOf(event), middle, 48);
  await question.getByText('15:00 – 16:00').waitFor();
  await question.getByRole('checkbox', { name: 'Tell the guest' }).uncheck();
  await question.getByRole('button', { name: 'Save' }).click();
  await there('With a guest', ({ start }) => clock(start) === '15:00');
  assert.deepEqual(await mails(), []);

  await draw(cardOf(event), lowerEdge, 24);
  await question.getByText('15:00 – 16:30').waitFor();
  await question.getByRole('button', { name: 'Save' }).click();
  await there('With a guest', ({ end }) => clock(end) === '16:30');
  assert.deepEqual(await mails(), [`update ${guest}`]);

  const before = (await cardOf(event).boundingBox()).y;
  await draw(cardOf(event), middle, 48);
  await question.getByRole('button', { name: 'Cancel' }).click();
  await until('it is back', async () => Math.abs((await cardOf(event).boundingBox()).y - before) < 2);
});

test('the whole form: a guest by name, reminders and privacy reach Google', async () => {
  const colleague = portal.demo.accounts.find((each) => each.tenant === anna.tenant && each.email !== anna.email && each.google);
  const { name } = (await portal.api(page, 'GET', '/directory?limit=200')).items.find(({ email }) => email === colleague.email);
  await openWeek();
  await page.keyboard.press('c');
  const form = page.getByRole('dialog', { name: 'New meeting' });
  await form.getByLabel('Title').fill('Said in full');
  await form.getByRole('combobox', { name: 'Guests' }).or(form.getByRole('textbox', { name: 'Guests' })).first().fill(name.slice(0, 5));
  await page.getByRole('option', { name: new RegExp(name) }).click();
  await form.getByRole('list', { name: 'Guests' }).getByText(name).waitFor();
  await form.getByRole('checkbox', { name: 'As in the calendar' }).uncheck();
  await form.getByLabel('How long before').fill('25');
  await choose(form, 'Who sees it', 'Private');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'hidden' });
  const event = await there('Said in full');
  assert.deepEqual(event.attendees.filter(({ self }) => !self).map(({ email }) => email), [colleague.email]);
  assert.deepEqual(event.reminders, { useDefault: false, overrides: [{ method: 'popup', minutes: 25 }] });
  assert.equal(event.visibility, 'private');
});

test('a repeated meeting is changed once, from one on, and all of it', async () => {
  await openWeek();
  await page.keyboard.press('c');
  const form = page.getByRole('dialog', { name: 'New meeting' });
  await form.getByLabel('Title').fill('Every week');
  await choose(form, 'Repeat', /^Every week on/i);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'hidden' });
  await there('Every week', ({ recurrence }) => /FREQ=WEEKLY/.test(recurrence?.[0] ?? ''));

  /** The titles of the four weeks from `day` on. */
  async function titles() {
    const until = new Date(Date.parse(day) + 27 * 86_400_000).toISOString().slice(0, 10);
    const list = await portal.google(anna, 'GET', `/calendars/primary/events?singleEvents=true&orderBy=startTime&timeMin=${day}T00:00:00Z&timeMax=${until}T23:00:00Z`);
    return list.items.filter(({ summary }) => /week/i.test(summary)).map(({ summary }) => summary);
  }
  /** Renames the occurrence `weeks` after the first. */
  async function rename(weeks, from, title, scope) {
    const at = new Date(Date.parse(day) + weeks * 7 * 86_400_000).toISOString().slice(0, 10);
    const list = await portal.api(page, 'GET', `/calendar/events?from=${at}T00:00:00Z&to=${at}T23:00:00Z`);
    const form = await edit(list.items.find((each) => each.title === from), from);
    await form.getByLabel('Title').fill(title);
    await form.getByRole('button', { name: 'Save' }).click();
    const question = page.getByRole('dialog', { name: `Change “${from}”` });
    await question.getByRole('radio', { name: scope, exact: true }).check();
    await question.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'hidden' });
  }
  const become = (wanted) => until(`${wanted} at Google`, async () => JSON.stringify(await titles()) === JSON.stringify(wanted));
  await become(['Every week', 'Every week', 'Every week', 'Every week']);
  await rename(1, 'Every week', 'Another week', 'This meeting');
  await become(['Every week', 'Another week', 'Every week', 'Every week']);
  await rename(2, 'Every week', 'Weeks from here', 'This and following meetings');
  await become(['Every week', 'Another week', 'Weeks from here', 'Weeks from here']);
  await rename(3, 'Weeks from here', 'Last weeks', 'All meetings of the series');
  await become(['Every week', 'Another week', 'Last weeks', 'Last weeks']);
});

test('a conflict is settled field by field', async () => {
  const conflict = await portal.conflict(page, anna, 'Two versions');
  await page.goto(`${portal.url}/calendar/conflicts/${conflict.id}`);
  await page.getByRole('radiogroup', { name: 'Place' }).getByRole('radio', { name: 'Portico: Room of Portico' }).check();
  // The focus is on the radio button that was chosen last.
  await page.keyboard.press('Control+Enter');
  const event = await there('Two versions', ({ location }) => location === 'Room of Portico');
  assert.equal(event.description, 'Said at Google');
});

test('a meeting of a calendar without Google goes to one with it', async () => {
  const calendar = await portal.api(page, 'POST', '/calendar/calendars', { name: 'Drafts' });
  const main = (await portal.api(page, 'GET', '/calendar/calendars')).items.find((each) => each.is_main);
  const event = await make('From the drafts', '08:00', { calendar_id: calendar.id });
  const form = await edit(event, 'From the drafts');
  await choose(form, 'Calendar', main.name);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'hidden' });
  await there('From the drafts');
});

test('what was deleted without a word is found again and brought back without a word', async () => {
  const event = await make('Deleted in haste', '17:00', { attendees: [guest] });
  await portal.control('DELETE', '/mail');
  await page.goto(`${portal.url}/calendar?view=week&date=${day}&event=${event.id}`);
  await page.getByRole('dialog', { name: 'Deleted in haste' }).getByRole('button', { name: 'Delete' }).click();
  const question = page.getByRole('dialog', { name: 'Delete “Deleted in haste”?' });
  await question.getByRole('checkbox', { name: 'Tell the guest' }).uncheck();
  await question.getByRole('button', { name: 'Delete' }).click();
  await until('it is gone at Google', async () => (await portal.googleEvents(anna, 'Deleted in haste')).length === 0);
  await page.getByRole('link', { name: 'Deleted meetings' }).click();
  await page.getByRole('button', { name: 'Bring back: Deleted in haste' }).click();
  await page.getByText('Nothing was deleted in the last 30 days.').waitFor();
  await there('Deleted in haste');
  assert.deepEqual(await mails(), []);
});

test('of a guest list that the organizer hides the card shows no number, and says that it is hidden', async () => {
  const colleague = portal.account('employee', 1);
  const hidden = { attendees: [colleague.email, guest, 'second@elsewhere.example'], guests_can_see_other_guests: false };
  const made = await make('Quiet round', '18:00', hidden);
  const said = 'The organizer does not show who else is invited.';
  await page.goto(`${portal.url}/calendar?view=week&date=${day}&event=${made.id}`);
  const own = page.getByRole('dialog', { name: 'Quiet round' });
  await own.getByText(guest).waitFor();
  assert.equal(await own.getByText(said).count(), 0);

  const other = await portal.page();
  await portal.signIn(other, colleague);
  const copy = await until('the colleague has it', async () =>
    (await portal.api(other, 'GET', `/calendar/events?from=${day}T00:00:00Z&to=${day}T23:00:00Z`)).items.find(({ title }) => title === 'Quiet round'));
  await other.goto(`${portal.url}/calendar?view=week&date=${day}&event=${copy.id}`);
  const card = other.getByRole('dialog', { name: 'Quiet round' });
  await card.getByText(said).waitFor();
  assert.deepEqual(await card.getByRole('region', { name: 'Guests' }).getByRole('listitem').count(), 1);
  assert.doesNotMatch(await card.innerText(), /elsewhere\.example|\d+ guests?/);
  await other.context().close();
});

test('who finds a browser signed in that should not be ends it', async () => {
  const other = await portal.page();
  await portal.signIn(other, anna);
  await page.goto(`${portal.url}/sessions`);
  await page.getByText('Another browser').waitFor();
  await page.getByRole('button', { name: /^End: signed in/ }).click();
  await page.getByText('Another browser').waitFor({ state: 'hidden' });
  await other.goto(`${portal.url}/calendar`);
  await other.getByLabel('Email').waitFor();
  await other.context().close();
});
