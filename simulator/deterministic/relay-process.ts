import type { RelayObserver } from '../../src/application/ports/relay-observer.ts';
import type { RelayParts } from '../../src/application/relay/relay.ts';
import type { RelaySettings } from '../../src/application/relay/relay-settings.ts';
import { PUBLISH_TIMEOUT_MS } from './broker.ts';
import type { FaultyCalls } from './faulty-calls.ts';
import type { Plan } from './plan.ts';

/** The ports of a relay before faults and its process come in between; what a planted bug replaces. */
export type RelayPorts = Omit<RelayParts, 'clock' | 'observer'>;

/** The database as a relay reaches it: slowly, and not always. */
export const overFaultyCalls = (calls: FaultyCalls, { outbox, leases, ...others }: RelayPorts): RelayPorts => ({
  ...others,
  outbox: {
    lanesWithWork: () => calls.read('look for work', outbox.lanesWithWork()),
    claim: (lease, lane, limit) => calls.read('claim', outbox.claim(lease, lane, limit)),
    acknowledge: (lease, lane, acknowledged) =>
      calls.write('acknowledge', outbox.acknowledge(lease, lane, acknowledged)),
    recordFailure: (lease, failure, then) =>
      calls.write('record a failure', outbox.recordFailure(lease, failure, then)),
  },
  leases: {
    acquire: (name, owner, ttlMs) => calls.read('acquire a lease', leases.acquire(name, owner, ttlMs)),
    renew: (held, ttlMs) => calls.read('renew leases', leases.renew(held, ttlMs)),
    release: (lease) => calls.read('release a lease', leases.release(lease)),
    announce: (owner, ttlMs) => calls.read('announce', leases.announce(owner, ttlMs)),
    leave: (owner) => calls.read('leave', leases.leave(owner)),
    look: (owner, names) => calls.read('look', leases.look(owner, names)),
  },
});

export const relaySettings = (owner: string, { lanes, batchRecords }: Plan): RelaySettings => ({
  owner,
  lanes,
  leaseMs: 10_000,
  publishTimeoutMs: PUBLISH_TIMEOUT_MS,
  pollMinMs: 25,
  pollMaxMs: 1_000,
  batchRecords,
  retry: { baseMs: 250, capMs: 30_000 },
});

const nothing = (): undefined => undefined;

const SILENT: RelayObserver = {
  shareChanged: nothing,
  laneTaken: nothing,
  laneGivenBack: nothing,
  laneLost: nothing,
  published: nothing,
  attemptFailed: nothing,
  quarantined: nothing,
  circuitOpened: nothing,
  circuitClosed: nothing,
  failed: nothing,
};

/** Tells what a relay does, a line each; without `tell` nothing. */
export const observerFor = (owner: string, tell: ((line: string) => void) | undefined): RelayObserver => {
  if (tell === undefined) return SILENT;
  const say = (line: string): void => tell(`${owner} ${line}`);
  return {
    shareChanged: (relays, share) => say(`leads ${share} as one of ${relays}`),
    laneTaken: (lane, epoch) => say(`takes lane ${lane}, epoch ${epoch}`),
    laneGivenBack: (lane, epoch) => say(`gives back lane ${lane}, epoch ${epoch}`),
    laneLost: (lane, epoch) => say(`has lost lane ${lane}, epoch ${epoch}`),
    published: (lane, records) => say(`published ${records.map(({ eventId }) => eventId).join(', ')} in lane ${lane}`),
    attemptFailed: (record, reason, ms) => say(`${record.eventId} failed: ${reason}; again in ${ms} ms`),
    quarantined: (record, reason) => say(`${record.eventId} quarantined: ${reason}`),
    circuitOpened: (lane, reason) => say(`circuit of lane ${lane} open: ${reason}`),
    circuitClosed: (lane) => say(`circuit of lane ${lane} closed`),
    failed: (activity) => say(`failed to ${activity}`),
  };
};
