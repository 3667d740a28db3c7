import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../application/ports/clock.ts';
import { migrate } from '../mysql/migrate.ts';
import type { MigrateOptions, MigrationError, MigrationLog } from '../mysql/migrate.ts';
import { isConnectionLost } from '../mysql/mysql-errors.ts';

/** What the kit itself needs, logged in `consumer_kit_migrations`. */
export const KIT_MIGRATIONS = join(import.meta.dirname, 'migrations');
const RETRY_MS = 500;

/** The database and the migrations do not fit together; only a person can mend that. */
export class MigrationImpossible extends Error {
  override readonly name = 'MigrationImpossible';
  constructor(readonly error: MigrationError) {
    super(describe(error), { cause: 'cause' in error ? error.cause : undefined });
  }
}

const describe = (error: MigrationError): string => {
  switch (error._tag) {
    case 'StorageUnavailable':
      return `the database does not answer (${error.action})`;
    case 'MigrationLocked':
      return `another process has been migrating for ${error.waitedSeconds} s`;
    case 'MigrationEdited':
      return `${error.file} was changed after it was applied: write a new migration instead`;
    case 'MigrationUnknown':
      return `${error.file} is applied but not here: the database is newer than this program`;
    case 'MigrationOutOfOrder':
      return `${error.file} sorts before ${error.applied}, which is applied already`;
    case 'MigrationFailed':
      return `statement ${error.statement} of ${error.file} failed`;
  }
};

/** The database is not there yet, or went away: worth another try. */
const mayPass = (error: MigrationError): boolean =>
  error._tag === 'StorageUnavailable' ||
  error._tag === 'MigrationLocked' ||
  (error._tag === 'MigrationFailed' && isConnectionLost(error.cause));

/**
 * Applies the kit's migrations, then the consumer's own, and waits for a database that is not there yet. False when
 * `signal` ended the wait. Rejects with `MigrationImpossible`.
 */
export const prepareDatabase = async (options: {
  readonly server: Pick<MigrateOptions, 'url' | 'tls'>;
  readonly own: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly waiting: (reason: string, cause: unknown) => void;
}): Promise<boolean> => {
  const { server, own, clock, signal, waiting } = options;
  const steps: readonly { readonly directory: string; readonly log: MigrationLog }[] = [
    { directory: KIT_MIGRATIONS, log: 'consumer_kit_migrations' },
    ...(own === undefined ? [] : [{ directory: own, log: 'schema_migrations' as const }]),
  ];
  for (const step of steps) {
    for (;;) {
      if (signal.aborted) return false;
      const migrated = await migrate({ ...server, ...step })();
      if (E.isRight(migrated)) break;
      if (!mayPass(migrated.left)) throw new MigrationImpossible(migrated.left);
      waiting(describe(migrated.left), 'cause' in migrated.left ? migrated.left.cause : undefined);
      await clock.sleep(RETRY_MS, signal);
    }
  }
  return true;
};
