import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { CompareWithLog } from '../../../src/application/operations/compare-with-log.ts';
import type { CompareWithLogParts } from '../../../src/application/operations/compare-with-log.ts';
import type { LedgerEvent } from '../../../src/application/ports/outbox-ledger.ts';
import type { Observation } from '../../../src/application/ports/examination.ts';
import type { LoggedRecord, TopicLog } from '../../../src/application/ports/topic-log.ts';
import { rightOf } from '../../support/decoded.ts';

/** Tables and a topic that fit each other; each test changes one thing. */
class World {
  readonly versions = new Map<string, number>();
  readonly events: (LedgerEvent & { readonly row: number })[] = [];
  readonly records: LoggedRecord[] = [];
  readonly starts = [0, 0];
  readonly beyond = [0, 0];
  purged = 0;

  /** Publishes the next event of an order, as the relay does. */
  publish(orderKey: string, status: LedgerEvent['status'] = 'COMPLETED'): LedgerEvent {
    const sequence = (this.versions.get(orderKey) ?? 0) + 1;
    this.versions.set(orderKey, sequence);
    const lane = laneOf(orderKey);
    const offset = this.endOf(lane);
    const event = {
      ...{
        row: this.events.length + 1,
        eventId: `${orderKey}-${sequence}`,
        orderKey,
        sequence,
        type: 'Moved',
        version: 1,
      },
      ...{ occurredAt: '2026-01-31T09:30:00Z', payload: `{"n":${sequence}}`, headers: {}, status, lane },
      offset: status === 'COMPLETED' ? offset : null,
    };
    this.events.push(event);
    if (status === 'COMPLETED') this.records.push(recordOf(event, offset));
    return event;
  }

  endOf(lane: number): number {
    const own = this.records.filter(({ partition }) => partition === lane);
    return Math.max(this.starts[lane] ?? 0, ...own.map(({ offset }) => offset + 1)) + (this.beyond[lane] ?? 0);
  }

  change(eventId: string, change: Partial<LedgerEvent>): void {
    const index = this.events.findIndex((event) => event.eventId === eventId);
    const event = this.events[index];
    if (event === undefined) throw new Error(`there is no event ${eventId}`);
    this.events[index] = { ...event, ...change };
  }

  removeEvent(eventId: string): void {
    this.events.splice(
      this.events.findIndex((event) => event.eventId === eventId),
      1,
    );
  }

  get ledger(): CompareWithLogParts['ledger'] {
    const of = (orderKey: string) =>
      this.events.filter((event) => event.orderKey === orderKey).sort((a, b) => a.sequence - b.sequence);
    return {
      now: () => TE.right('now'),
      totals: () =>
        TE.right({
          versions: [...this.versions.values()].reduce((sum, version) => sum + version, 0),
          rows: this.events.length,
          purged: this.purged,
        }),
      hasPurged: () => TE.right(this.purged > 0),
      ordersAfter: (after, limit) =>
        TE.right(
          [...this.versions]
            .filter(([orderKey]) => orderKey > after)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .slice(0, limit)
            .map(([orderKey, version]) => ({
              orderKey,
              version,
              events: of(orderKey).flatMap(({ sequence, status, lane, offset }) =>
                status === 'SKIPPED' || lane === null ? [] : [{ sequence, status, lane, offset }],
              ),
            })),
        ),
      find: (ids) => TE.right(this.events.filter(({ eventId }) => ids.includes(eventId))),
      remainsOf: (keys) =>
        TE.right(
          new Map(
            [...this.versions]
              .filter(([orderKey]) => keys.includes(orderKey))
              .map(([orderKey, version]) => [orderKey, { version, first: of(orderKey)[0]?.sequence ?? null }]),
          ),
        ),
      publishedAfter: (after, _before, limit) =>
        TE.right(
          this.events
            .filter(({ row, status }) => row > after && status === 'COMPLETED')
            .slice(0, limit)
            .map(({ row, eventId, orderKey, sequence, lane, offset }) => ({
              ...{ row, eventId, orderKey, sequence, lane: lane ?? 0, offset, publishedAt: 'then' },
            })),
        ),
      orphans: () =>
        TE.right(this.events.filter(({ orderKey }) => !this.versions.has(orderKey)).map(({ eventId }) => eventId)),
    };
  }

  get log(): TopicLog {
    return {
      bounds: () =>
        TE.right(
          [0, 1].map((partition) => ({ partition, start: this.starts[partition] ?? 0, end: this.endOf(partition) })),
        ),
      read: (ends, take) => async () => {
        for (const { partition, start, end } of ends)
          await take(
            this.records
              .filter((one) => one.partition === partition && one.offset >= start && one.offset < end)
              .sort((a, b) => a.offset - b.offset),
          );
        return TE.right(undefined)();
      },
    };
  }

  compared(): Promise<readonly Observation[]> {
    const { ledger, log } = this;
    return new CompareWithLog({ ledger, log, laneOf, asPublished }).run()().then(rightOf);
  }
}

const laneOf = (orderKey: string): number => (orderKey === 'b' ? 1 : 0);
const asPublished = ({ eventId, orderKey, sequence, payload }: LedgerEvent) => ({
  key: orderKey,
  value: payload,
  headers: { ce_id: eventId, ce_sequence: String(sequence) },
});
const recordOf = (event: LedgerEvent, offset: number): LoggedRecord => ({
  ...asPublished(event),
  ...{ partition: laneOf(event.orderKey), offset },
});

