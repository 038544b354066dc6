// What a person sees of a Google that is slow or silent: how far a sync is, that one need not wait for it, and since when
// something waits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Portal, until } from './portal.mjs';

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

test('a long sync shows that it runs, can be left, and tells its end on whatever page the person is', async () => {
  await portal.control('POST', '/faults', { path: '/events', times: 1, delay_ms: 9000 });
  await page.getByRole('article').getByRole('button', { name: 'Sync now' }).click();
  await page.getByRole('progressbar', { name: 'Syncing…' }).waitFor();
  assert.ok(await page.getByRole('article').getByRole('button', { name: 'Syncing…' }).isDisabled());
  await page.getByRole('button', { name: 'Tell me when it is done' }).click();
  await page.getByRole('progressbar', { name: 'Syncing…' }).waitFor({ state: 'hidden' });
  await page.getByRole('navigation').getByRole('link', { name: 'Home' }).click();
  await page.getByRole('heading', { name: 'Needs you' }).waitFor();
  await page.getByText(/^In step: \d+ changes?\./).waitFor();
});

test('a silent Google is said with its age, and so is what waits for it', async () => {
  await portal.control('POST', '/faults', { path: '/events', times: 10_000, status: 503 });
  await page.goto(`${portal.url}/google`);
  await page.getByRole('article').getByRole('button', { name: 'Sync now' }).click();
  const card = page.getByRole('article');
  await card.getByText(/Google does not answer just now/).waitFor();
  await card.getByText(/^Since \d\d:\d\d/).waitFor();
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const made = await portal.api(page, 'POST', '/calendar/events', {
    title: 'Waits for Google', start_time: `${day}T09:00:00`, end_time: `${day}T10:00:00`, time_zone: 'Europe/Prague', use_google_meet: false,
  });
  await page.goto(`${portal.url}/calendar?event=${made.id}&date=${day}`);
  const event = page.getByRole('dialog', { name: 'Waits for Google' });
  await event.getByText(/^Google does not answer just now/).waitFor();
  await event.getByText(/^Since \d\d:\d\d/).waitFor();
  await event.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Syncing', exact: true }).click();
  await page.getByRole('dialog', { name: 'Syncing' }).getByText(/^Since \d\d:\d\d/).waitFor();
  await portal.control('DELETE', '/faults');
  await page.getByRole('dialog', { name: 'Syncing' }).getByRole('button', { name: 'Sync now' }).click();
  await until('it is at Google', async () => (await portal.googleEvents(anna, 'Waits for Google')).length === 1);
});

test('the company and its teams have calendars that everybody sees', async () => {
  await page.goto(`${portal.url}/calendar?view=month&date=2026-12-20`);
  const company = page.getByRole('region', { name: 'Company' });
  await company.getByLabel('Státní svátky').waitFor();
  await page.getByText('Štědrý den').first().waitFor();
  await company.getByLabel('Státní svátky').uncheck();
  await page.getByText('Štědrý den').first().waitFor({ state: 'hidden' });
  await company.getByLabel('Tým vývoje').waitFor();
});

test('a full day opens whole from the month', async () => {
  for (let n = 0; n < 9; n++) {
    const hour = String(8 + n).padStart(2, '0');
    await portal.api(page, 'POST', '/calendar/events', {
      title: `Interview ${n + 1}`, start_time: `2026-12-16T${hour}:00:00`, end_time: `2026-12-16T${hour}:45:00`, time_zone: 'Europe/Prague', use_google_meet: false,
    });
  }
  await page.goto(`${portal.url}/calendar?view=month&date=2026-12-20`);
  await page.getByRole('button', { name: /^\d+ more$/ }).or(page.getByText(/^\d+ more$/)).locator('visible=true').first().click();
  await page.waitForURL((url) => url.searchParams.get('view') === 'day' && url.searchParams.get('date') === '2026-12-16');
  await page.getByText('Interview 9').first().waitFor();
});
