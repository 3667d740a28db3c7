import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { isDeterministic, readDeterministicOptions } from '../../simulator/deterministic/deterministic-options.ts';
import { faults } from '../../simulator/faults/catalog.ts';
import { readOptions } from '../../simulator/options/read-options.ts';
import { sabotages } from '../../simulator/sabotage/catalog.ts';

/*
 * docs/guarantees.md is only worth reading while what it points at exists. A proof of a sentence is a link to a test
 * file, with the title of a test in it as its text, or a command line of the simulator.
 */

const DOCS = join(import.meta.dirname, '../../docs');
const LINK = /\[([^\]]+)\]\(([^)\s]+)\)/g;
const COMMAND = /`npm run simulate -- ([^`]+)`/g;
const HEADING_ROWS = 2;

const isTitleIn = (source: string, title: string): boolean =>
  ["'", '`', '"'].some((quote) =>
    ['it', 'describe'].some((what) => source.includes(`${what}(${quote}${title}${quote}`)),
  );

const problemOfLink = (title: string, target: string): string | undefined => {
  const path = join(DOCS, target);
  if (!existsSync(path)) return `${target}: there is no such file`;
  if (!target.startsWith('../test/')) return `${target}: is no test`;
  return isTitleIn(readFileSync(path, 'utf8'), title) ? undefined : `${target}: has no test “${title}”`;
};

const problemOfCommand = (line: string): string | undefined => {
  const args = line.split(' ');
  const read = isDeterministic(args)
    ? readDeterministicOptions(args)
    : readOptions(args, { faults, sabotages }, {}, () => 1);
  return E.isLeft(read) && read.left._tag === 'Refuse'
    ? `npm run simulate -- ${line}: ${read.left.message}`
    : undefined;
};

/** What is wrong with the proofs of one sentence; nothing when there is one and all are alive. */
const problemsOf = (sentence: string): readonly string[] => {
  const links = [...sentence.matchAll(LINK)].map(([, title = '', target = '']) => problemOfLink(title, target));
  const commands = [...sentence.matchAll(COMMAND)].map(([, line = '']) => problemOfCommand(line));
  if (links.length + commands.length === 0) return [`nothing shows: ${sentence.slice(0, 80)}`];
  return [...links, ...commands].filter((problem) => problem !== undefined);
};

/** Bullets and the rows of tables, without the heading of each table. */
const sentencesOf = (text: string): readonly string[] => {
  let row = 0;
  return text.split('\n').filter((line) => {
    row = line.startsWith('|') ? row + 1 : 0;
    return line.startsWith('- ') || row > HEADING_ROWS;
  });
};

describe('docs/guarantees.md', () => {
  const sentences = sentencesOf(readFileSync(join(DOCS, 'guarantees.md'), 'utf8'));

  it('says something', () => expect(sentences.length).to.be.greaterThan(60));

  for (const sentence of sentences)
    it(`shows that it is true: ${sentence.replace(/^[-|] /, '').slice(0, 90)}`, () =>
      expect(problemsOf(sentence)).to.deep.equal([]));

  const dead: readonly (readonly [what: string, sentence: string, problem: RegExp])[] = [
    ['nothing that shows it', '- Nothing is ever lost.', /nothing shows/],
    ['a file that is gone', '- So: [a](../test/gone.test.ts).', /no such file/],
    ['a file that is no test', '- So: [Decisions](adr/README.md).', /is no test/],
    ['a test that is gone', '- So: [is gone](../test/simulator/checker/log.test.ts).', /has no test/],
    ['a part of a title', '- So: [fails when two events](../test/simulator/checker/log.test.ts).', /has no test/],
    ['an unknown fault', '- So: `npm run simulate -- --faults flood`.', /no fault 'flood'/],
    ['an unknown planted bug', '- So: `npm run simulate -- --sabotage lie`.', /no bug 'lie'/],
    ['an unknown option of histories in memory', '- So: `npm run simulate -- --deterministic --luck 1`.', /--luck/],
    ['an unknown option', '- So: `npm run simulate -- --hope`.', /--hope/],
  ];
  for (const [what, sentence, problem] of dead)
    it(`would not let a sentence pass with ${what}`, () => expect(problemsOf(sentence).join()).to.match(problem));
});
