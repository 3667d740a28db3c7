import { expect } from 'chai';
import fc from 'fast-check';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';
import { batchesOf, halve, headsOf, planBatches } from '../../../src/application/relay/batches.ts';
import {
  CLOSED,
  MAX_ATTEMPTS,
  UNKNOWN_PERIOD_MS,
  afterFailure,
  backoffMs,
  circuitAfterOutage,
  phaseOf,
} from '../../../src/application/relay/relay-policy.ts';
import type { Circuit } from '../../../src/application/relay/relay-policy.ts';
import { leaseIsTooShort, outageBackoff } from '../../../src/application/relay/relay-settings.ts';
import {
  NO_SUSPECTS,
  chooseCanary,
  confirmedDoubts,
  withSuspect,
  withoutSuspects,
} from '../../../src/application/relay/suspects.ts';
import { SETTINGS } from './relay-house.ts';

const BACKOFF = { baseMs: 250, capMs: 30_000 };
const ALMOST_ONE = 1 - Number.EPSILON;

const record = (orderKey: string, sequence = 1, changes: Partial<OutboxRecord> = {}): OutboxRecord => ({
  id: sequence,
  eventId: `${orderKey}-${sequence}`,
  orderKey,
  sequence,
  type: 'SomethingHappened',
  version: 1,
  occurredAt: '2026-01-01T00:00:00.000Z',
  payload: 'x',
  headers: {},
  lane: 0,
  attempts: 0,
  blocking: false,
  ...changes,
});
const names = (records: readonly OutboxRecord[]): readonly string[] =>
  records.map(({ orderKey, sequence }) => `${orderKey}${sequence}`);
const order = (key: string, events: number): readonly OutboxRecord[] =>
  Array.from({ length: events }, (_, index) => record(key, index + 1));

