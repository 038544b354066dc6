// Every page as somebody meets it who sees little or uses no mouse: axe-core finds nothing serious, light and dark, wide and
// on a phone; and what opens by a key closes by Escape and gives the focus back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { Portal } from './portal.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wide = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let portal;
let eva;
let conflict;
/** What is signed in, for the browsers of the tests. */
let session;

before(async () => {
  portal = await Portal.start();
  eva = portal.account('administrator');
  const page = await portal.pageInStep(eva);
  conflict = await portal.conflict(page, eva, 'Changed on both sides');
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const { id } = await portal.api(page, 'POST', '/calendar/events', { title: 'Deleted', start_date: day, use_google_meet: false });
  await portal.api(page, 'DELETE', `/calendar/events/${id}`);
  session = await page.context().storageState();
  await page.context().close();
});

after(async () => {
  await portal?.stop();
});

/** The serious faults that axe finds, as one line each. */
async function faults(page) {
  // What is still fading in has another contrast.
  await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running' || animation.effect?.getTiming().iterations === Infinity));
  const found = await page.evaluate(`${axe};axe.run(document, { resultTypes: ['violations'] })`);
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, html, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}\n    ${html.slice(0, 200)}`));
}

/** Each page: its name, its address, what shows that it is there, and what is opened on it. */
function pages(narrow) {
  const event = () => `/calendar?event=${conflict.event_id}`;
  return [
    ['home', '/', (page) => page.getByRole('heading', { name: 'Needs you' })],
    ['week', '/calendar', (page) => page.getByRole('button', { name: 'Today' })],
    ['agenda', '/calendar?view=agenda', (page) => page.getByText('Changed on both sides').first()],
    ...(narrow ? [] : [['month', '/calendar?view=month', (page) => page.getByRole('button', { name: 'Today' })]]),
    ['card', event(), (page) => page.getByRole('dialog', { name: 'Changed on both sides' })],
    ['new meeting', '/calendar?compose=true', (page) => page.getByRole('dialog', { name: 'New meeting' })],
    ['Google', '/google', (page) => page.getByRole('article', { name: eva.google })],
    ['settings of a calendar', '/google', async (page) => {
      await page.getByRole('button', { name: /^Settings of/ }).first().click();
      return page.getByText('Meetings since');
    }],
    ['Google in the company', '/google', async (page) => {
      await page.getByRole('tab', { name: 'Company' }).click();
      return page.getByRole('heading', { name: 'Google in the company' });
    }],
    ['conflicts', '/calendar/conflicts', (page) => page.getByText('Changed on both sides')],
    ['conflict', `/calendar/conflicts/${conflict.id}`, (page) => page.getByRole('button', { name: 'Keep Portico' })],
    ['deleted meetings', '/calendar/deleted', (page) => page.getByRole('button', { name: 'Bring back: Deleted' })],
    ['sessions', '/sessions', (page) => page.getByText('This browser')],
    ['access', '/access', (page) => page.getByText('Anna Nováková')],
    ['roles', '/access', async (page) => {
      await page.getByRole('tab', { name: 'Roles' }).click();
      return page.getByRole('heading', { name: 'Employee', exact: true });
    }],
    ['journal', '/journal', (page) => page.getByText('signed in').first()],
    ['search', '/', async (page) => {
      await page.getByRole('button', { name: /^Find people/ }).click();
      return page.getByRole('option').first();
    }],
    ['nowhere', '/nowhere', (page) => page.getByRole('link', { name: 'Go home' })],
  ];
}

for (const [width, screen] of Object.entries({ wide, phone })) {
  for (const colorScheme of ['light', 'dark']) {
    test(`axe finds nothing serious, ${width} and ${colorScheme}`, async () => {
      const page = await portal.page({ ...screen, colorScheme, storageState: session });
      const found = [];
      for (const [name, where, shown] of pages(width === 'phone')) {
        await page.goto(portal.url + where);
        await (await shown(page)).waitFor();
        found.push(...(await faults(page)).map((fault) => `${name}: ${fault}`));
      }
      await page.context().clearCookies();
      await page.goto(portal.url);
      await page.getByLabel('Email').waitFor();
      found.push(...(await faults(page)).map((fault) => `sign-in: ${fault}`));
      assert.equal(found.length, 0, found.join('\n'));
      await page.context().close();
    });
  }
}

test('what a key opens Escape closes, and the focus is back where it was', async () => {
  const page = await portal.page({ storageState: session });
  await page.goto(`${portal.url}/google`);
  // What is still being read would be drawn anew under the focus.
  await page.getByRole('article', { name: eva.google }).getByRole('button', { name: 'Conflict' }).first().waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent);
  const openers = [
    [page.getByRole('button', { name: `More for ${eva.google}` }), page.getByRole('menu')],
    [page.locator('article').getByRole('button', { name: 'Conflict' }).first(), page.getByRole('dialog', { name: 'Conflict' })],
    [page.getByRole('button', { name: /^Language/ }), page.getByRole('menu')],
    [page.getByRole('button', { name: /^Find people/ }), page.getByRole('combobox', { name: /^Find people/ })],
  ];
  // Where the focus is when Escape comes: in what opened, or nowhere, as after its button was disabled.
  for (const [opener, opened, nowhere] of openers.flatMap((each) => [each, [...each, true]])) {
    await opener.focus();
    const before = await focused();
    await page.keyboard.press('Enter');
    await opened.waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('[role="dialog"], [role="menu"]'));
    if (nowhere) await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('Escape');
    await opened.waitFor({ state: 'hidden' });
    await page.waitForFunction(
      (label) => (document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent) === label,
      before,
    );
  }
  await page.context().close();
});

test('the first key leads past the frame, and every field of the page is reached by Tab with its focus seen', async () => {
  const page = await portal.page({ storageState: session });
  await page.goto(`${portal.url}/google`);
  await page.getByRole('article', { name: eva.google }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to the content');
  await page.keyboard.press('Enter');
  const unreached = new Set(
    await page.locator('main').locator('button:not([disabled]):not([tabindex="-1"]), input:not([disabled]), a[href]').evaluateAll((all) =>
      all.filter((each) => each.checkVisibility()).map((each, index) => {
        each.dataset.n = String(index);
        return String(index);
      })),
  );
  assert.ok(unreached.size >= 5, 'the page has something to reach');
  const unseen = [];
  for (let n = 0; n < 60 && unreached.size > 0; n++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      // A switch shows its focus on the track beside its hidden input.
      const shows = [element, element.nextElementSibling, element.parentElement].filter(Boolean).some((each) => {
        const style = getComputedStyle(each);
        return (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none';
      });
      return { n: element.dataset?.n, shows, text: element.getAttribute('aria-label') ?? element.textContent };
    });
    if (at.n !== undefined && !at.shows) unseen.push(at.text);
    unreached.delete(at.n);
  }
  assert.deepEqual([...unreached], []);
  assert.deepEqual(unseen, []);
  await page.context().close();
});
