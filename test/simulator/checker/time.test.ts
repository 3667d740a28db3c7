import { expect } from 'chai';
import type { Evidence, FaultWindow } from '../../../simulator/checker/evidence.ts';
import { percentile, distributionOf } from '../../../simulator/checker/facts/distribution.ts';
import {
  adding,
  appending,
  aRun,
  DELIVERED,
  eventId,
  judged,
  ofEvent,
  only,
  orderId,
  START,
  unseen,
  withRow,
  withRows,
  without,
} from './evidence-builder.ts';

const good = aRun(DELIVERED, ['OrderPlaced', 'OrderCancelled']);
const paid = only(good.log.rows.filter(ofEvent(1, 2)));

const fault = (from: number, to: number | null, target = 'relay'): FaultWindow => ({
  kind: `${target}-kill`,
  target,
  at: START + from,
  healedAt: to === null ? null : START + to,
});

const createdAt = (order: number, sequence: number): number =>
  only(good.outbox.rows.filter(ofEvent(order, sequence))).createdAt;

/** Publishes every event `ms` after its creation and applies it 5 ms later. */
const delayed = (ms: number): Evidence => {
  const created = new Map(good.outbox.rows.map((row) => [row.eventId, row.createdAt]));
  const at = (id: string | undefined): number => created.get(id ?? '') ?? START;
  const log = withRows(good, 'log', (all) => all.map((row) => ({ ...row, appendedAt: at(row.headers['ce_id']) + ms })));
  return withRows(log, 'inbox', (all) => all.map((row) => ({ ...row, appliedAt: at(row.eventId) + ms + 5 })));
};

/** One event reaches the consumers only `ms` after its creation. */
const consumedLate = (ms: number): Evidence =>
  withRow(good, 'inbox', (row) => row.consumer === 'shipping' && row.eventId === eventId(1, 2), {
    appliedAt: createdAt(1, 2) + ms,
  });

describe('invariant 12: duplicates only near faults', () => {
  const again = (ms: number): Evidence => appending(good, { ...paid, appendedAt: START + ms });

  it('holds without duplicates, and counts them', () => {
    const result = judged(12, good);
    expect(result).to.include({ verdict: 'pass', checked: 6 });
    expect(result.notes).to.include('published more than once: 0 records');
  });

  it('fails on a duplicate while nothing was broken', () => {
    const result = judged(12, again(2_000));
    expect(result.counterexample?.eventId).to.equal(eventId(1, 2));
  });

  it('holds for a duplicate during a fault and half a minute after it', () => {
    expect(judged(12, adding(again(2_000), 'faults', fault(1_500, 2_500))).verdict).to.equal('pass');
    expect(judged(12, adding(again(25_000), 'faults', fault(1_500, 2_500))).verdict).to.equal('pass');
  });

  it('fails for a duplicate before the fault, or long after it', () => {
    expect(judged(12, adding(again(2_000), 'faults', fault(2_500, 3_500))).verdict).to.equal('fail');
    expect(judged(12, adding(again(60_000), 'faults', fault(1_500, 2_500))).verdict).to.equal('fail');
  });

  it('takes neither a dead consumer nor a poisoned record for an excuse', () => {
    expect(judged(12, adding(again(2_000), 'faults', fault(1_500, 2_500, 'payment'))).verdict).to.equal('fail');
    expect(judged(12, adding(again(2_000), 'faults', fault(1_500, 2_500, 'topic'))).verdict).to.equal('fail');
  });

  it('does not count what the simulator wrote', () => {
    const copy = again(2_000);
    const end = only(copy.partitionEnds.rows.filter(({ partition }) => partition === paid.partition)).logEnd;
    const injected = adding(copy, 'injected', { partition: paid.partition, offset: end - 1, kind: 'duplicate' });
    expect(judged(12, injected).verdict).to.equal('pass');
  });

  it('is unknown when not all faults are known', () =>
    expect(judged(12, unseen(again(2_000), 'faults')).verdict).to.equal('unknown'));
});

