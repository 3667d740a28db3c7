import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface MigrationFile {
  /** File name, e.g. `0001-orders.sql`; `0007-gift-note.expand.sql` when it only adds. */
  readonly name: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

const NAME = /^\d{4}-[a-z0-9-]+(\.expand)?\.sql$/;

/**
 * Whether a program that does not have the migration of this name can go on with a database that does: it only adds what such a
 * program leaves alone (new tables, indexes, columns that need no value). All others wait until no such program runs.
 */
export const isExpansion = (name: string): boolean => name.endsWith('.expand.sql');

/** A statement ends with a semicolon at the end of a line; lines that begin with `--` are comments. */
const statementsOf = (sql: string): readonly string[] =>
  sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');

/** The migrations of a directory in the order of their names; every other file in it is refused. */
export const readMigrations = async (directory: string): Promise<readonly MigrationFile[]> => {
  const names = (await readdir(directory)).sort();
  const stray = names.find((name) => !NAME.test(name));
  if (stray !== undefined)
    throw new Error(`${join(directory, stray)} is no migration: names look like 0001-orders.sql`);
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(directory, name));
      const checksum = createHash('sha256').update(bytes).digest('hex');
      return { name, checksum, statements: statementsOf(bytes.toString('utf8')) };
    }),
  );
};
