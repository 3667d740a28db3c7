import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { createService } from '../../../src/composition/create-service.ts';
import type { Service } from '../../../src/composition/create-service.ts';
import { decodeServiceConfig } from '../../../src/infrastructure/config.ts';
import { rightOf } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';
import { post } from '../../support/http-client.ts';
import { launchBrowser, openPage } from '../../support/page-browser.ts';
import { OPERATOR_TOKEN, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestTopic } from '../../support/servers.ts';
import { setTopicLimit } from '../../support/topic-limit.ts';

const LIMIT_BYTES = 16_384;
/** About 30 KB as an event: more than the topic takes. */
const TOO_MANY_LINES = 250;
const ORDERS = 4;

describe('many events at once, in a browser, with a Kafka that has refused them', function () {
  this.timeout(90_000);
  let topic: TestTopic;
  let api: RunningApi;
  let relay: Service | undefined;
  let browser: Browser | undefined;

  const placeTooLarge = async (): Promise<void> => {
    const lines = Array.from({ length: TOO_MANY_LINES }, (_, n) => ({
      sku: `sku-${n}-${'x'.repeat(50)}`,
      quantity: 1,
      unitPrice: { amountMinor: 100, currency: 'EUR' },
    }));
    const { status, body } = await api.send(post('/orders', { customerId: 'customer-1', lines }));
    expect(status, body).to.equal(201);
  };
  const events = (): Promise<readonly unknown[]> =>
    api.rows('SELECT type, status, COUNT(*) AS count FROM outbox GROUP BY type, status ORDER BY type');
  const acts = (): Promise<readonly unknown[]> =>
    api.rows('SELECT actor, action, reason, COUNT(*) AS count FROM operator_audit GROUP BY 1, 2, 3 ORDER BY action');

  before(async function () {
    this.timeout(400_000);
    browser = await launchBrowser(this);
    topic = await freshTopic({ config: { 'max.message.bytes': String(LIMIT_BYTES) } });
    const kafka = { KAFKA_BROKERS: kafkaBrokers().join(','), ORDER_TOPIC: topic.name };
    api = await startApi({ env: kafka });
    const settings = { ...kafka, MYSQL_URL: api.mysqlUrl, RELAY_HTTP_PORT: '0', LOG_LEVEL: 'silent' };
    relay = await createService(rightOf(decodeServiceConfig({ ...settings, RELAY_RETRY_BASE_MS: '20' })), 'relay');
    await relay.start();
    for (let placed = 0; placed < ORDERS; placed += 1) await placeTooLarge();
    await eventually(async () => {
      expect(await events()).to.deep.equal([{ type: 'OrderPlaced', status: 'QUARANTINED', count: ORDERS }]);
    }, 60_000);
  });
  after(async () => {
    if (browser === undefined) return;
    await browser.close();
    await relay?.stop();
    await api.stop();
    await topic.drop();
  });

  it('are rehearsed first; then those that are chosen are skipped and the others redriven, with a reason, on record, and published', async () => {
    if (browser === undefined) throw new Error('there is no browser');
    const { page, complaints } = await openPage(browser, `${api.url}/console`, { width: 1280, colorScheme: 'light' });
    await page.getByLabel('Token').fill(OPERATOR_TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText(`${ORDERS} events are quarantined.`).waitFor();
    await page.getByRole('link', { name: 'See why' }).click();
    await page.getByLabel('Error contains').fill('message_too_large');
    await page.keyboard.press('Enter');
    const rows = page.getByRole('row').filter({ hasText: 'quarantined' });
    const lists = (count: number): Promise<void> =>
      eventually(async () => {
        expect(await rows.count()).to.equal(count);
      });
    await page.waitForURL(/error=message_too_large/);
    await lists(ORDERS);
    const dialog = page.getByRole('dialog');

    // The dry run: it says what would be done, and nothing is.
    await page.getByRole('button', { name: 'Redrive all like this…' }).click();
    await dialog.getByText(`${ORDERS} events`).waitFor();
    await dialog.getByText('would be redriven, the newest, at most 500 at once.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect([await events(), await acts()]).to.deep.equal([
      [{ type: 'OrderPlaced', status: 'QUARANTINED', count: ORDERS }],
      [],
    ]);

    // Without a reason nothing is given up.
    await page.getByRole('checkbox').first().check();
    await page.getByRole('button', { name: 'Skip 1 chosen…' }).click();
    const skip = dialog.getByRole('button', { name: 'Skip 1 for good' });
    await skip.click();
    await dialog.locator('input:invalid').waitFor();
    expect(await acts()).to.deep.equal([]);
    await dialog.getByLabel('Reason').fill('told to payment by hand');
    await skip.click();
    await page.getByText('1 event is skipped.').waitFor();
    await lists(ORDERS - 1);
    const skipped = { type: 'EventSkipped', status: 'COMPLETED', count: 1 };
    await eventually(async () => {
      expect(await events()).to.deep.equal([
        skipped,
        { type: 'OrderPlaced', status: 'QUARANTINED', count: ORDERS - 1 },
      ]);
    });

    await setTopicLimit(topic.name, 1_000_000);
    await page.getByRole('button', { name: 'Redrive all like this…' }).click();
    await dialog.getByLabel('Reason').fill('the limit was raised');
    await dialog.getByRole('button', { name: `Redrive ${ORDERS - 1}` }).click();
    await page.getByText(`${ORDERS - 1} events are back to work.`).waitFor();
    await page.getByText('Nothing is like that.').waitFor();
    await eventually(async () => {
      expect(await events()).to.deep.equal([skipped, { type: 'OrderPlaced', status: 'COMPLETED', count: ORDERS - 1 }]);
    });

    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByRole('heading', { name: 'Audit' }).waitFor();
    const onRecord = (text: RegExp): Promise<number> => page.getByRole('row', { name: text }).count();
    await eventually(async () => {
      expect([
        await onRecord(/operator token redrive .* the limit was raised/),
        await onRecord(/operator token skip .* told to payment by hand/),
      ]).to.deep.equal([ORDERS - 1, 1]);
    });
    const actor = 'operator token';
    expect(await acts()).to.deep.equal([
      { actor, action: 'redrive', reason: 'the limit was raised', count: ORDERS - 1 },
      { actor, action: 'skip', reason: 'told to payment by hand', count: 1 },
    ]);
    expect(complaints).to.deep.equal([]);
  });
});
