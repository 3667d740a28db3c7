import type { BenchSystem } from './system.ts';

/** Our relay as a process of its own, with its default settings and all its guarantees. */
export const ourRelay: BenchSystem = {
  name: 'orderly',
  describe: 'our relay in a process of its own, default settings, all guarantees on',
  start: async (environment) => {
    await environment.addRole('relay');
    const pid = environment.pidOf('relay');
    return {
      processes: new Map(pid === undefined ? [] : [['orderly', pid]]),
      stop: () => environment.removeRole('relay'),
    };
  },
};
