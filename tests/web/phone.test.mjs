// The first whole path on a phone of 390 px, and in Traditional Chinese: sign in, connect, a meeting by the button and by a
// long press, what Google changes, a conflict.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Portal, until } from './portal.mjs';

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let portal;

before(async () => {
  portal = await Portal.start();
});

after(async () => {
  await portal?.stop();
});

/** Nothing stands out of the screen to the side. */
async function fits(page) {
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, page.url());
}

/** A finger that rests at a point until something comes of it, and lifts. */
async function longPress(page, x, y, appears) {
  const touch = await page.context().newCDPSession(page);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  await appears.waitFor({ state: 'attached' });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

test('a phone: sign in, connect, a meeting by the button and one by a long press', async () => {
  const anna = portal.account('employee');
  const page = await portal.page(phone);
  await portal.signIn(page, anna);
  await fits(page);
  await portal.connect(page, anna);
  await page.getByText('In step').first().waitFor();
  await fits(page);

  await page.getByRole('navigation').getByRole('link', { name: 'Calendar' }).click();
  await page.getByRole('button', { name: 'New meeting' }).click();
  const dialog = page.getByRole('dialog', { name: 'New meeting' });
  await dialog.getByLabel('Title').fill('By the button');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await until('it is at Google', async () => (await portal.googleEvents(anna, 'By the button')).length === 1);

  await page.getByText('Day', { exact: true }).click();
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  const lane = page.locator('main [data-date]').last();
  await lane.waitFor();
  const box = await lane.boundingBox();
  await longPress(page, box.x + box.width / 2, 560, page.locator('[data-shadow]'));
  const sheet = page.getByRole('dialog', { name: 'New meeting' });
  await sheet.getByLabel('Title').fill('By a long press');
  await fits(page);
  await sheet.getByRole('button', { name: 'Save' }).click();
  await page.getByText('By a long press').first().waitFor();
  const [made] = await until('it is at Google', async () => {
    const found = await portal.googleEvents(anna, 'By a long press');
    return found.length > 0 && found;
  });
  assert.equal((new Date(made.end.dateTime) - new Date(made.start.dateTime)) / 60_000, 60, 'a mere press is an hour');
  await page.context().close();
});

test('on a phone each choice of the form opens, and is read to its end', async () => {
  const page = await portal.page(phone);
  await portal.signIn(page, portal.account('employee'));
  await page.goto(`${portal.url}/calendar?compose=true`);
  const dialog = page.getByRole('dialog', { name: 'New meeting' });
  const choose = async (label, option, within = dialog) => {
    await within.getByRole('combobox', { name: label, exact: true }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  await choose('Repeat', 'Custom…');
  await choose('Ends', 'After a number of times');
  await dialog.getByRole('checkbox', { name: 'As in the calendar' }).uncheck();
  await choose('How to remind', 'Notification');
  await choose('Unit of time', 'minutes before', dialog.getByRole('group', { name: 'Reminders' }));
  await fits(page);
  const cut = await dialog.locator('input').evaluateAll((all) =>
    all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.value));
  assert.deepEqual(cut, []);
  await page.context().close();
});

test('a phone: what Google changes is there, and a conflict is settled', async () => {
  const anna = portal.account('employee');
  const page = await portal.page(phone);
  await portal.signIn(page, anna);
  await page.goto(`${portal.url}/calendar?view=agenda`);
  const conflict = await portal.conflict(page, anna, 'On both sides');
  await page.getByText('On both sides').first().waitFor();
  await page.getByRole('link', { name: 'Choose' }).click();
  await page.waitForURL(/conflicts/);
  await page.getByText('On both sides').first().click();
  await page.waitForURL(`**/calendar/conflicts/${conflict.id}`);
  await fits(page);
  await page.getByRole('button', { name: 'Keep Portico' }).click();
  await page.waitForURL((url) => !url.pathname.includes(conflict.id));
  await until('Google has it', async () => (await portal.googleEvents(anna, 'On both sides'))[0]?.location === 'Room of Portico');
  await page.context().close();
});

test('in Traditional Chinese: sign in, connect, make a meeting, answer in kind', async () => {
  const words = { email: '電子郵件', password: '密碼', signIn: '登入', account: /的帳戶$/, connect: '連結 Google' };
  const oliver = portal.account('employee', 6);
  const page = await portal.page({ locale: 'zh-TW' });
  await page.goto(portal.url);
  await page.getByLabel('電子郵件').waitFor();
  await page.getByRole('button', { name: '繁體中文' }).or(page.getByRole('link', { name: '繁體中文' })).first().click();
  await page.getByLabel('電子郵件').fill(oliver.email);
  await page.getByLabel('密碼', { exact: true }).fill('錯的密碼');
  await page.getByRole('button', { name: '登入', exact: true }).click();
  await page.getByText(/密碼不正確/).waitFor();
  await portal.signIn(page, oliver, words);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-TW');
  await portal.connect(page, oliver, { words });
  await page.getByText('已同步').first().waitFor();
  await page.goto(`${portal.url}/calendar`);
  await page.getByRole('button', { name: '新增會議' }).first().click();
  const dialog = page.getByRole('dialog', { name: '新增會議' });
  await dialog.getByLabel('標題').fill('週會：產品規劃');
  await dialog.getByRole('combobox', { name: '重複' }).or(dialog.getByLabel('重複')).first().waitFor();
  await dialog.getByRole('button', { name: '儲存' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await until('it is at Google', async () => (await portal.googleEvents(oliver, '週會：產品規劃')).length === 1);
  await page.getByText('週會：產品規劃').first().waitFor();
  assert.equal(await page.getByText(/^(Save|Cancel|Today|Week|Settings|Calendar)$/).count(), 0, 'no English is left on the page');
  await page.context().close();
});