describe('relay policy', () => {
  describe('backoff: exponential with full jitter', () => {
    for (const [failures, longest] of [
      [1, 250],
      [2, 500],
      [3, 1_000],
      [4, 2_000],
      [5, 4_000],
      [6, 8_000],
      [7, 16_000],
      [8, 30_000],
      [9, 30_000],
      [1_000, 30_000],
    ] as const)
      it(`after ${failures} failures it is at most ${longest} ms`, () => {
        expect(backoffMs(failures, BACKOFF, ALMOST_ONE)).to.equal(longest);
        expect(backoffMs(failures, BACKOFF, 0.5)).to.equal(longest / 2);
      });

    it('is never nothing, so that no loop spins', () => {
      expect(backoffMs(1, BACKOFF, 0)).to.equal(1);
      expect(backoffMs(0, BACKOFF, 0)).to.equal(1);
    });
  });

  describe('attempts: the first try and six retries', () => {
    for (const [before, verdict] of [
      [0, { _tag: 'RetryAfter', delayMs: 125 }],
      [1, { _tag: 'RetryAfter', delayMs: 250 }],
      [2, { _tag: 'RetryAfter', delayMs: 500 }],
      [3, { _tag: 'RetryAfter', delayMs: 1_000 }],
      [4, { _tag: 'RetryAfter', delayMs: 2_000 }],
      [5, { _tag: 'RetryAfter', delayMs: 4_000 }],
      [6, { _tag: 'Quarantine' }],
    ] as const)
      it(`attempt ${before + 1} of ${MAX_ATTEMPTS} ends in ${verdict._tag}`, () => {
        expect(afterFailure(before, BACKOFF, 0.5)).to.deep.equal(verdict);
      });
  });

  describe('circuit', () => {
    const open = (failures: number, until: number): Circuit => ({ _tag: 'Open', failures, until });
    it('opens with the first outage and stays open longer with each in a row', () => {
      const first = circuitAfterOutage(CLOSED, 1_000, BACKOFF, 0.5);
      expect(first).to.deep.equal(open(1, 1_125));
      expect(circuitAfterOutage(first, 2_000, BACKOFF, 0.5)).to.deep.equal(open(2, 2_250));
    });

    for (const [circuit, now, phase] of [
      [CLOSED, 0, 'closed'],
      [open(1, 1_000), 999, 'open'],
      [open(1, 1_000), 1_000, 'half-open'],
      [open(9, 1_000), 5_000, 'half-open'],
    ] as const)
      it(`${JSON.stringify(circuit)} at ${now} is ${phase}`, () => {
        expect(phaseOf(circuit, now)).to.equal(phase);
      });
  });

  describe('canaries and doubts', () => {
    const heads = [record('a'), record('b'), record('c')];
    const tried = (keys: readonly string[]) =>
      keys.reduce((suspects, key, index) => withSuspect(suspects, key, index, undefined, BACKOFF, 0.5), NO_SUSPECTS);

    it('rotate over the heads: first those not tried, then the one tried longest ago', () => {
      expect(chooseCanary(heads, NO_SUSPECTS)?.orderKey).to.equal('a');
      expect(chooseCanary(heads, tried(['a']))?.orderKey).to.equal('b');
      expect(chooseCanary(heads, tried(['a', 'b']))?.orderKey).to.equal('c');
      expect(chooseCanary(heads, tried(['b', 'c', 'a']))?.orderKey).to.equal('b');
      expect(chooseCanary(heads, tried(['b', 'c', 'a', 'b']))?.orderKey).to.equal('c');
      expect(chooseCanary([], NO_SUSPECTS)).to.equal(undefined);
    });

    const doubt = { record: record('a'), error: 'unknown: UNKNOWN', at: 1_000 };
    const doubted = withSuspect(NO_SUSPECTS, 'a', 1_000, doubt, BACKOFF, 0.5);
    for (const [title, suspects, succeeded, now, expected] of [
      ['another order succeeds within the period', doubted, ['b'], 1_000 + UNKNOWN_PERIOD_MS, [doubt]],
      ['another order succeeds too late', doubted, ['b'], 1_001 + UNKNOWN_PERIOD_MS, []],
      ['only the same order succeeds', doubted, ['a'], 1_001, []],
      ['it failed by an outage', tried(['a']), ['b'], 1_001, []],
      ['it succeeded meanwhile', withoutSuspects(doubted, ['a']), ['b'], 1_001, []],
      ['it failed again by an outage', withSuspect(doubted, 'a', 1_500, undefined, BACKOFF, 0.5), ['b'], 1_501, []],
    ] as const)
      it(`a failure of unknown kind is ${expected.length === 0 ? 'not ' : ''}the event’s own when ${title}`, () => {
        expect(confirmedDoubts(suspects, new Set(succeeded), now)).to.deep.equal(expected);
      });
  });

  describe('batches', () => {
    const size = ({ payload }: OutboxRecord): number => payload.length;
    const sized = (bytes: number, key = 'k'): OutboxRecord => record(key, bytes, { payload: 'x'.repeat(bytes) });

    it('hold at most so many bytes, in the order given, and a larger record alone', () => {
      const cut = (records: readonly OutboxRecord[]) => batchesOf(records, size, 10).map((batch) => batch.map(size));
      expect(cut([])).to.deep.equal([]);
      expect(cut([4, 6, 1].map((bytes) => sized(bytes)))).to.deep.equal([[4, 6], [1]]);
      expect(cut([4, 11, 5, 5].map((bytes) => sized(bytes)))).to.deep.equal([[4], [11], [5, 5]]);
    });

    it('halve by order, and inside one order by prefix', () => {
      const parts = (records: readonly OutboxRecord[]) => halve(records)?.map(names);
      expect(parts([record('a')])).to.equal(undefined);
      expect(parts(order('a', 3))).to.deep.equal([['a1', 'a2'], ['a3']]);
      const mixed = [record('a', 1), record('b', 1), record('a', 2), record('c', 1), record('b', 2)];
      expect(parts(mixed)).to.deep.equal([['a1', 'b1', 'a2', 'b2'], ['c1']]);
    });

    const someRecords = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 2, maxLength: 30 })
      .map((keys) => keys.map((key, index) => record(key, index + 1)));

    it('halving loses nothing, keeps the order of each key, and never splits a key unless it is the only one', () => {
      fc.assert(
        fc.property(someRecords, (records) => {
          const halves = halve(records);
          expect(halves?.flat()).to.have.deep.members([...records]);
          for (const half of halves ?? []) {
            expect(half).not.to.be.empty;
            const ids = half.map(({ id }) => id);
            expect(ids).to.deep.equal(ids.toSorted((a, b) => a - b));
          }
          const split = headsOf(records).filter(({ orderKey }) =>
            halves?.every((half) => half.some((one) => one.orderKey === orderKey)),
          );
          expect(split.length === 0 || headsOf(records).length === 1).to.equal(true);
        }),
      );
    });

    it('an order whose head failed before sends that head alone, last, and only when it is due', () => {
      const retrying = record('r', 1, { attempts: 3, blocking: true });
      const claimed = [retrying, ...order('a', 2), ...order('s', 2), ...order('b', 1)];
      const suspects = withSuspect(NO_SUSPECTS, 's', 0, undefined, { baseMs: 1_000, capMs: 1_000 }, ALMOST_ONE);
      const plan = (now: number) => planBatches(claimed, suspects, now, size, 100).map(names);
      expect(plan(999)).to.deep.equal([['a1', 'a2', 'b1'], ['r1']]);
      expect(plan(1_000)).to.deep.equal([['a1', 'a2', 'b1'], ['r1'], ['s1']]);
    });
  });

  describe('settings', () => {
    for (const [leaseMs, publishTimeoutMs, tooShort] of [
      [10_000, 5_000, false],
      [6_667, 5_000, false],
      [6_666, 5_000, true],
      [5_000, 5_000, true],
    ] as const)
      it(`a lease of ${leaseMs} ms is ${tooShort ? 'too short' : 'long enough'} for publishes of ${publishTimeoutMs} ms`, () => {
        expect(leaseIsTooShort({ leaseMs, publishTimeoutMs })).to.equal(tooShort);
      });

    it('an outage is probed at least every 5 s, however long events may wait', () => {
      expect(outageBackoff(SETTINGS)).to.deep.equal({ baseMs: 250, capMs: 5_000 });
      expect(outageBackoff({ ...SETTINGS, retry: { baseMs: 10, capMs: 100 } })).to.deep.equal({
        baseMs: 10,
        capMs: 100,
      });
    });
  });
});
