const TOKEN = /<\?[^>]*\?>|<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
const REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)/;
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The elements of a document in their order. @throws when it is not well-formed (of the XML that JUnit files use). */
export const elementsOf = (xml: string): readonly Element[] => {
  if (FORBIDDEN.test(xml)) throw new Error('a character that XML cannot carry');
  const open: string[] = [];
  const elements: Element[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(xml);
    if (match === null) throw new Error(`not well-formed at: ${xml.slice(at, at + 60)}`);
    const [, closing, name, attributes = '', empty, text] = match;
    if (REFERENCE.test(`${attributes}${text ?? ''}`)) throw new Error(`a bare & near: ${xml.slice(at, at + 60)}`);
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes something else`);
      continue;
    }
    const pairs = [...attributes.matchAll(/([\w.-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]);
    elements.push({ name, attributes: Object.fromEntries(pairs) as Record<string, string> });
    if (empty !== '/') open.push(name);
  }
  if (open.length > 0) throw new Error(`<${open.join('><')}> left open`);
  return elements;
};
