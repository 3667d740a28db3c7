import { publisherWith } from '../../../src/application/ports/publisher-with.ts';
import type { Publisher } from '../../../src/application/ports/publisher.ts';
import type { RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';
import type { RelayPorts } from '../../../simulator/deterministic/relay-process.ts';

/** The ports with another way to publish. */
export const withPublish = (ports: RelayPorts, publish: Publisher['publish']): RelayPorts => ({
  ...ports,
  publisher: publisherWith(ports.publisher, publish),
});

/** The ports with some calls of the outbox done otherwise. */
export const withOutbox = (ports: RelayPorts, changed: Partial<RelayOutbox>): RelayPorts => {
  const { outbox } = ports;
  return {
    ...ports,
    outbox: {
      lanesWithWork: () => outbox.lanesWithWork(),
      claim: (lease, lane, limit) => outbox.claim(lease, lane, limit),
      acknowledge: (lease, lane, acknowledged) => outbox.acknowledge(lease, lane, acknowledged),
      recordFailure: (lease, failure, then) => outbox.recordFailure(lease, failure, then),
      ...changed,
    },
  };
};