describe('invariant 13: delays', () => {
  it('holds when events are published within 3 s in the mean', () => {
    expect(judged(13, delayed(2_999)).verdict).to.equal('pass');
  });

  it('fails when the mean is above 3 s while nothing is broken', () => {
    const result = judged(13, delayed(3_001));
    expect(result.counterexample?.seen).to.contain('3.001 s over 6 events');
  });

  it('leaves events out that were created under a fault', () => {
    const slow = withRow(delayed(2), 'log', ofEvent(1, 4), { appendedAt: createdAt(1, 4) + 20_000 });
    expect(judged(13, slow).verdict).to.equal('fail');
    const at = createdAt(1, 4) - START;
    expect(judged(13, adding(slow, 'faults', fault(at - 5, at + 18_000))).verdict).to.equal('pass');
  });

  it('does not let a fault that came much later excuse a slow event', () => {
    expect(judged(13, adding(delayed(9_000), 'faults', fault(8_000, 8_500))).verdict).to.equal('fail');
  });

  it('does not let a dead consumer excuse slow publishing', () =>
    expect(judged(13, adding(delayed(4_000), 'faults', fault(0, 8_000, 'payment'))).verdict).to.equal('fail'));

  it('is unknown when every event was published under a fault, and slowly', () => {
    expect(judged(13, adding(delayed(5_000), 'faults', fault(0, 8_000))).verdict).to.equal('unknown');
    expect(judged(13, adding(delayed(2_000), 'faults', fault(0, 8_000))).verdict).to.equal('pass');
  });

  it('fails when one event took longer than a minute to its last consumer', () => {
    expect(judged(13, consumedLate(60_000)).verdict).to.equal('pass');
    const result = judged(13, consumedLate(60_001));
    expect(result).to.include({ verdict: 'fail', violations: 1 });
    expect(result.counterexample?.eventId).to.equal(eventId(1, 2));
  });

  it('gives an event a new minute from the heal of a fault in between', () => {
    const broken = fault(10_000, 40_000, 'shipping');
    expect(judged(13, adding(consumedLate(95_000), 'faults', broken)).verdict).to.equal('pass');
    expect(judged(13, adding(consumedLate(105_000), 'faults', broken)).verdict).to.equal('fail');
  });

  it('gives the closed loop as long again as an outage of a minute or more lasted, and no longer', () => {
    const outage = fault(-70_000, 500);
    expect(judged(13, adding(consumedLate(125_000), 'faults', outage)).verdict).to.equal('pass');
    expect(judged(13, adding(consumedLate(140_000), 'faults', outage)).verdict).to.equal('fail');
    expect(judged(13, adding(consumedLate(125_000), 'faults', fault(-50_000, 500))).verdict).to.equal('fail');
  });

  it('fails when an event was never consumed, once its minute is over', () => {
    const never = withRows(good, 'inbox', (all) => all.filter((row) => row.eventId !== eventId(1, 2)));
    expect(judged(13, never).verdict).to.equal('unknown');
    expect(judged(13, { ...never, outboxReadAt: START + 90_000 }).verdict).to.equal('fail');
  });

  it('fails when only one of the consumers has it', () => {
    const byOne = without(good, 'inbox', (row) => row.consumer === 'payment' && row.eventId === eventId(1, 2));
    expect(judged(13, { ...byOne, outboxReadAt: START + 90_000 }).verdict).to.equal('fail');
  });

  it('reports released events apart', () => {
    const quarantined = adding(consumedLate(200_000), 'quarantines', {
      eventId: eventId(1, 1),
      firstSeenAt: START + 1_100,
      lastSeenAt: START + 150_000,
    });
    const released = adding(quarantined, 'audit', {
      id: 1,
      at: START + 180_000,
      actor: 'ops',
      action: 'redrive',
      eventId: eventId(1, 1),
      reason: null,
    });
    const result = judged(13, released);
    expect(result).to.include({ verdict: 'pass', checked: 2 });
    expect(result.notes.join()).to.contain('held behind such an event: 4 events');
  });

  it('does not exempt events that were created after the release', () => {
    const released = adding(consumedLate(200_000), 'audit', {
      id: 1,
      at: createdAt(1, 1) + 1,
      actor: 'ops',
      action: 'redrive',
      eventId: eventId(1, 1),
      reason: null,
    });
    expect(judged(13, released).verdict).to.equal('fail');
  });
});

describe('invariant 14: nothing is stuck', () => {
  const stuck = withRow(good, 'outbox', ofEvent(1, 2), { status: 'PENDING', offset: null, publishedAt: null });
  const readAt = (evidence: Evidence, ms: number): Evidence => ({ ...evidence, outboxReadAt: START + ms });

  it('holds when nothing is pending', () => expect(judged(14, good)).to.include({ verdict: 'pass', checked: 6 }));

  it('is unknown within the first minute, and fails after it', () => {
    expect(judged(14, readAt(stuck, 61_000)).verdict).to.equal('unknown');
    expect(judged(14, readAt(stuck, 62_000)).counterexample?.eventId).to.equal(eventId(1, 2));
  });

  it('counts the minute from the last heal', () => {
    const broken = adding(stuck, 'faults', fault(2_000, 30_000));
    expect(judged(14, readAt(broken, 89_000)).verdict).to.equal('unknown');
    expect(judged(14, readAt(broken, 91_000)).verdict).to.equal('fail');
  });

  it('is unknown while a fault is open', () =>
    expect(judged(14, readAt(adding(stuck, 'faults', fault(2_000, null)), 900_000)).verdict).to.equal('unknown'));

  it('does not wait for a poisoned record to be mended', () =>
    expect(judged(14, readAt(adding(stuck, 'faults', fault(2_000, null, 'topic')), 900_000)).verdict).to.equal('fail'));

  it('holds when a quarantined event of its order holds it', () => {
    const held = withRow(stuck, 'outbox', ofEvent(1, 1), { status: 'QUARANTINED' });
    expect(judged(14, readAt(held, 900_000)).verdict).to.equal('pass');
  });

  it('fails when it is only marked as held and nothing holds it', () => {
    const marked = withRow(stuck, 'outbox', ofEvent(1, 2), { heldBy: 1 });
    expect(judged(14, readAt(marked, 900_000)).counterexample?.seen).to.contain('marked as held by row 1');
  });
});

