import { expect } from 'chai';
import * as t from 'io-ts';
import type { Browser, Page } from 'playwright-core';
import { unnamedOperator } from '../../../src/infrastructure/access-tokens.ts';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { decoded } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';
import { post } from '../../support/http-client.ts';
import { hindrancesOf, launchBrowser, openPage, overflowOf } from '../../support/page-browser.ts';
import type { Look, OpenedPage } from '../../support/page-browser.ts';
import { OPERATOR_TOKEN, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import { KitUnderTest, noteEffect, onEvery } from '../consumer/kit-under-test.ts';
import { asMessages, lifeOf } from '../consumer/order-lifecycle.ts';

const DESKTOP: Look = { width: 1280, colorScheme: 'light' };
const LOOKS: readonly Look[] = [DESKTOP, { width: 1280, colorScheme: 'dark' }, { width: 390, colorScheme: 'dark' }];
const TOKEN = 'reprocess-token-of-the-tests';
/** How the browser tells of an answer that the page shows to people. */
const TOLD_BY_THE_BROWSER = /^Failed to load resource: .* (409|502|504) /;
const VIEWER = 'viewer-token-of-the-tests';

describe('parked orders in the console', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  let api: RunningApi;
  /** Between the service and the consumer. */
  let proxy: TcpProxy;
  let browser: Browser | undefined;
  const orders: string[] = [];
  const opened: OpenedPage[] = [];
  let broken = true;

  const place = async (): Promise<string> => {
    const { body } = await api.send(post('/orders', requestExamples.PlaceOrder));
    return decoded(t.type({ orderId: t.string }), JSON.parse(body)).orderId;
  };
  const logIn = async (look: Look, hash = '', token = OPERATOR_TOKEN): Promise<Page> => {
    if (browser === undefined) throw new Error('there is no browser');
    const one = await openPage(browser, `${api.url}/console${hash}`, look);
    opened.push(one);
    await one.page.getByLabel('Token').fill(token);
    await one.page.getByRole('button', { name: 'Log in' }).click();
    await one.page.locator('.loading').waitFor({ state: 'detached' });
    return one.page;
  };
  const rowOf = (page: Page, orderId: string) =>
    page.getByRole('row').filter({ has: page.locator(`a[href="#/order/${orderId}"]`) });
  const sequencesOf = async (orderId: string): Promise<readonly number[]> =>
    (await kit.effects(orderId)).map(({ sequence }) => sequence);

  before(async function () {
    this.timeout(400_000);
    browser = await launchBrowser(this);
    kit = await KitUnderTest.open();
    const handlers = onEvery(async (event, context) => {
      if (broken && event.sequence === 2) throw new Error('the printer is on fire');
      return noteEffect(event, context);
    });
    const consumer = await kit.start({ handlers }, { reprocessToken: unnamedOperator(TOKEN) });
    proxy = await startTcpProxy({ host: '127.0.0.1', port: consumer.port });
    api = await startApi({
      env: {
        ACCESS_TOKENS: `board:viewer:${VIEWER}`,
        PROGRESS_URLS: `test=http://127.0.0.1:${proxy.port},gone=http://127.0.0.1:2`,
        REPROCESS_TOKENS: `test=${TOKEN}`,
      },
    });
    orders.push(await place(), await place(), await place(), await place());
    for (const orderId of orders.filter((_, place) => place !== 2)) await kit.produce(asMessages(lifeOf(orderId)));
    const newer = lifeOf(orders[2] ?? '').map((event) => ({ ...event, version: event.sequence === 1 ? 1 : 2 }));
    await kit.produce(asMessages(newer));
    await eventually(async () => expect(await kit.metric(consumer, 'parked_orders')).to.equal(4));
    await eventually(async () => expect(await kit.metric(consumer, 'waiting_events')).to.equal(12));
  });
  afterEach(async () => {
    const complaints = opened
      .flatMap((one) => one.complaints)
      .filter((complaint) => !TOLD_BY_THE_BROWSER.test(complaint));
    const strange = opened.flatMap((one) => one.requests).filter((address) => !address.startsWith(`${api.url}/`));
    for (const one of opened.splice(0)) await one.close();
    expect([complaints, strange]).to.deep.equal([[], []]);
  });
  after(async () => {
    await browser?.close();
    if (browser === undefined) return;
    await api.stop();
    await proxy.close();
    await kit.close();
  });

  for (const look of LOOKS)
    it(`hinders nobody and fits the screen: ${look.width} pixels, ${look.colorScheme}`, async () => {
      const page = await logIn(look, '#/consumers');
      await rowOf(page, orders[0] ?? '').waitFor();
      expect([await hindrancesOf(page), await overflowOf(page)], 'the list').to.deep.equal([[], 0]);
      await rowOf(page, orders[0] ?? '')
        .getByRole('button', { name: 'Re-process' })
        .click();
      await page.getByRole('dialog').waitFor();
      expect([await hindrancesOf(page), await overflowOf(page)], 'the dialog').to.deep.equal([[], 0]);
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: /^gone/ }).click();
      await page.getByText('gone cannot be asked.').waitFor();
      expect([await hindrancesOf(page), await overflowOf(page)], 'one that is away').to.deep.equal([[], 0]);
    });

  it('leads from the overview, and from an order, to what is parked and why', async () => {
    const page = await logIn(DESKTOP);
    await page.getByText('test has parked 4 orders or records.').waitFor();
    await page.getByRole('link', { name: 'See why' }).click();
    await page.getByRole('heading', { name: 'Consumers' }).waitFor();
    const row = rowOf(page, orders[0] ?? '');
    await row.getByText('The handler failed', { exact: true }).waitFor();
    await row.getByText(/failed 5 times.*the printer is on fire/).waitFor();
    expect(await row.getByRole('cell').allInnerTexts()).to.include('2');
    await row.getByRole('link').first().click();
    await page.getByRole('link', { name: 'See what it has parked' }).click();
    await row.waitFor();
  });

  it('finds by cause, and says what helps against it', async () => {
    const page = await logIn(DESKTOP, '#/consumers');
    await page.getByLabel('Parked because').selectOption('unknown-version');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/cause=unknown-version/);
    await page.getByText('Upgrade the consumer; then re-process all of this cause.').waitFor();
    await eventually(async () => expect(await page.getByRole('row').count()).to.equal(2));
    await rowOf(page, orders[2] ?? '').waitFor();
    await page.getByRole('button', { name: 'Re-process all with this cause…' }).waitFor();
    await page.getByLabel('Parked because').selectOption('unknown-type');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('Nothing is parked like that.').waitFor();
  });

  it('lets a viewer look, not act', async () => {
    const page = await logIn(DESKTOP, '#/consumers', VIEWER);
    await page.getByText('Your token may look, not act.').waitFor();
    await rowOf(page, orders[0] ?? '').waitFor();
    expect(await page.getByRole('button', { name: /Re-process/ }).count()).to.equal(0);
  });

  it('re-processes an order by keyboard alone, with a reason: its effects come, and it is on record', async () => {
    broken = false;
    const [orderId = ''] = orders;
    const page = await logIn(DESKTOP, '#/consumers');
    const button = rowOf(page, orderId).getByRole('button', { name: 'Re-process' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.locator('dialog input:focus').waitFor();
    await page.keyboard.press('Enter');
    expect(await sequencesOf(orderId), 'without a reason').to.deep.equal([1]);
    await page.keyboard.type('the printer is new');
    await page.keyboard.press('Enter');
    await page.getByText('test has released the order, and tries it again.').waitFor();
    await eventually(async () => expect(await sequencesOf(orderId)).to.deep.equal([1, 2, 3, 4]));
    await rowOf(page, orderId).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByRole('row', { name: /operator token reprocess released .* at test the printer is new/ }).waitFor();
  });

  it('given a consumer that does not list what it has parked / then its page says so, keeps the rest, and lists it again', async () => {
    proxy.closeAfter('GET /parked?');
    const page = await logIn(DESKTOP, '#/consumers');
    await page.getByText('test cannot be asked.').waitFor();
    await page.getByText(/The consumer could not be asked, or refused. Nothing was changed at test/).waitFor();
    await page.getByText('Waiting events').waitFor();
    await page.getByRole('link', { name: /^gone/ }).click();
    await page.getByText('gone cannot be asked.').waitFor();
    await page.getByRole('link', { name: /^test/ }).click();
    await page.getByText('test cannot be asked.').waitFor();
    proxy.heal();
    await rowOf(page, orders[3] ?? '').waitFor();
  });

  it('given an answer that is lost / then it can be tried again for another reason', async () => {
    proxy.closeAfter('POST /parked/reprocess', 1);
    const page = await logIn(DESKTOP, '#/consumers');
    await rowOf(page, orders[3] ?? '')
      .getByRole('button', { name: 'Re-process' })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('the printer is new');
    await dialog.getByRole('button', { name: 'Re-process', exact: true }).click();
    await dialog.getByText('It is not known whether the consumer did it').waitFor();
    await dialog.getByLabel('Reason').fill('the printer is new, and the network, too');
    await dialog.getByRole('button', { name: 'Re-process', exact: true }).click();
    await dialog.getByText('The order is not parked there').waitFor();
    await eventually(async () => expect(await sequencesOf(orders[3] ?? '')).to.deep.equal([1, 2, 3, 4]));
  });

  it('says what many at once would be, and does it once it is confirmed', async () => {
    const [, second = '', third = ''] = orders;
    const page = await logIn(DESKTOP, '#/consumers');
    await page.getByRole('button', { name: 'Re-process all…' }).click();
    await page.getByRole('dialog').getByText('2 orders').waitFor();
    await page
      .getByText('would be released at test, those that are parked for longest, at most 200 at once.')
      .waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByLabel(`Choose order ${second}`).check();
    await page.getByRole('link', { name: /^gone/ }).click();
    await page.getByText('gone cannot be asked.').waitFor();
    await page.getByRole('link', { name: /^test/ }).click();
    await page.getByRole('button', { name: 'Re-process all…' }).waitFor();
    await page.getByLabel(`Choose order ${second}`).check();
    await page.getByRole('button', { name: 'Re-process 1 chosen…' }).click();
    await page.getByRole('dialog').getByText('1 order', { exact: true }).waitFor();
    expect(await sequencesOf(second), 'before it is confirmed').to.deep.equal([1]);
    await page.getByRole('dialog').getByLabel('Reason').fill('the printer is new');
    await page.getByRole('button', { name: 'Re-process 1', exact: true }).click();
    await page.getByText('test has released 1 order.').waitFor();
    await eventually(async () => expect(await sequencesOf(second)).to.deep.equal([1, 2, 3, 4]));
    expect(await sequencesOf(third), 'what was not chosen').to.deep.equal([1]);
  });
});
