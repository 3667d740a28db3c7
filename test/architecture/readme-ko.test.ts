import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { shapeOf } from './readme-shape.ts';

const ROOT = join(import.meta.dirname, '../..');
const GLOSSARY = '<!-- glossary -->';
const NAME = /`([^`]+)`/g;

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const sources = (): string =>
  ['src', 'simulator']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(ts|sql)$/.test(name))
        .map((name) => read(join(folder, name))),
    )
    .join('\n');

describe('README.ko.md', () => {
  const [translation = '', glossary = ''] = read('README.ko.md').split(GLOSSARY);

  for (const part of ['headings', 'code', 'tables', 'links', 'names'] as const)
    it(`has the ${part} of README.md`, () => {
      expect(shapeOf(translation)[part]).to.deep.equal(shapeOf(read('README.md'))[part]);
    });

  it('explains terms by names that are in the code', () => {
    const names = [...glossary.matchAll(NAME)].map(([, name = '']) => name);
    const code = sources();
    expect(names).to.have.length.greaterThan(20);
    expect(names.filter((name) => !code.includes(name))).to.deep.equal([]);
  });
});

describe('the shape of a document', () => {
  const SHAPE = [
    '# Title',
    'Set `A` and see [there](docs/x.md).',
    '```sh',
    'run it # and say why',
    '```',
    '| a | b |',
    '|---|---|',
    '| 1 | 2 |',
    '```mermaid',
    'a[Begin] -->|goes| b',
    '```',
  ].join('\n');

  it('is the same when only the words differ', () => {
    const translated = SHAPE.replace('Title', '제목')
      .replace('and see', '그리고')
      .replace('and say why', '이유')
      .replace('| 1 | 2 |', '| 하나 | 둘 |')
      .replace('Begin', '시작')
      .replace('goes', '간다');
    expect(shapeOf(translated)).to.deep.equal(shapeOf(SHAPE));
  });

  for (const [what, part, other] of [
    ['a heading', 'headings', SHAPE.replace('# Title', '## Title')],
    ['a command', 'code', SHAPE.replace('run it', 'run that')],
    ['an arrow of a diagram', 'code', SHAPE.replace('-->|', '---|')],
    ['a row', 'tables', SHAPE.replace('| 1 | 2 |', '| 1 | 2 |\n| 3 | 4 |')],
    ['a link', 'links', SHAPE.replace('x.md', 'y.md')],
    ['a name', 'names', SHAPE.replace('`A`', '`B`')],
  ] as const)
    it(`differs when ${what} does`, () => {
      expect(shapeOf(other)[part]).not.to.deep.equal(shapeOf(SHAPE)[part]);
    });
});
