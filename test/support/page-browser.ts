import axe from 'axe-core';
import * as t from 'io-ts';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { obtainBrowser } from '../../tools/environment/chromium.ts';
import { decoded } from './decoded.ts';

/** A headless browser. Where this machine has none the hook skips its tests, and says why: skipped is not passed. */
export const launchBrowser = async (hook: Mocha.Context): Promise<Browser> => {
  const found = await obtainBrowser((line) => process.stdout.write(`${line}\n`));
  if (typeof found === 'string') {
    process.stdout.write(`skipped, not passed: no page was opened: ${found}\n`);
    return hook.skip();
  }
  const env = Object.fromEntries(
    Object.entries({ ...process.env, ...found.env }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  return chromium.launch({ executablePath: found.program, env, args: ['--no-sandbox', '--disable-gpu'] });
};

export interface Look {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  /** What the browser says its language is. Default: en-GB. */
  readonly language?: string;
}

export interface OpenedPage {
  readonly page: Page;
  /** Addresses that the page asked for beside its own. */
  readonly requests: readonly string[];
  /** What it wrote to the console as an error or warning, and what it threw. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

const open = async (browser: Browser, url: string, look: Look, offline: boolean): Promise<OpenedPage> => {
  const context = await browser.newContext({
    viewport: { width: look.width, height: 900 },
    colorScheme: look.colorScheme,
    locale: 'en-GB',
    offline,
  });
  if (look.language !== undefined)
    await context.addInitScript(
      `Object.defineProperty(Navigator.prototype, 'language', { get: () => ${JSON.stringify(look.language)} })`,
    );
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, requests, complaints, close: () => context.close() };
};

/** Opens a file as a reader would, without a network. */
export const openFile = (browser: Browser, url: string, look: Look): Promise<OpenedPage> =>
  open(browser, url, look, true);

/** Opens a page of a server, with a store of cookies of its own. */
export const openPage = (browser: Browser, url: string, look: Look): Promise<OpenedPage> =>
  open(browser, url, look, false);

// These run inside the page; as texts, since the tests know no DOM.
const VIOLATIONS = `axe.run(document).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 80)).join(' | ')))`;
const OVERFLOW = 'document.documentElement.scrollWidth - window.innerWidth';
const coloursIn = (selector: string): string => `(() => {
  const canvas = document.querySelector(${JSON.stringify(selector)});
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
})()`;

/** What axe has against the page; each with its rule and where. */
export const hindrancesOf = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source);
  return decoded(t.array(t.string), await page.evaluate(VIOLATIONS));
};

/** By how many pixels the page is wider than the screen. */
export const overflowOf = async (page: Page): Promise<number> => decoded(t.number, await page.evaluate(OVERFLOW));

/** How many colours a canvas shows. An empty one has a single one: none. */
export const coloursOf = async (page: Page, selector: string): Promise<number> =>
  decoded(t.number, await page.evaluate(coloursIn(selector)));
