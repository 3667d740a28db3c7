import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from './storage-error.ts';

/** An applied migration is not what the checkout has under its name: someone changed history. */
export interface MigrationRefused {
  readonly _tag: 'MigrationRefused';
  readonly reason: string;
  readonly cause: unknown;
}

/** The schema's forward-only steps. Names in the order in which they run. */
export interface SchemaMigrations {
  pending(): TaskEither<StorageUnavailable | MigrationRefused, readonly string[]>;
  /** Runs what is pending, one process at a time, and names it. */
  apply(): TaskEither<StorageUnavailable | MigrationRefused, readonly string[]>;
}
