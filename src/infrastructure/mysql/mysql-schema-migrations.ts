import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describeCause } from '../../application/describe-cause.ts';
import type { MigrationRefused, SchemaMigrations } from '../../application/ports/schema-migrations.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import { migrate, migrationStatus } from './migrate.ts';
import type { MigrateOptions, MigrationError, MigrationLog } from './migrate.ts';
import type { MySqlPool } from './mysql-pool.ts';

const reasonOf = (error: Exclude<MigrationError, StorageUnavailable>): string => {
  switch (error._tag) {
    case 'MigrationEdited':
      return `${error.file} was edited after it was applied; restore it and write a new migration instead`;
    case 'MigrationUnknown':
      return `${error.file} was applied but is not in this checkout: the database is newer than this program`;
    case 'MigrationOutOfOrder':
      return `${error.file} sorts before ${error.applied}, which is applied already; give it a later number`;
    case 'MigrationLocked':
      return `another process migrates this database (waited ${error.waitedSeconds} s); try again`;
    case 'MigrationFailed':
      return `statement ${error.statement} of ${error.file} failed: ${describeCause(error.cause)}; mend it, a rerun continues there`;
  }
};

const refused = (error: MigrationError): StorageUnavailable | MigrationRefused =>
  error._tag === 'StorageUnavailable' ? error : { _tag: 'MigrationRefused', reason: reasonOf(error), cause: error };

/** The migrations of one directory against one database. `pool` serves the reading; applying opens its own connection. */
export class MySqlSchemaMigrations implements SchemaMigrations {
  constructor(
    private readonly pool: MySqlPool,
    private readonly server: Pick<MigrateOptions, 'url' | 'tls'>,
    private readonly directory: string,
    private readonly log: MigrationLog = 'schema_migrations',
  ) {}

  pending(): TaskEither<StorageUnavailable | MigrationRefused, readonly string[]> {
    return pipe(
      migrationStatus(this.pool, this.directory, this.log),
      TE.map(({ pending }) => pending),
      TE.mapLeft(refused),
    );
  }

  apply(): TaskEither<StorageUnavailable | MigrationRefused, readonly string[]> {
    return pipe(migrate({ ...this.server, directory: this.directory, log: this.log }), TE.mapLeft(refused));
  }
}
