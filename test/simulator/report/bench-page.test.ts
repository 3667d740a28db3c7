import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { benchHtml } from '../../../bench/report/bench-html.ts';
import { delayed, drained, flatRun, resultOf } from '../../bench/bench-result-for-tests.ts';
import { coloursOf, hindrancesOf, launchBrowser, openFile, overflowOf } from '../../support/page-browser.ts';
import type { Look } from '../../support/page-browser.ts';

const LOOKS: readonly Look[] = [
  { width: 1280, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
];

const result = resultOf({
  drain: [drained('orderly', 30_000), drained('naive', 16_000), drained('orderly', 28_000), drained('naive', 15_500)],
  latency: [delayed('orderly', 600, [0, 2, 4, 9]), delayed('naive', 600, [1, 5, 10, 40])],
  flat: [flatRun('empty', 30_000, 9), flatRun('completed', 29_000, 10), flatRun('quarantined', 29_500, 9)],
});

describe('bench.html in a browser', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let directory = '';

  before(async function () {
    this.timeout(400_000);
    browser = await launchBrowser(this);
    directory = await mkdtemp(join(tmpdir(), 'bench-page-'));
    await writeFile(join(directory, 'bench.html'), await benchHtml(result));
  });
  after(async () => {
    await browser?.close();
    if (directory !== '') await rm(directory, { recursive: true });
  });

  for (const look of LOOKS)
    it(`${look.width} wide, ${look.colorScheme}: draws every chart without a network, a complaint or a hindrance`, async () => {
      if (browser === undefined) throw new Error('there is no browser');
      const opened = await openFile(browser, pathToFileURL(join(directory, 'bench.html')).href, look);
      const { page, requests, complaints } = opened;
      try {
        expect(complaints).to.deep.equal([]);
        expect(requests).to.deep.equal([]);
        expect(await hindrancesOf(page)).to.deep.equal([]);
        expect(await overflowOf(page), 'wider than the screen').to.be.at.most(0);
        const titles = await page.locator('.chart h2').allInnerTexts();
        expect(titles).to.deep.equal([
          'Drain',
          'Delay at 600 events/s',
          'Drain of a grown table',
          'Delay on a grown table',
        ]);
        for (const index of titles.keys())
          expect(await coloursOf(page, `#chart-${index} canvas`), titles[index]).to.be.greaterThan(5);
        expect(await page.locator('pre').innerText()).to.contain('quarantined');
        expect(await page.locator('header').innerText()).to.contain('a <fast> one');
      } finally {
        await opened.close();
      }
    });
});
