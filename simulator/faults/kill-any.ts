import type { Fault } from './fault.ts';
import { injectKill, tellKill } from './kill.ts';

/** How often each role dies. */
export const KILLS_PER_ROLE = 20;

/**
 * How long a role lives, ready, before it is killed again, milliseconds from and to. Kafka lives longest: a group
 * gives up a member that was killed only after its session (10 s), and begins to count anew when the broker restarts,
 * so consumers would never come back under a broker that dies more often.
 */
const LIVES: Readonly<Record<'api' | 'relay' | 'payment' | 'shipping' | 'mysql' | 'kafka', readonly [number, number]>> =
  {
    api: [4_000, 12_000],
    relay: [4_000, 12_000],
    payment: [3_000, 9_000],
    shipping: [3_000, 9_000],
    mysql: [6_000, 14_000],
    kafka: [14_000, 22_000],
  };

/**
 * One track per role, all at once: nothing keeps MySQL alive while Kafka is down. The next kill of a role waits
 * until that role is ready again, so every kill hits a process at work.
 */
export const killAny: Fault = {
  name: 'kill-any',
  describe: `every role (${Object.keys(LIVES).join(', ')}) killed -9 at random moments, ${KILLS_PER_ROLE} times each; the run lasts until all are done`,
  tell: tellKill,
  needs: ['mysql', 'kafka'],
  plan: ({ random, relays }) =>
    Object.entries(LIVES).map(([role, life]) =>
      Array.from({ length: KILLS_PER_ROLE }, (_, kill) => ({
        kind: 'kill-any',
        target: role === 'relay' && kill % relays > 0 ? `relay-${(kill % relays) + 1}` : role,
        waitMs: random.int(...life),
        lastsMs: 0,
      })),
    ),
  inject: injectKill,
};
