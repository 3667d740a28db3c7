import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { check } from '../../../simulator/checker/check.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import { summaryHtml } from '../../../simulator/report/summary-html.ts';
import { writeReport } from '../../../simulator/report/write-report.ts';
import { coloursOf, hindrancesOf, launchBrowser, openFile, overflowOf } from '../../support/page-browser.ts';
import type { Look, OpenedPage } from '../../support/page-browser.ts';
import { adding, aRun, DELIVERED, ofEvent, orderId, START, unseen, without } from '../checker/evidence-builder.ts';

const LOOKS: readonly Look[] = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'dark' },
];

const faulty = adding(
  aRun(...Array.from({ length: 130 }, () => DELIVERED), ['OrderPlaced', 'OrderCancelled']),
  'faults',
  { kind: 'broker-restart', target: 'kafka', at: START + 100, healedAt: START + 3_000 },
  { kind: 'relay-kill', target: 'relay', at: START + 4_000, healedAt: null },
);
const runs: Readonly<Record<string, Evidence>> = {
  pass: aRun(DELIVERED, ['OrderPlaced', 'OrderCancelled']),
  faulty,
  fail: without(faulty, 'log', ofEvent(1, 2)),
  unknown: unseen(faulty, 'log', 'the broker was gone'),
  empty: aRun(),
};

describe('report.html in a browser', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let directory = '';
  const opened: OpenedPage[] = [];

  before(async function () {
    this.timeout(400_000);
    browser = await launchBrowser(this);
    directory = await mkdtemp(join(tmpdir(), 'report-page-'));
    for (const [name, evidence] of Object.entries(runs))
      await writeReport(join(directory, name), {
        evidence,
        result: check(evidence),
        reproduce: 'npm run simulate -- --seed 7',
        planted: name === 'fail' ? { name: 'drop-one', describe: 'one event is never sent', breaks: 3 } : undefined,
      });
    const verdicts = ['pass', 'fail', 'unknown'] as const;
    const summary = await summaryHtml({
      title: 'fault matrix',
      subtitle: 'Every fault of the list, one run each.',
      verdict: 'fail',
      columns: ['Fault', 'Expected', 'Seen', 'Recovered after', 'Published twice'],
      rows: verdicts.map((verdict) => ({
        cells: [
          `a fault that ends with ${verdict}`,
          'everything waits, then drains in order',
          'as expected',
          '2.1 s',
          '7',
        ],
        verdict,
        reportPath: `${verdict}/report.html`,
      })),
      reproduce: 'npm run simulate -- --faults matrix',
    });
    await writeFile(join(directory, 'summary.html'), summary);
  });
  afterEach(() => Promise.all(opened.splice(0).map((page) => page.close())));
  after(async () => {
    await browser?.close();
    if (directory !== '') await rm(directory, { recursive: true });
  });

  const open = async (path: string, look: Look = { width: 1280, colorScheme: 'light' }): Promise<OpenedPage> => {
    if (browser === undefined) throw new Error('there is no browser');
    const page = await openFile(browser, pathToFileURL(join(directory, path)).href, look);
    opened.push(page);
    return page;
  };

  const pages = [...Object.keys(runs).map((name) => `${name}/report.html`), 'summary.html'];
  for (const path of pages)
    it(`opens ${path} from a file, without a network, a complaint or a hindrance to any reader`, async () => {
      for (const look of LOOKS) {
        const { page, requests, complaints } = await open(path, look);
        const where = `${look.width} wide, ${look.colorScheme}`;
        expect(complaints, where).to.deep.equal([]);
        expect(requests, where).to.deep.equal([]);
        expect(await hindrancesOf(page), where).to.deep.equal([]);
        expect(await overflowOf(page), `${where}: wider than the screen`).to.be.at.most(0);
      }
    });

  it('draws all four charts, the faults shaded and numbered', async () => {
    const { page } = await open('faulty/report.html');
    for (const id of ['publish', 'whole-way', 'throughput', 'backlog'])
      expect(await coloursOf(page, `#chart-${id} canvas`), id).to.be.greaterThan(5);
    expect(await page.locator('.fault-key li').allInnerTexts()).to.deep.equal([
      '1 broker-restart of kafka 0:00–0:03',
      '2 relay-kill 0:04–never healed',
    ]);
    expect(await page.locator('#chart-publish .u-legend .u-label').allInnerTexts()).to.include('95 % within');
  });

  it('finds any order by its ID and shows its life', async () => {
    const { page } = await open('faulty/report.html');
    await page.getByLabel('Find an order').fill(orderId(129));
    expect(await page.locator('#order-list button').count()).to.equal(1);
    expect(await page.locator('#order-count').innerText()).to.equal('1 found');
    expect(await page.locator('#order-timeline h3').innerText()).to.equal(orderId(129));
    const life = await page.locator('#order-timeline .what').allInnerTexts();
    expect(life).to.include('1 OrderPlaced written');
    await page.getByLabel('Find an order').fill('no such order');
    expect(await page.locator('#order-count').innerText()).to.equal('No order of this page matches.');
  });

  it('shows another order when it is chosen by keyboard', async () => {
    const { page } = await open('pass/report.html');
    await page.locator('#order-list button').nth(1).press('Enter');
    const chosen = await page.locator('#order-list button[aria-current="true"] .mono').innerText();
    expect(await page.locator('#order-timeline h3').innerText()).to.equal(chosen);
    expect(await page.locator('#order-list button[aria-current="true"]').count()).to.equal(1);
  });

  it('shows the check that a planted bug must break, and that it was caught', async () => {
    const { page } = await open('fail/report.html');
    expect(await page.locator('.planted').innerText()).to.contain('the bug was caught');
    expect(await page.locator('.case').first().innerText())
      .to.contain('Check 3:')
      .and.to.contain(orderId(1));
  });

  it('leads from a summary to the report of a run', async () => {
    const { page } = await open('summary.html');
    await page.getByRole('link', { name: 'Report of a fault that ends with fail' }).click();
    expect(await page.locator('h1').innerText()).to.match(/^FAIL/);
  });
});