describe('comparing tables and topic', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    for (const orderKey of ['a', 'b', 'a', 'c', 'a', 'b']) world.publish(orderKey);
  });

  const failures = async (): Promise<readonly string[]> =>
    (await world.compared()).filter(({ state }) => state === 'fail').map(({ says }) => says);

  it('given tables and a topic that fit each other / then it says how much it has compared, and nothing else', async () => {
    const [summary, ...more] = await world.compared();
    expect(more).to.deep.equal([]);
    expect(summary?.says).to.match(/compared 3 orders, 6 events and 6 of 6 records/);
  });

  it('given what is normal after faults and with time / then it is counted and no failure', async () => {
    const first = world.events[0];
    if (first === undefined) throw new Error('there is no event');
    // Sent again; sent and not marked; waiting; skipped; purged, its record still there; deleted from the topic by age.
    world.records.push(recordOf(first, world.endOf(0)));
    world.change('c-1', { status: 'PENDING', offset: null });
    world.publish('c', 'PENDING');
    world.change('b-2', { status: 'SKIPPED', lane: null, offset: null });
    world.events.push({
      ...first,
      row: 90,
      eventId: 'b-2-skip',
      orderKey: 'b',
      sequence: 2,
      status: 'QUARANTINED',
      lane: 1,
      offset: null,
    });
    world.removeEvent('b-1');
    world.purged = 1;
    world.versions.set('b', 2);
    const [summary, ...more] = await world.compared();
    // The skipped row is kept in another table, so it is no row of the outbox.
    expect(more.map(({ says }) => says).filter((says) => !says.includes('versions'))).to.deep.equal([]);
    expect(summary?.says).to.match(
      /1 records are repetitions, 1 are of events not marked as published, 1 are of events purged/,
    );
  });

  it('given records that the topic has deleted by age / then they are not missed', async () => {
    world.starts[0] = 2;
    world.records.splice(
      0,
      world.records.length,
      ...world.records.filter(({ partition, offset }) => partition === 1 || offset >= 2),
    );
    expect(await failures()).to.deep.equal([]);
  });

  const changes: readonly (readonly [what: string, says: RegExp, change: (world: World) => void])[] = [
    [
      'a restored table that lacks the last event',
      /1 × records on the topic that the outbox never had: event a-3, sequence 3 of a, at partition 0 offset 3/,
      (w) => {
        w.removeEvent('a-3');
        w.versions.set('a', 2);
      },
    ],
    [
      'a restored table that lacks an order',
      /records on the topic that the outbox never had: event c-1/,
      (w) => {
        w.removeEvent('c-1');
        w.versions.delete('c');
      },
    ],
    [
      'another payload',
      /not what the outbox has.*event a-2 at partition 0 offset 1/,
      (w) => w.change('a-2', { payload: '{}' }),
    ],
    [
      'a header that the outbox does not have',
      /not what the outbox has/,
      (w) => {
        const [r] = w.records;
        if (r) w.records[0] = { ...r, headers: { ...r.headers, extra: '1' } };
      },
    ],
    [
      'a record that is gone',
      /COMPLETED that are not on the topic where.*event b-1, sequence 1 of b: not at partition 1 offset 0/,
      (w) =>
        w.records.splice(
          w.records.findIndex(({ key }) => key === 'b'),
          1,
        ),
    ],
    [
      'a row that names the place of another event',
      /not on the topic where.*another row claims that place/,
      (w) => w.change('a-1', { offset: 2 }),
    ],
    ['a topic that was made anew', /beyond the end of the topic/, (w) => w.records.splice(0)],
    [
      'a version above the last event',
      /version is not the sequence.*a is at 4, its last event at 3/,
      (w) => w.versions.set('a', 4),
    ],
    [
      'a hole in the sequence',
      /gap.*a has 1, 3/,
      (w) => {
        w.removeEvent('a-2');
        w.purged = 1;
      },
    ],
    ['a first event that nobody purged', /gap.*a has 2, 3/, (w) => w.removeEvent('a-1')],
    [
      'an event without an order',
      /whose order does not exist: d-1/,
      (w) => {
        w.publish('d');
        w.versions.delete('d');
      },
    ],
    ['an event in another partition', /in another partition/, (w) => w.change('c-1', { lane: 1 })],
    [
      'a published event behind a quarantined one',
      /published event behind.*a from sequence 1/,
      (w) => w.change('a-1', { status: 'QUARANTINED', offset: null }),
    ],
    [
      'events that lie in another order',
      /in another order than they happened: a at offsets 1, 0, 3/,
      (w) => {
        w.change('a-1', { offset: 1 });
        w.change('a-2', { offset: 0 });
      },
    ],
    [
      'rows that do not add up',
      /versions add up to 6, rows are 6, purged were 2/,
      (w) => {
        w.purged = 2;
      },
    ],
  ];
  for (const [what, says, change] of changes)
    it(`given ${what} / then it is found, with an example and what to do`, async () => {
      change(world);
      const found = await world.compared();
      expect(found.map((one) => one.says).join('\n')).to.match(says);
      expect(found.filter(({ state }) => state === 'fail').map(({ mend }) => mend)).to.include.members([
        found.at(-1)?.mend,
      ]);
      expect(found.at(-1)?.mend).to.include('docs/runbooks/');
    });

  it('given a thousand records that the outbox never had / then it counts them and names a few', async () => {
    for (let n = 0; n < 1_000; n += 1)
      world.records.push({
        ...recordOf({ ...world.publish('c', 'PENDING'), eventId: `x-${n}` }, world.endOf(0)),
        key: 'z',
      });
    const [says = ''] = (await failures()).filter((line) => line.includes('never had'));
    expect(says).to.match(/^1000 × /);
    expect(says.length).to.be.lessThan(700);
  });
});
