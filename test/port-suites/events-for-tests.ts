import { randomUUID } from 'node:crypto';
import type { OutboxEvent } from '../../src/application/ports/outbox.ts';
import { laneOf } from '../../src/application/relay/lanes.ts';
import { LANES, right } from './storage-under-test.ts';
import type { StorageUnderTest } from './storage-under-test.ts';

export const anEvent = (orderKey: string, sequence: number, more: Partial<OutboxEvent> = {}): OutboxEvent => ({
  eventId: randomUUID(),
  orderKey,
  sequence,
  type: 'SomethingHappened',
  version: 1,
  occurredAt: '2026-01-31T09:30:00.123Z',
  payload: JSON.stringify({ sequence }),
  headers: {},
  ...more,
});

/** A new key in lane 0, or in the lane given. */
export const keyInLane = (lane = 0): string => {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const key = randomUUID();
    if (laneOf(key, LANES) === lane) return key;
  }
  throw new Error(`no key found for lane ${lane}`);
};

/** Commits `events` in one unit of work. */
export const commitEvents = async (storage: StorageUnderTest, events: readonly OutboxEvent[]): Promise<void> => {
  await right(
    storage.unitOfWork.run({ action: 'append', rerunAfterUnknownCommit: false }, (tx) =>
      storage.outbox.append(tx, events),
    ),
  );
};

/** Commits events `from` to `to` of a key, each in a unit of its own, and hands them back. */
export const commitSequence = async (
  storage: StorageUnderTest,
  orderKey: string,
  from: number,
  to: number,
): Promise<readonly OutboxEvent[]> => {
  const events = Array.from({ length: to - from + 1 }, (_, index) => anEvent(orderKey, from + index));
  for (const event of events) await commitEvents(storage, [event]);
  return events;
};
