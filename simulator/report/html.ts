/** A piece of markup. Only `html` and `raw` make one, so a text never becomes markup by accident. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** Markup that is known to be safe: our own files. */
export const raw = (markup: string): Html => new Html(markup);

type Value = Html | string | number | readonly Html[] | undefined;

const markupOf = (value: Value): string => {
  if (value === undefined) return '';
  if (value instanceof Html) return value.markup;
  return typeof value === 'object' ? value.map(({ markup }) => markup).join('') : escapeHtml(String(value));
};

/** Template of markup: every text put into it is escaped, for use in content and in quoted attributes. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(parts.map((part, index) => part + markupOf(values[index])).join(''));

/** JSON in a script element that does not run: no `<` can end the element, and U+2028/9 stay data. */
export const dataScript = (id: string, value: unknown): Html => {
  const json = JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return raw(`<script type="application/json" id="${escapeHtml(id)}">${json}</script>`);
};