describe('invariant 14: no order stands still', () => {
  const callback = (
    order: number,
    change: Partial<Evidence['callbacks']['rows'][number]> = {},
  ): Evidence['callbacks']['rows'][number] => ({
    consumer: 'shipping',
    eventId: eventId(order, 2),
    orderId: orderId(order),
    name: 'shipment',
    status: 'delivered',
    answerStatus: 200,
    createdAt: START + 2_000,
    finishedAt: START + 2_100,
    ...change,
  });
  const base = aRun(DELIVERED, ['OrderPlaced', 'OrderPaid']);
  const loop: Evidence = { ...base, run: { ...base.run, closedLoop: true }, outboxReadAt: START + 120_000 };

  it('holds when every order came to its end', () =>
    expect(judged(14, { ...good, run: { ...good.run, closedLoop: true } }).verdict).to.equal('pass'));

  it('fails when nothing is left that would move an order on', () => {
    const result = judged(14, adding(loop, 'callbacks', callback(2)));
    expect(result).to.include({ verdict: 'fail', violations: 1 });
    expect(result.counterexample?.orderId).to.equal(orderId(2));
    expect(judged(14, loop).verdict).to.equal('fail');
  });

  it('does not ask for an end when no one is there to bring it about', () =>
    expect(judged(14, { ...loop, run: base.run }).verdict).to.equal('pass'));

  it('is unknown within the first minute of standing still', () => {
    expect(judged(14, { ...loop, outboxReadAt: START + 50_000 }).verdict).to.equal('unknown');
    const answered = callback(2, { finishedAt: START + 100_000 });
    expect(judged(14, adding(loop, 'callbacks', answered)).verdict).to.equal('unknown');
  });

  it('is unknown while a callback is still to be made, or was refused', () => {
    const open = callback(2, { status: 'pending', answerStatus: null, finishedAt: null });
    expect(judged(14, adding(loop, 'callbacks', open)).verdict).to.equal('unknown');
    const refused = callback(2, { status: 'refused', answerStatus: 422 });
    expect(judged(14, adding(loop, 'callbacks', refused)).verdict).to.equal('unknown');
  });

  it('is unknown while a consumer has not applied the last event', () => {
    const missed = without(loop, 'inbox', (row) => row.consumer === 'payment' && row.eventId === eventId(2, 2));
    expect(judged(14, missed).verdict).to.equal('unknown');
  });

  it('is unknown when the callbacks or the faults were not all seen', () => {
    expect(judged(14, unseen(loop, 'callbacks')).verdict).to.equal('unknown');
    expect(judged(14, unseen(loop, 'faults')).verdict).to.equal('unknown');
  });
});

describe('invariant 15: leases', () => {
  const lease = (at: number, owner: string, epoch: number): Evidence['leases']['rows'][number] => ({
    at: START + at,
    name: 'lane-0',
    owner,
    epoch,
  });
  const seen = (...sightings: readonly Evidence['leases']['rows'][number][]): Evidence =>
    withRows(good, 'leases', () => sightings);

  it('holds when each new owner has a higher epoch', () =>
    expect(judged(15, seen(lease(0, 'a', 1), lease(5, 'b', 2), lease(9, 'a', 3))).verdict).to.equal('pass'));
  it('fails when two owners share an epoch', () =>
    expect(judged(15, seen(lease(0, 'a', 1), lease(5, 'b', 1))).verdict).to.equal('fail'));
  it('fails when an epoch falls', () =>
    expect(judged(15, seen(lease(0, 'a', 2), lease(5, 'b', 1))).verdict).to.equal('fail'));
  it('keeps leases of different names apart', () =>
    expect(judged(15, seen(lease(0, 'a', 2), { ...lease(5, 'b', 1), name: 'janitor' })).verdict).to.equal('pass'));
  it('judges every lane by itself', () => {
    const lane = (number: number, owner: string, epoch: number): Evidence['leases']['rows'][number] => ({
      ...lease(number, owner, epoch),
      name: `lane-${number}`,
    });
    expect(judged(15, seen(lane(0, 'a', 4), lane(1, 'b', 1), lane(2, 'a', 1))).verdict).to.equal('pass');
    const stolen = seen(lane(0, 'a', 4), { ...lane(0, 'b', 4), at: START + 5 }, lane(1, 'b', 1));
    expect(judged(15, stolen).counterexample?.summary).to.contain('lane-0 changed hands without a new epoch');
  });
  it('is unknown when no lease was seen', () => expect(judged(15, seen()).verdict).to.equal('unknown'));
});

describe('percentiles', () => {
  it('are exact: nearest rank', () => {
    const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(hundred, share))).to.deep.equal([50, 95, 99, 100]);
  });
  it('of one value are that value; of none, zero', () => {
    expect(distributionOf([7])).to.deep.equal({ count: 1, mean: 7, p50: 7, p95: 7, p99: 7, max: 7 });
    expect(distributionOf([])).to.deep.equal({ count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 });
  });
});
