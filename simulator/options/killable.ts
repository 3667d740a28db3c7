import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Fault } from '../faults/fault.ts';
import { refuse } from './no-run.ts';
import type { NoRun } from './no-run.ts';

const SERVER_SETTINGS = { mysql: 'MYSQL_URL', kafka: 'KAFKA_BROKERS' } as const;

/** A server that was given by its setting is not ours to kill. */
export const killable = (faults: readonly Fault[], environment: NodeJS.ProcessEnv): Either<NoRun, readonly Fault[]> => {
  for (const { name, needs } of faults)
    for (const server of needs)
      if ((environment[SERVER_SETTINGS[server]] ?? '') !== '')
        return refuse(
          `--faults: ${name} kills ${server}, but ${SERVER_SETTINGS[server]} names a server that is not the simulator's own; unset it or leave out '${name}'`,
        );
  return E.right(faults);
};
