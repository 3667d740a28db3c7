import type { EventTools } from '../../src/interfaces/cli/event-tools.ts';
import { consumerStances } from './consumer-sources.ts';
import { createEvent } from './create-event.ts';

/** The tools for events on the sources below `root`. */
export const eventToolsOf = (root: string): EventTools => ({
  consumers: () => consumerStances(root),
  create: (event, options) => createEvent(root, event, options),
  check: async () => {
    // It makes the service, to ask what it serves; the others only read sources.
    const { checkContractIn } = await import('../contracts/check-contract.ts');
    return checkContractIn(root)();
  },
});
