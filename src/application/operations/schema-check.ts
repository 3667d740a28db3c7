import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describeCause } from '../describe-cause.ts';
import type { SchemaMigrations } from '../ports/schema-migrations.ts';
import type { Finding, StartCheck, Unreachable } from '../ports/start-check.ts';

const RECHECK_MS = 30_000;

const pendingFinding = (pending: readonly string[], mend: string): readonly Finding[] =>
  pending.length === 0 ? [] : [{ problem: `migrations are pending: ${pending.join(', ')}`, mend }];

/** The database has the schema this program was written for. */
export const schemaCheck = (
  migrations: Pick<SchemaMigrations, 'pending'>,
  mend = 'run `order migrate`',
): StartCheck => ({
  name: 'MySQL schema',
  recheckMs: RECHECK_MS,
  run: pipe(
    migrations.pending(),
    TE.map((pending) => pendingFinding(pending, mend)),
    TE.orElse((error): TaskEither<Unreachable, readonly Finding[]> =>
      error._tag === 'MigrationRefused'
        ? TE.right([{ problem: error.reason }])
        : TE.left({ _tag: 'Unreachable', reason: describeCause(error.cause), cause: error.cause }),
    ),
  ),
});
