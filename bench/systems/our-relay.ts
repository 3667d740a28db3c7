import type { Environment } from '../../tools/environment/environment.ts';
import type { BenchSystem, RunningSystem } from './system.ts';

const running = (
  environment: Environment,
  names: readonly (readonly [role: string, shown: string])[],
  rings = true,
): RunningSystem => ({
  commitsBy: { rings },
  processes: new Map(
    names.flatMap(([role, shown]) => {
      const pid = environment.pidOf(role);
      return pid === undefined ? [] : [[shown, pid] as const];
    }),
  ),
  stop: async () => {
    for (const [role] of names) await environment.removeRole(role);
  },
});

/** Our relay as a process of its own, with its default settings and all its guarantees. */
export const ourRelay: BenchSystem = {
  name: 'orderly',
  describe: 'our relay in a process of its own, rung after each commit, default settings, all guarantees on',
  start: async (environment) => {
    await environment.addRole('relay');
    return running(environment, [['relay', 'orderly']]);
  },
};

/** The same without the doorbell, any of whose rings may be lost. */
export const ourPollingRelay: BenchSystem = {
  name: 'orderly-polling',
  describe: 'our relay in a process of its own, which nobody rings',
  start: async (environment) => {
    await environment.addRole('relay', { env: { RELAY_DOORBELL: 'off' } });
    return running(environment, [['relay', 'orderly-polling']], false);
  },
};

/** So many of them, started together; they share the lanes by their leases. */
export const ourRelays = (count: number): BenchSystem => ({
  name: `orderly-x${count}`,
  describe: `${count} relays of ours, a process each, on the same cores as MySQL and Kafka`,
  start: async (environment) => {
    const roles = Array.from({ length: count }, (_, i) => (i === 0 ? 'relay' : `relay-${i + 1}`));
    await Promise.all(roles.map((role) => environment.addRole(role)));
    return running(
      environment,
      roles.map((role) => [role, role]),
    );
  },
});
