import type { Backoff } from './relay-policy.ts';

/** Times in milliseconds. */
export interface RelaySettings {
  /** Names this process in its leases; unique for each start. */
  readonly owner: string;
  /** Lanes of the topic, its partition count; shared among the relays. */
  readonly lanes: number;
  readonly leaseMs: number;
  /** The longest one publish may take, as its adapter guarantees it. */
  readonly publishTimeoutMs: number;
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  /** Most records claimed at once. */
  readonly batchRecords: number;
  /** Between the attempts of one event. */
  readonly retry: Backoff;
}

/** Database and broker outages are probed at least this often, so that work goes on soon after they end. */
const OUTAGE_CAP_MS = 5_000;

export const outageBackoff = ({ retry }: RelaySettings): Backoff => ({
  baseMs: Math.min(retry.baseMs, OUTAGE_CAP_MS),
  capMs: Math.min(retry.capMs, OUTAGE_CAP_MS),
});

/** Leases, and the relay's own membership, are renewed four times within their life. */
export const renewEveryMs = ({ leaseMs }: Pick<RelaySettings, 'leaseMs'>): number => Math.max(1, leaseMs / 4);

/**
 * A publish starts only when it must end before the lease does. Right before a renewal a quarter of the lease has
 * passed, so a longer publish could hardly ever start.
 */
export const leaseIsTooShort = (settings: Pick<RelaySettings, 'leaseMs' | 'publishTimeoutMs'>): boolean =>
  settings.leaseMs - renewEveryMs(settings) <= settings.publishTimeoutMs;
