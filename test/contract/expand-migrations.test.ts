import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isExpansion } from '../../src/infrastructure/mysql/migration-files.ts';

/*
 * Programs that do not know a migration `….expand.sql` keep running beside it, so it may only add what they leave alone. What
 * takes something away, or asks a value for a new column, has another name and waits until they are gone.
 */

const ROOT = join(import.meta.dirname, '../..');
const DIRECTORIES = [
  'src/infrastructure/mysql/migrations',
  'src/infrastructure/mysql-consumer/migrations',
  'simulator/participants/payment/migrations',
  'simulator/participants/shipping/migrations',
];

const ADDS_COLUMN = /^ADD COLUMN (?:(?!NOT NULL)[\s\S])*?\bNULL\b|^ADD COLUMN [\s\S]*\bDEFAULT\b/;
const ADDS_INDEX = /^ADD (?:INDEX|KEY) /;

/** The clauses of an ALTER TABLE; a comma within parentheses or quotes separates nothing. */
const clausesOf = (clauses: string): readonly string[] =>
  clauses
    .split(/,(?![^(]*\))(?=(?:[^']*'[^']*')*[^']*$)/)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');

const problemOf = (statement: string): string | undefined => {
  if (/^CREATE (TABLE|INDEX) /.test(statement)) return undefined;
  const [, clauses] = /^ALTER TABLE \S+\s+([\s\S]+)$/.exec(statement) ?? [];
  const other =
    clauses === undefined
      ? statement
      : clausesOf(clauses).find((one) => !ADDS_COLUMN.test(one) && !ADDS_INDEX.test(one));
  return other === undefined ? undefined : `does more than add: ${other}`;
};

const problemsOf = (sql: string): readonly string[] =>
  sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
    .flatMap((statement) => problemOf(statement) ?? []);

describe('migrations that old programs run beside', () => {
  for (const directory of DIRECTORIES)
    it(`only add: ${directory}`, () => {
      const expansions = readdirSync(join(ROOT, directory)).filter(isExpansion);
      const problems = expansions.flatMap((name) =>
        problemsOf(readFileSync(join(ROOT, directory, name), 'utf8')).map((problem) => `${name} ${problem}`),
      );
      expect(problems).to.deep.equal([]);
    });

  for (const sql of [
    'CREATE TABLE more (id INT);',
    'CREATE INDEX more ON orders (status, placed_at);',
    "ALTER TABLE orders\n  ADD COLUMN gift_note JSON NULL COMMENT 'none, or one',\n  ADD COLUMN size DECIMAL(3, 1) NOT NULL DEFAULT 0;",
    'ALTER TABLE orders ADD KEY orders_gift (gift_note, size);',
  ])
    it(`may be: ${sql.split('\n').join(' ')}`, () => expect(problemsOf(sql)).to.deep.equal([]));

  for (const sql of [
    'DROP TABLE orders;',
    'ALTER TABLE orders DROP COLUMN carrier;',
    'ALTER TABLE orders ADD COLUMN gift_note JSON NOT NULL;',
    'ALTER TABLE orders ADD COLUMN gift_note JSON NULL, DROP COLUMN carrier;',
    'ALTER TABLE orders RENAME COLUMN carrier TO shipper;',
    'ALTER TABLE orders MODIFY carrier VARCHAR(20) NULL;',
    'ALTER TABLE orders ADD UNIQUE KEY orders_carrier (carrier);',
    "UPDATE orders SET carrier = 'post';",
  ])
    it(`may not be: ${sql}`, () => expect(problemsOf(sql)).to.have.lengthOf(1));
});
