import { expect } from 'chai';
import { timelineOf } from '../../../src/application/operations/explain-timeline.ts';
import type { EventWithPast } from '../../../src/application/operations/explain-timeline.ts';
import type { RecordedAct } from '../../../src/application/ports/audit-queries.ts';
import type { OrderProgress } from '../../../src/application/ports/consumer-progress.ts';

/** An event in the outbox, not skipped. */
type Published = Exclude<EventWithPast, { readonly status: 'SKIPPED' }>;

const event = (sequence: number, change: Partial<Published>): Published => ({
  eventId: `event-${sequence}`,
  orderId: 'order-1',
  sequence,
  type: sequence === 1 ? 'OrderPlaced' : 'OrderPaid',
  version: 1,
  status: 'COMPLETED',
  heldBy: null,
  attempts: 0,
  nextAttemptAt: null,
  lastError: null,
  createdAt: '2026-01-31T09:30:00.000000Z',
  publishedAt: null,
  partition: 3,
  offset: null,
  history: [],
  audit: [],
  ...change,
});

const act = (action: RecordedAct['action'], at: string, reason: string | null): RecordedAct => ({
  ...{ action, at, reason },
  actor: 'an operator',
  eventId: 'event-1',
});

const progress = (change: Partial<OrderProgress>): OrderProgress => ({
  consumer: 'payment',
  orderId: 'order-1',
  lastSequence: 1,
  applied: [],
  waiting: [],
  parked: null,
  baseline: null,
  callbacks: [],
  ...change,
});

describe("an order's timeline", () => {
  it('merges what outbox and consumers know by time, to the microsecond', () => {
    const timeline = timelineOf(
      [
        event(2, { createdAt: '2026-01-31T09:30:00.004500Z', publishedAt: '2026-01-31T09:30:00.006000Z', offset: 8 }),
        event(1, { publishedAt: '2026-01-31T09:30:00.002500Z', offset: 7 }),
      ],
      [
        {
          _tag: 'Known',
          consumer: 'payment',
          progress: progress({
            applied: [
              { sequence: 1, eventId: 'event-1', type: 'OrderPlaced', appliedAt: '2026-01-31T09:30:00.004000Z' },
            ],
          }),
        },
        { _tag: 'Unknown', consumer: 'shipping', reason: 'does not answer' },
      ],
    );
    expect(
      timeline.map(({ what, sequence, sinceStartMs, sincePreviousMs }) => [
        what,
        sequence,
        sinceStartMs,
        sincePreviousMs,
      ]),
    ).to.deep.equal([
      ['raised', 1, 0, 0],
      ['published', 1, 2.5, 2.5],
      ['payment applied', 1, 4, 1.5],
      ['raised', 2, 4.5, 0.5],
      ['published', 2, 6, 1.5],
    ]);
    expect(timeline[1]?.detail).to.equal('partition 3, offset 7');
  });

  it('tells of a skip: who, why and what took the place', () => {
    const { eventId, orderId, sequence, type, version, createdAt, lastError } = event(1, { lastError: 'too large' });
    const timeline = timelineOf(
      [
        {
          ...{ eventId, orderId, sequence, type, version, createdAt, lastError },
          status: 'SKIPPED',
          attempts: 7,
          skippedAt: '2026-01-31T09:31:00.000000Z',
          skippedBy: 'an operator',
          reason: 'told by hand',
          replacementEventId: 'r1',
          history: [{ attempt: 7, failedAt: '2026-01-31T09:30:30.000000Z', error: 'too large' }],
          audit: [act('skip', '2026-01-31T09:31:00.000000Z', 'told by hand')],
        },
        event(1, { type: 'EventSkipped', createdAt: '2026-01-31T09:31:00.000000Z' }),
      ],
      [],
    );
    expect(timeline.map(({ what, event: about, detail }) => [about, what, detail])).to.deep.equal([
      ['OrderPlaced', 'raised', null],
      ['OrderPlaced', 'attempt 7 failed', 'too large'],
      ['OrderPlaced', 'skipped', 'by an operator: told by hand; replaced by r1'],
      ['EventSkipped', 'raised', null],
    ]);
  });

  it('tells of each redrive at its place in time: who, and why if a reason was given', () => {
    const failed = (second: string): { attempt: number; failedAt: string; error: string } => ({
      ...{ attempt: 7, error: 'too large' },
      failedAt: `2026-01-31T09:30:${second}.000000Z`,
    });
    const timeline = timelineOf(
      [
        event(1, {
          publishedAt: '2026-01-31T09:30:50.000000Z',
          offset: 7,
          history: [failed('10'), failed('30')],
          audit: [
            act('redrive', '2026-01-31T09:30:20.000000Z', null),
            act('redrive', '2026-01-31T09:30:40.000000Z', 'limit raised'),
          ],
        }),
      ],
      [],
    );
    expect(timeline.map(({ what, detail, sincePreviousMs }) => [what, detail, sincePreviousMs])).to.deep.equal([
      ['raised', null, 0],
      ['attempt 7 failed', 'too large', 10_000],
      ['redriven', 'by an operator', 10_000],
      ['attempt 7 failed', 'too large', 10_000],
      ['redriven', 'by an operator: limit raised', 10_000],
      ['published', 'partition 3, offset 7', 10_000],
    ]);
  });

  it('tells failed attempts, and which event a consumer parked the order at', () => {
    const timeline = timelineOf(
      [
        event(1, {
          status: 'QUARANTINED',
          history: [{ attempt: 1, failedAt: '2026-01-31T09:30:01.000000Z', error: 'too large' }],
        }),
      ],
      [
        {
          _tag: 'Known',
          consumer: 'payment',
          progress: progress({
            waiting: [{ sequence: 2, eventId: 'event-2', type: 'OrderPaid', storedAt: '2026-01-31T09:30:02.000000Z' }],
            parked: { reason: 'no such charge', eventId: 'event-2', parkedAt: '2026-01-31T09:30:03.000000Z' },
          }),
        },
      ],
    );
    expect(timeline.map(({ what, event: type, detail }) => [what, type, detail])).to.deep.equal([
      ['raised', 'OrderPlaced', null],
      ['attempt 1 failed', 'OrderPlaced', 'too large'],
      ['payment received, waits', 'OrderPaid', null],
      ['payment parked', 'OrderPaid', 'no such charge'],
    ]);
  });

  it('is empty when nothing is known', () => {
    expect(timelineOf([], [])).to.deep.equal([]);
  });
});
