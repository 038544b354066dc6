// The company's rule for conflicts: an administrator sets it, it decides, and the person whose meeting it is sees that and may
// choose otherwise.
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

/** Google's one event of this title, once it is in that place. */
function isAt(title, place) {
  return until(`${title} is at ${place}`, async () => {
    const found = await portal.googleEvents(anna, title);
    return found.length === 1 && found[0].location === place;
  });
}

test('an administrator sets whose version wins', async () => {
  const administrators = await portal.page();
  await portal.signIn(administrators, portal.account('administrator'));
  await administrators.goto(`${portal.url}/google`);
  await administrators.getByRole('tab', { name: 'Company' }).click();
  const rule = administrators.getByRole('region', { name: 'When both sides changed the same' });
  assert.ok(await rule.getByRole('radio', { name: /^Ask the person/ }).isChecked());
  assert.ok(await rule.getByRole('button', { name: 'Save' }).isDisabled());
  await rule.getByRole('radio', { name: 'Portico’s version wins' }).check();
  await rule.getByRole('button', { name: 'Save' }).click();
  await administrators.getByText('The rule is saved.').waitFor();
  await administrators.reload();
  await administrators.getByRole('tab', { name: 'Company' }).click();
  await until('it is kept', () => rule.getByRole('radio', { name: 'Portico’s version wins' }).isChecked());
  await administrators.context().close();
});

test('the rule decides, the person is told, and chooses otherwise', async () => {
  await portal.conflict(page, anna, 'Ours wins', { state: 'decided' });
  await isAt('Ours wins', 'Room of Portico');
  await page.goto(`${portal.url}/calendar/conflicts`);
  await page.getByText('Portico and Google agree on every meeting.').waitFor();
  const decided = page.getByRole('region', { name: 'Decided by your company’s rule' });
  await decided.getByRole('link', { name: /^Ours wins/ }).click();

  await page.getByText(/your company’s rule decided\. You may choose otherwise\.$/).waitFor();
  const place = page.getByRole('radiogroup', { name: 'Place' });
  assert.ok(await place.getByRole('radio', { name: 'Portico: Room of Portico' }).isChecked(), 'what stands is chosen');
  assert.equal(await page.getByText(/^1 of/).count(), 0, 'it is none of those that wait');
  await place.getByRole('radio', { name: 'Google: Room of Google' }).check();
  await page.getByRole('button', { name: 'Save this result' }).click();
  await isAt('Ours wins', 'Room of Google');
  const [event] = await portal.googleEvents(anna, 'Ours wins');
  assert.equal(event.description, 'Said in Portico', 'of the rest the rule has the last word');

  await page.goto(`${portal.url}/calendar/conflicts`);
  await page.getByText('Portico and Google agree on every meeting.').waitFor();
  assert.equal(await decided.count(), 0, 'a person has the last word');
});
