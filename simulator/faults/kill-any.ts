import type { Fault } from './fault.ts';
import { injectKill } from './kill.ts';

/** How often each role dies. */
export const KILLS_PER_ROLE = 20;

/**
 * One track per role, all at once: nothing keeps MySQL alive while Kafka is down. The next kill of a role waits
 * until that role is ready again, so every kill hits a process at work.
 */
export const killAny: Fault = {
  name: 'kill-any',
  describe: `every role (api, relay, payment, shipping, mysql, kafka) killed -9 at random moments, ${KILLS_PER_ROLE} times each; the run lasts until all are done`,
  tell: ({ target }) => `kill -9 of ${target}`,
  needs: ['mysql', 'kafka'],
  plan: ({ random, relays }) => {
    const relayTargets = Array.from({ length: relays }, (_, index) => (index === 0 ? 'relay' : `relay-${index + 1}`));
    const roles = [['api'], relayTargets, ['payment'], ['shipping'], ['mysql'], ['kafka']];
    return roles.map((targets) =>
      Array.from({ length: KILLS_PER_ROLE }, (_, kill) => ({
        kind: 'kill-any',
        target: targets[kill % targets.length] ?? 'relay',
        waitMs: random.int(1_500, 9_000),
        lastsMs: random.int(0, 800),
      })),
    );
  },
  inject: injectKill,
};
