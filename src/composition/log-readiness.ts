import type { Logger } from 'pino';
import type { Readiness } from '../application/operations/readiness.ts';

/** Tells the operator what readiness says now: what is wrong, and how to mend it. */
export const logReadiness = (log: Logger, readiness: Readiness): void => {
  const { ready, checks } = readiness.report();
  for (const { name: check, state } of checks) {
    if (state._tag === 'Failing') log.warn({ check, reason: state.reason }, 'not ready');
    const findings = state._tag === 'Misconfigured' ? state.findings : state._tag === 'Passed' ? state.warnings : [];
    for (const { problem, mend, isWarning } of findings)
      log[isWarning === true ? 'warn' : 'error']({ check, problem, mend }, 'check');
  }
  if (ready) log.info('ready');
};
