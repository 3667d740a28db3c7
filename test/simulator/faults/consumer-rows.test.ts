import { expect } from 'chai';
import type { Evidence, LogRecord } from '../../../simulator/checker/evidence.ts';
import { contradictions, strangers } from '../../../simulator/faults/rows/poison-forms.ts';
import { poisonRecords } from '../../../simulator/faults/rows/poison-records.ts';
import { slowHandler } from '../../../simulator/faults/rows/slow-handler.ts';
import { seeded } from '../../../simulator/workload/seeded.ts';
import { recordReader } from '../../../src/infrastructure/kafka/kafka-consumer-record.ts';
import { CE_SOURCE } from '../../../src/interfaces/contract/envelope.ts';
import { adding, aRun, DELIVERED, only, withRow } from '../checker/evidence-builder.ts';
import { judgedBy } from './judged-rows.ts';

const good = aRun(DELIVERED);
const CONSUMERS = good.run.consumers;

/** Two records of the simulator: one that breaks the contract and one whose predecessor is missing. */
const poisoned = (): Evidence => {
  const [sample] = good.log.rows;
  if (sample === undefined) throw new Error('the run has no record');
  const record = (offset: number): LogRecord => ({
    ...sample,
    offset,
    key: `stranger-${offset}`,
    headers: { ce_id: `stray-${offset}` },
  });
  const { partition } = sample;
  const written = adding(good, 'log', record(900), record(901));
  const told = adding(
    written,
    'injected',
    { partition, offset: 900, kind: 'poison' },
    { partition, offset: 901, kind: 'poison' },
  );
  const parked = CONSUMERS.map((consumer) => ({
    consumer,
    orderId: null,
    eventId: null,
    partition,
    offset: 900,
    reason: 'the record has no value',
  }));
  const waiting = CONSUMERS.map((consumer) => ({
    consumer,
    eventId: 'stray-901',
    orderId: 'stranger-901',
    sequence: 5,
  }));
  return adding(adding(told, 'parked', ...parked), 'waiting', ...waiting);
};

describe('the row of records that break the contract', () => {
  const settled = {
    eventId: '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10',
    orderId: '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c11',
    occurredAt: '2026-01-31T09:30:00.000Z',
    payload: '{"customerId":"c-1"}',
  };

  it('has no two records about one order, but for the two that contradict a settled one', () => {
    const keys = strangers(seeded(1, 'poison'), settled).flatMap(({ key }) => key ?? []);
    expect(new Set(keys).size).to.equal(keys.length);
    const [known, rewind] = contradictions(seeded(1, 'poison'), [settled, { ...settled, orderId: 'other' }]);
    expect(known?.headers['ce_id']).to.equal(settled.eventId);
    expect(known?.value).not.to.equal(settled.payload);
    expect(rewind?.headers['ce_id']).not.to.equal(settled.eventId);
  });

  it('breaks the envelope itself in more than half of its ways, and says why', () => {
    const reasons = strangers(seeded(1, 'poison'), settled).flatMap(({ key, value, headers }) => {
      const message = {
        key: key === null ? null : Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
        headers: { ...headers },
        timestamp: '0',
        attributes: 0,
        offset: '0',
      };
      const read = recordReader('orders', CE_SOURCE)({ topic: 'orders', partition: 0, offset: 0 }, message);
      return read._tag === 'Broken' ? [read.record.reason] : [];
    });
    expect(reasons).to.have.length.of.at.least(7);
    expect(reasons.every((reason) => reason !== '')).to.equal(true);
  });

  it('passes when every one was kept by every consumer with a reason and all orders came to their end', () => {
    expect(judgedBy(poisonRecords, poisoned())).to.deep.equal([...CONSUMERS.map(() => true), true]);
  });

  it('takes a stored record for parked when its order is, so that one gap too few is left', () => {
    const sample = only(good.consumerOrders.rows.slice(0, 1));
    const orders = CONSUMERS.map((consumer) => ({
      ...sample,
      consumer,
      orderId: 'stranger-901',
      parkedReason: 'the type is unknown',
    }));
    const parked = adding(poisoned(), 'consumerOrders', ...orders);
    expect(judgedBy(poisonRecords, parked)).to.deep.equal([...CONSUMERS.map(() => false), true]);
  });

  it('fails when one consumer kept none, when a reason is missing, or when none was written', () => {
    const [first] = CONSUMERS;
    const elsewhere = withRow(poisoned(), 'parked', ({ consumer }) => consumer === first, { offset: 7 });
    expect(judgedBy(poisonRecords, elsewhere)[0]).to.equal(false);
    const silent = withRow(poisoned(), 'parked', ({ consumer }) => consumer === first, { reason: '' });
    expect(judgedBy(poisonRecords, silent)[0]).to.equal(false);
    expect(judgedBy(poisonRecords, good)[0]).to.equal(false);
  });

  it('fails when an order did not come to its end', () => {
    const stuck = withRow(poisoned(), 'orders', () => true, { status: 'paid' });
    expect(judgedBy(poisonRecords, stuck).at(-1)).to.equal(false);
  });
});

describe('the row of a slow handler while its group changes', () => {
  it('fails when an effect came twice, or after a later one', () => {
    expect(judgedBy(slowHandler, good)).to.deep.equal([true, true, true]);
    const [effect] = good.effects.rows;
    if (effect === undefined) throw new Error('the run has no effect');
    const twice = adding(good, 'effects', { ...effect, id: 9_999 });
    expect(judgedBy(slowHandler, twice)[0]).to.equal(false);
    const later = { ...effect, id: effect.id - 0.5, sequence: 9, eventId: 'later', kind: 'other' };
    expect(judgedBy(slowHandler, adding(good, 'effects', later))).to.deep.equal([true, false, true]);
  });
});
