import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Examination } from '../../application/ports/examination.ts';
import { observeMySqlSettings, readMySqlSettings } from './check-mysql-settings.ts';
import type { MySqlRequirements } from './check-mysql-settings.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { unreachableStorage } from './unreachable-storage.ts';

/** Version, durability, isolation, SQL modes, time zone and limits of the server, as a session of ours sees them. */
export const examineMySqlSettings = (pool: MySqlPool, requirements: MySqlRequirements): Examination => ({
  name: 'MySQL settings',
  run: pipe(
    readMySqlSettings(pool),
    TE.mapLeft(unreachableStorage),
    TE.map((settings) => observeMySqlSettings(settings, requirements)),
  ),
});
