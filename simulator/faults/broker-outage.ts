import type { Fault } from './fault.ts';
import { injectKill, tellKill } from './kill.ts';

/** When nothing else is asked for. */
export const DEFAULT_OUTAGE_MS = 60_000;
/** Orders arrive for a while before, so that what the outage changes can be seen. */
const CALM_BEFORE_MS = 20_000;

/** One long outage while orders keep arriving; how the service catches up is told at the end. */
export const brokerOutage: Fault = {
  name: 'broker-outage',
  describe:
    'kill -9 of Kafka, started again after --outage seconds; prints how the backlog and the closed loop recover',
  tell: tellKill,
  needs: ['kafka'],
  plan: ({ loadMs, outageMs }) => [
    [
      {
        kind: 'broker-outage',
        target: 'kafka',
        waitMs: Math.round(Math.min(CALM_BEFORE_MS, loadMs * 0.1)),
        lastsMs: outageMs,
      },
    ],
  ],
  inject: injectKill,
};
