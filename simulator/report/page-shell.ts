import { createHash } from 'node:crypto';
import { html, raw } from './html.ts';
import type { Html } from './html.ts';

export interface PageParts {
  readonly title: string;
  /** Our own style sheets and scripts, whole. Only they may run: the page's policy knows them by their hashes. */
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
  readonly body: Html;
}

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policyFor = (kind: string, texts: readonly string[]): string =>
  `${kind} ${texts.length === 0 ? "'none'" : texts.map(hash).join(' ')}`;

// Without a blank around the text, since the policy knows them by their hashes.
const style = (css: string): Html => raw(`<style>${css}</style>`);
const script = (js: string): Html => raw(`<script>${js}</script>`);

/** A whole page that loads nothing from anywhere and lets nothing run but what is given here. */
export const pageShell = ({ title, styles, scripts, body }: PageParts): string => {
  const policy = [
    "default-src 'none'",
    policyFor('script-src', scripts),
    policyFor('style-src', styles),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${styles.map(style)}
      </head>
      <body>
        <main>${body}</main>
        ${scripts.map(script)}
      </body>
    </html> `;
  return page.markup;
};
