// The calendar where it is crowded, refused or left: titles that lie side by side, the focus of the keyboard, what a server
// did not take, and a form that was not finished.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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

function make(title, from, to) {
  return portal.api(page, 'POST', '/calendar/events', {
    title,
    start_time: `${day}T${from}:00`,
    end_time: `${day}T${to}:00`,
    time_zone: 'Europe/Prague',
    use_google_meet: false,
  });
}

function cardOf(event) {
  return page.locator(`[data-event="${event.id}"]`);
}

/** How many pixels of a card can be seen at the height of its title. */
function seen(card) {
  return card.evaluate((element) => {
    const { left, right, top } = element.getBoundingClientRect();
    let pixels = 0;
    for (let x = left + 1; x < right; x++) if (element.contains(document.elementFromPoint(x, top + 10))) pixels++;
    return pixels;
  });
}

async function focusIsOn(event) {
  await page.waitForFunction((id) => document.activeElement?.dataset.event === id, event.id);
}

test('three meetings at the same time: each shows its words, tells its whole title, and opens', async () => {
  const three = [];
  for (const title of ['Quarterly review of the whole platform', 'Interview with Kim Ji-woo from Busan', 'Customer visit in Brno and Olomouc']) {
    three.push({ ...(await make(title, '10:00', '11:30')), title });
  }
  await page.goto(`${portal.url}/calendar?view=week&date=${day}`);
  for (const event of three) {
    await cardOf(event).waitFor();
    assert.ok((await seen(cardOf(event))) >= 28, `${event.title} has room for a word`);
    await cardOf(event).hover({ position: { x: 6, y: 12 } });
    await page.getByRole('tooltip').getByText(event.title).waitFor();
    await cardOf(event).click({ position: { x: 6, y: 12 } });
    await page.getByRole('dialog', { name: event.title }).waitFor();
    await page.keyboard.press('Escape');
    await focusIsOn(event);
  }
});

test('the keys walk from meeting to meeting, and what is drawn anew keeps the focus', async () => {
  const cards = await page
    .locator('[data-event]')
    .evaluateAll((all) => all.filter((each) => /Quarterly|Interview|Customer/.test(each.textContent)).map((each) => each.dataset.event));
  await page.locator(`[data-event="${cards[0]}"]`).focus();
  await page.keyboard.press('Tab');
  await focusIsOn({ id: cards[1] });
  await page.getByRole('tooltip').waitFor();
  await portal.google(anna, 'POST', '/calendars/primary/events', {
    summary: 'Made meanwhile',
    start: { dateTime: `${day}T14:00:00`, timeZone: 'Europe/Prague' },
    end: { dateTime: `${day}T15:00:00`, timeZone: 'Europe/Prague' },
  });
  await page.getByText('Made meanwhile').first().waitFor();
  await focusIsOn({ id: cards[1] });
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('This list').click();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor({ state: 'hidden' });
});

test('a move that is refused goes back, with the reason', async () => {
  const event = await make('Stays where it is', '16:00', '17:00');
  await page.goto(`${portal.url}/calendar?view=week&date=${day}`);
  await cardOf(event).waitFor();
  await page.route('**/api/v1/calendar/events/*', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({
          status: 500,
          contentType: 'application/problem+json',
          body: '{"type":"https://portico.dev/problems/internal","status":500}',
        })
      : route.fallback(),
  );
  const { x, y, width } = await cardOf(event).boundingBox();
  await page.mouse.move(x + width / 2, y + 20);
  await page.mouse.down();
  await page.mouse.move(x + width / 2, y - 20, { steps: 8 });
  await page.mouse.move(x + width / 2, y - 76, { steps: 8 });
  await page.mouse.up();
  await page.getByRole('alert').getByText('Not saved').waitFor();
  await until('it is back', async () => Math.abs((await cardOf(event).boundingBox()).y - y) < 2);
  await page.unroute('**/api/v1/calendar/events/*');
});

test('a form that the server did not take is kept, also over a reload, and saved once', async () => {
  await page.goto(`${portal.url}/calendar?view=week&date=${day}`);
  await page.getByRole('button', { name: 'Today' }).waitFor();
  await page.keyboard.press('c');
  const form = page.getByRole('dialog', { name: 'New meeting' });
  await form.getByLabel('Title').fill('Not to be lost');
  await page.route('**/api/v1/calendar/events', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()));
  await page.keyboard.press('Control+Enter');
  await form.getByText('Portico does not answer').waitFor();
  assert.equal(await form.getByLabel('Title').inputValue(), 'Not to be lost');
  await page.unroute('**/api/v1/calendar/events');
  await page.reload();
  await page.getByText('You have not finished “Not to be lost”.').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  const again = page.getByRole('dialog', { name: 'New meeting' });
  assert.equal(await again.getByLabel('Title').inputValue(), 'Not to be lost');
  await again.getByRole('button', { name: 'Save' }).click();
  await again.waitFor({ state: 'hidden' });
  await until('it is at Google', async () => (await portal.googleEvents(anna, 'Not to be lost')).length === 1);
});

test('a time that nobody can read is said under its field, and the form is not sent', async () => {
  await page.goto(`${portal.url}/calendar?view=week&date=${day}`);
  await page.getByRole('button', { name: 'Today' }).waitFor();
  await page.keyboard.press('c');
  const form = page.getByRole('dialog', { name: 'New meeting' });
  await form.getByLabel('Title').fill('At a time that is read');
  const start = form.getByRole('combobox', { name: 'Start time' }).or(form.getByRole('textbox', { name: 'Start time' })).first();
  await start.fill('soon');
  await page.keyboard.press('Control+Enter');
  await form.getByRole('alert').getByText('This is not a time.').waitFor();
  assert.equal(await start.inputValue(), 'soon');
  await start.fill('下午3點15分');
  await page.keyboard.press('Control+Enter');
  await form.waitFor({ state: 'hidden' });
  const [event] = await until('it is at Google', async () => {
    const found = await portal.googleEvents(anna, 'At a time that is read');
    return found.length > 0 && found;
  });
  const clock = { timeZone: 'Europe/Prague', hour: '2-digit', minute: '2-digit' };
  assert.equal(new Date(event.start.dateTime).toLocaleTimeString('en-GB', clock), '15:15');
});

test('a key pressed before the calendars are known is not lost', async () => {
  let release;
  const asked = new Promise((resolve) => (release = resolve));
  await page.route('**/api/v1/calendar/calendars', async (route) => {
    await asked;
    await route.continue();
  });
  await page.goto(`${portal.url}/calendar?view=week&date=${day}`);
  await page.getByRole('button', { name: 'Today' }).waitFor();
  await page.keyboard.press('c');
  await page.waitForURL(/compose/);
  release();
  const form = page.getByRole('dialog', { name: 'New meeting' });
  await form.getByLabel('Title').waitFor();
  await page.unroute('**/api/v1/calendar/calendars');
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'hidden' });
});

test('on a phone the whole form is reached, its buttons too', async () => {
  const phone = await portal.page({
    viewport: { width: 390, height: 700 },
    hasTouch: true,
    isMobile: true,
    storageState: await page.context().storageState(),
  });
  await phone.goto(`${portal.url}/calendar?compose=true`);
  const form = phone.getByRole('dialog', { name: 'New meeting' });
  await form.getByLabel('Title').waitFor();
  await phone.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running'));
  for (const name of ['Save', 'Cancel']) {
    const box = await form.getByRole('button', { name, exact: true }).boundingBox();
    assert.ok(box.y + box.height <= 700, `${name} is on the screen: ${JSON.stringify(box)}`);
  }
  await phone.context().close();
});
