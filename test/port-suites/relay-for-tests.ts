import * as O from 'fp-ts/lib/Option.js';
import { expect } from 'chai';
import type { Lease } from '../../src/application/ports/relay-lease.ts';
import type { AfterFailure, ClaimLimit, Claimed, OutboxRecord } from '../../src/application/ports/relay-outbox.ts';
import { leaseNameOf } from '../../src/application/relay/lane-share.ts';
import { right } from './storage-under-test.ts';
import type { StorageUnderTest } from './storage-under-test.ts';

const NO_LIMIT = { records: 1_000, bytes: 16_777_216 };

/** The relay's calls on one lane, in few words. */
export class LaneForTests {
  offset = 0;

  constructor(
    private readonly storage: StorageUnderTest,
    readonly lease: Lease,
    readonly lane = 0,
  ) {}

  async claim(limit: Partial<ClaimLimit> = {}): Promise<readonly OutboxRecord[]> {
    return (await this.look(limit)).records;
  }

  look(limit: Partial<ClaimLimit> = {}): Promise<Claimed> {
    return right(this.storage.relayOutbox.claim(this.lease, this.lane, { ...NO_LIMIT, ...limit }));
  }

  /** What is claimed, as `key#sequence` with the key's name in `names`. */
  async claimed(names: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
    const records = await this.claim();
    return records.map(({ orderKey, sequence }) => `${names[orderKey] ?? orderKey}#${sequence}`);
  }

  async acknowledge(records: readonly OutboxRecord[]): Promise<void> {
    const acknowledged = records.map((record) => ({ record, offset: this.offset++ }));
    await right(this.storage.relayOutbox.acknowledge(this.lease, this.lane, acknowledged));
  }

  async fail(record: OutboxRecord, then: AfterFailure = { _tag: 'RetryAfter', delayMs: 60_000 }): Promise<void> {
    await right(this.storage.relayOutbox.recordFailure(this.lease, { record, error: 'refused' }, then));
  }

  /** Fails the record until it is quarantined. */
  async quarantine(record: OutboxRecord): Promise<void> {
    let current = record;
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await this.fail(current, { _tag: 'RetryAfter', delayMs: 1 });
      await this.storage.passTime(2);
      current = await this.one((claimed) => claimed.eventId === record.eventId);
    }
    await this.fail(current, { _tag: 'Quarantine' });
  }

  /** The only claimed record that matches. */
  async one(matches: (record: OutboxRecord) => boolean): Promise<OutboxRecord> {
    const found = (await this.claim()).filter(matches);
    expect(found).to.have.length(1);
    const [record] = found;
    if (record === undefined) throw new Error('nothing was claimed');
    return record;
  }
}

/** A quarantined event goes back to PENDING. */
export const redrive = (storage: StorageUnderTest, eventId: string): Promise<void> =>
  right(
    storage.unitOfWork.run({ action: 'redrive', rerunAfterUnknownCommit: false }, (tx) =>
      storage.operations.redrive(tx, eventId),
    ),
  );

/** A lane under a lease of an hour. */
export const leasedLane = async (storage: StorageUnderTest, lane = 0, owner = 'relay'): Promise<LaneForTests> => {
  const lease = O.toUndefined(await right(storage.leases.acquire(leaseNameOf(lane), owner, 3_600_000)));
  if (lease === undefined) throw new Error('the lease is taken');
  return new LaneForTests(storage, lease, lane);
};
