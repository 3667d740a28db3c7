/** What two language versions of a document have in common: everything that is not prose. */
export interface DocumentShape {
  /** Levels of the headings, in order. */
  readonly headings: readonly number[];
  /** Blocks of code, in order, without what people read in them: comments, and the labels of diagrams. */
  readonly code: readonly string[];
  /** Rows and columns of each table. */
  readonly tables: readonly string[];
  /** Targets of links, each as often as it occurs. */
  readonly links: readonly string[];
  /** Names in `code` within the prose, each as often as it occurs. */
  readonly names: readonly string[];
}

const BLOCK = /^```(\w*)\n([\s\S]*?)^```$/gm;
const HEADING = /^(#{1,6}) /gm;
const TABLE = /(?:^\|.*\|$\n?)+/gm;
const LINK = /\]\(([^)\s]+)\)/g;
/** Each version names the other one. */
const OTHER_LANGUAGE = /^README(\.\w\w)?\.md$/;
const NAME = /`([^`\n]+)`/g;

const withoutComments = (code: string): string =>
  code
    .split('\n')
    .map((line) =>
      line
        .replace(/(^|\s)(#|\/\/) .*$/, '')
        .replace(/\/\*\*.*\*\//, '')
        .trimEnd(),
    )
    .join('\n');

const withoutLabels = (diagram: string): string =>
  diagram.replaceAll(/(\|)[^|]*\||(\(\[|\[\[|\[\(|\[)[^\][]*(\]\)|\]\]|\)\]|\])/g, '$1$2$3');

const codeOf = (language: string, code: string): string =>
  `${language}\n${language === 'mermaid' ? withoutLabels(code) : withoutComments(code)}`;

const columnsOf = (row: string): number => row.split(/(?<!\\)\|/).length - 2;

export const shapeOf = (markdown: string): DocumentShape => {
  const prose = markdown.replaceAll(BLOCK, '');
  const all = (text: string, pattern: RegExp): readonly string[] =>
    [...text.matchAll(pattern)].map(([whole, first]) => first ?? whole);
  return {
    headings: all(prose, HEADING).map((hashes) => hashes.length),
    code: [...markdown.matchAll(BLOCK)].map(([, language = '', code = '']) => codeOf(language, code)),
    tables: all(prose, TABLE).map((table) => {
      const rows = table.trimEnd().split('\n');
      return `${rows.length} rows of ${columnsOf(rows[0] ?? '')}`;
    }),
    links: all(prose, LINK)
      .filter((target) => !OTHER_LANGUAGE.test(target))
      .toSorted(),
    names: all(prose, NAME).toSorted(),
  };
};
