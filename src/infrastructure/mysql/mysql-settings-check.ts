import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describeCause } from '../../application/describe-cause.ts';
import type { StartCheck } from '../../application/ports/start-check.ts';
import { checkMySqlSettings } from './check-mysql-settings.ts';
import type { MySqlRequirements } from './check-mysql-settings.ts';
import type { MySqlPool } from './mysql-pool.ts';

/** Asked often: it is also how readiness notices that MySQL is gone. */
const RECHECK_MS = 2_000;

/** MySQL answers, and is set up as the guarantees need it. */
export const mysqlSettingsCheck = (pool: MySqlPool, requirements: MySqlRequirements): StartCheck => ({
  name: 'MySQL settings',
  recheckMs: RECHECK_MS,
  run: pipe(
    checkMySqlSettings(pool, requirements),
    TE.mapLeft(({ cause }) => ({ _tag: 'Unreachable', reason: describeCause(cause), cause })),
  ),
});
