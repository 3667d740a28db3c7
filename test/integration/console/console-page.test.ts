import { expect } from 'chai';
import * as t from 'io-ts';
import type { Browser, Page } from 'playwright-core';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { eventually } from '../../support/eventually.ts';
import { decoded } from '../../support/decoded.ts';
import { post } from '../../support/http-client.ts';
import { hindrancesOf, launchBrowser, openPage, overflowOf } from '../../support/page-browser.ts';
import type { Look, OpenedPage } from '../../support/page-browser.ts';
import { quarantineEvents } from '../../support/quarantine.ts';
import { OPERATOR_TOKEN, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';

const DESKTOP: Look = { width: 1280, colorScheme: 'light' };
const LOOKS: readonly Look[] = [DESKTOP, { width: 1280, colorScheme: 'dark' }, { width: 390, colorScheme: 'dark' }];
const SCRIPT = '<img src=x onerror=alert(1)>';

describe('the console in a browser', function () {
  this.timeout(60_000);
  let api: RunningApi;
  let browser: Browser | undefined;
  let orders: readonly string[];
  const opened: OpenedPage[] = [];

  /** An order whose first event is quarantined and holds the second. */
  const placeAndCancel = async (sku: string): Promise<string> => {
    const [line] = requestExamples.PlaceOrder.lines;
    const placed = await api.send(post('/orders', { ...requestExamples.PlaceOrder, lines: [{ ...line, sku }] }));
    const { orderId } = decoded(t.type({ orderId: t.string }), JSON.parse(placed.body));
    await api.send(post(`/orders/${orderId}/cancellation`, requestExamples.Cancellation));
    return orderId;
  };
  const headOf = async (orderId: string | undefined): Promise<unknown> =>
    (await api.rows('SELECT type, status FROM outbox WHERE order_id = ? AND sequence = 1', [orderId ?? '']))[0];
  const open = async (look: Look): Promise<Page> => {
    if (browser === undefined) throw new Error('there is no browser');
    const one = await openPage(browser, `${api.url}/console`, look);
    opened.push(one);
    return one.page;
  };
  const logIn = async (look: Look): Promise<Page> => {
    const page = await open(look);
    await page.getByLabel('Token').fill(OPERATOR_TOKEN);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    return page;
  };
  /** Resolves when the page shows what it has asked for. */
  const go = async (page: Page, hash: string): Promise<void> => {
    await page.goto(`${api.url}/console${hash}`);
    await page.locator('main').waitFor();
    await page.locator('.loading').waitFor({ state: 'detached' });
  };

  before(async function () {
    this.timeout(400_000);
    browser = await launchBrowser(this);
    api = await startApi();
    orders = [await placeAndCancel('TEA-GREEN-100G'), await placeAndCancel(SCRIPT)];
    await quarantineEvents(api.mysqlUrl);
  });
  afterEach(async () => {
    const complaints = opened.flatMap((one) => one.complaints);
    const strange = opened.flatMap((one) => one.requests).filter((address) => !address.startsWith(`${api.url}/`));
    for (const one of opened.splice(0)) await one.close();
    expect([complaints, strange]).to.deep.equal([[], []]);
  });
  after(async () => {
    await browser?.close();
    if (browser !== undefined) await api.stop();
  });

  const pages = (): readonly (readonly [name: string, hash: string])[] => [
    ['overview', '#/overview'],
    ['events', '#/events'],
    ['quarantined events', '#/events?status=QUARANTINED'],
    ['an empty list', '#/events?status=SKIPPED'],
    ['held orders', '#/held'],
    ['an order', `#/order/${orders[0] ?? ''}`],
    ['audit', '#/audit'],
  ];

  for (const look of LOOKS)
    it(`hinders nobody and fits the screen, on every page: ${look.width} pixels, ${look.colorScheme}`, async () => {
      const page = await open(look);
      await page.getByLabel('Token').waitFor();
      expect([await hindrancesOf(page), await overflowOf(page)], 'log-in').to.deep.equal([[], 0]);
      const inside = await logIn(look);
      for (const [name, hash] of pages()) {
        await go(inside, hash);
        expect([await hindrancesOf(inside), await overflowOf(inside)], name).to.deep.equal([[], 0]);
      }
      await go(inside, '#/overview');
      const chart = await inside.locator('#chart').boundingBox();
      const card = await inside.locator('section', { has: inside.locator('#chart') }).boundingBox();
      expect(chart?.width, 'the chart, beside its key').to.be.greaterThan((card?.width ?? Infinity) * 0.9);
      await go(inside, '#/events?status=QUARANTINED');
      await inside.getByRole('link', { name: 'OrderPlaced' }).first().click();
      await inside.getByRole('heading', { name: 'Failed attempts' }).waitFor();
      expect([await hindrancesOf(inside), await overflowOf(inside)], 'an event').to.deep.equal([[], 0]);
      await inside.getByRole('button', { name: 'Skip…' }).click();
      expect([await hindrancesOf(inside), await overflowOf(inside)], 'the dialog').to.deep.equal([[], 0]);
    });

  it('given a browser whose language is no language tag / then it is shown all the same', async () => {
    const page = await logIn({ ...DESKTOP, language: 'en-US@posix' });
    await page.locator('canvas').first().waitFor();
  });

  it('says so when the token is wrong, and lets in who has a right one, for this and later visits', async () => {
    const page = await open(DESKTOP);
    await page.getByLabel('Token').fill('not-a-token-of-anybody');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('Nobody has this token.').waitFor();
    await page.getByLabel('Token').fill(OPERATOR_TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Token').waitFor();
    // The browser itself notes the refusal.
    opened.splice(0, 1, ...opened.slice(0, 1).map((one) => ({ ...one, complaints: [] })));
  });

  it('leads from the overview to a quarantined event and why it is so; payloads are masked, and are text', async () => {
    const page = await logIn(DESKTOP);
    await page.getByText('2 events are quarantined.').waitFor();
    await page.getByText('2 later events wait for an earlier one').waitFor();
    await page.getByText('No relay is at work').waitFor();
    await page.getByRole('link', { name: 'See why' }).click();
    await page.getByRole('link', { name: 'OrderPlaced' }).first().click();
    await page.getByText('Kafka refused this event seven times').waitFor();
    await page.getByText('It is larger than the topic takes.').waitFor();
    const behind = page.locator('section', { has: page.getByRole('heading', { name: 'Waiting behind it' }) });
    expect(await behind.getByRole('listitem').allInnerTexts()).to.have.lengthOf(1);
    await behind.getByRole('listitem').getByText('OrderCancelled').waitFor();
    const attempts = page.getByRole('region', { name: 'Failed attempts' }).getByRole('row');
    expect([await attempts.count(), await attempts.filter({ hasText: 'the same again' }).count()]).to.deep.equal([
      8, 6,
    ]);
    const payload = await page.getByLabel('Payload').innerText();
    expect(payload).to.include(SCRIPT).and.include('"customerId": "•••"');
    expect(payload).not.to.include(requestExamples.PlaceOrder.customerId);
    expect(await page.locator('img').count()).to.equal(0);
  });

  it('finds by search, and says what to do where nothing is found', async () => {
    const page = await logIn(DESKTOP);
    await go(page, '#/events');
    await page.getByLabel('Error contains').fill('too_large');
    await page.getByLabel('Type').fill('OrderPlaced');
    await page.keyboard.press('Enter');
    await page.waitForURL(/type=OrderPlaced&error=too_large/);
    // What was listed before has two such rows as well, and goes away meanwhile.
    await eventually(async () => {
      const rows = page.getByRole('row');
      expect([await rows.count(), await rows.filter({ hasText: 'quarantined' }).count()]).to.deep.equal([3, 2]);
    });
    await page.getByLabel('Type').fill('OrderShipped');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing is like that.').waitFor();
    await page.getByLabel('Order or event ID').fill(orders[0] ?? '');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `Order ${orders[0] ?? ''}` }).waitFor();
    await page.getByText('attempt 7 failed').waitFor();
  });

  it('says what many at once would be, and does nothing until it is confirmed', async () => {
    const page = await logIn(DESKTOP);
    await go(page, '#/events?status=QUARANTINED');
    await page.getByRole('button', { name: 'Redrive all…' }).click();
    await page.getByRole('dialog').getByText('2 events').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('checkbox').first().check();
    await page.getByRole('button', { name: 'Skip 1 chosen…' }).click();
    await page.getByRole('dialog').getByText('1 event', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    for (const orderId of orders)
      expect(await headOf(orderId)).to.deep.equal({ type: 'OrderPlaced', status: 'QUARANTINED' });
  });

  it('redrives by keyboard alone, with a reason, once it is confirmed', async () => {
    const page = await logIn(DESKTOP);
    await go(page, '#/held');
    const row = page.getByRole('row').filter({ has: page.locator(`a[href="#/order/${orders[0] ?? ''}"]`) });
    const redrive = row.getByRole('button', { name: 'Redrive…' });
    await redrive.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await headOf(orders[0])).to.deep.equal({ type: 'OrderPlaced', status: 'QUARANTINED' });

    await redrive.focus();
    await page.keyboard.press('Enter');
    await page.locator('dialog input:focus').waitFor();
    await page.keyboard.type('the limit was raised');
    await page.keyboard.press('Enter');
    await page.getByText('The event went back to work.').waitFor();
    expect(await headOf(orders[0])).to.deep.equal({ type: 'OrderPlaced', status: 'PENDING' });
    const [act] = await api.rows('SELECT actor, action, reason FROM operator_audit');
    expect(act).to.deep.equal({ actor: 'operator token', action: 'redrive', reason: 'the limit was raised' });
  });

  it('skips only with a reason, and then for good', async () => {
    const page = await logIn(DESKTOP);
    await go(page, '#/held');
    const row = page.getByRole('row').filter({ has: page.locator(`a[href="#/order/${orders[1] ?? ''}"]`) });
    await row.getByRole('button', { name: 'Skip…' }).click();
    await page.getByRole('button', { name: 'Skip for good' }).click();
    expect(await headOf(orders[1])).to.deep.equal({ type: 'OrderPlaced', status: 'QUARANTINED' });
    await page.getByRole('dialog').getByLabel('Reason').fill('told to payment by hand');
    await page.getByRole('button', { name: 'Skip for good' }).click();
    await page.getByText('The event is skipped').waitFor();
    expect(await headOf(orders[1])).to.deep.equal({ type: 'EventSkipped', status: 'PENDING' });
    await go(page, '#/audit');
    await page.getByRole('row', { name: /skip .*told to payment by hand/ }).waitFor();
  });
});
