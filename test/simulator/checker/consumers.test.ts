import { expect } from 'chai';
import {
  adding,
  appending,
  aRun,
  DELIVERED,
  eventId,
  judged,
  ofEvent,
  ofOrder,
  only,
  orderId,
  START,
  unseen,
  withRow,
  withRows,
  without,
} from './evidence-builder.ts';

const good = aRun(DELIVERED, ['OrderPlaced', 'OrderCancelled']);
const charge = only(good.effects.rows.filter(ofEvent(1, 1)));
const shipped = only(good.effects.rows.filter(ofEvent(1, 2)));
const later = { ...good, outboxReadAt: START + 120_000 };

describe('invariant 10: one effect for one event', () => {
  it('holds when each event had its effect once', () =>
    expect(judged(10, good)).to.include({ verdict: 'pass', checked: 3 }));

  it('fails when one event was charged twice', () => {
    const result = judged(10, adding(good, 'effects', { ...charge, id: 99 }));
    expect(result).to.include({ verdict: 'fail', violations: 1 });
    expect(result.counterexample).to.include({ orderId: orderId(1), eventId: eventId(1, 1), expected: 'one effect' });
  });

  it('lets a charge and its refund stand side by side', () =>
    expect(judged(10, adding(good, 'effects', { ...charge, id: 99, kind: 'refunded' })).verdict).to.equal('pass'));

  it('lets two consumers act on one event', () => {
    const both = adding(good, 'effects', { ...charge, id: 99, consumer: 'shipping' });
    expect(judged(10, both).verdict).to.equal('pass');
  });

  it('fails when a consumer acted on an event that is not in the log', () =>
    expect(judged(10, without(good, 'log', ofEvent(1, 1))).verdict).to.equal('fail'));

  it('fails when a consumer acted on another order', () =>
    expect(judged(10, withRow(good, 'effects', ofEvent(1, 1), { orderId: orderId(2) })).verdict).to.equal('fail'));

  it('fails when a consumer acted without taking note', () => {
    const forgotten = without(good, 'inbox', (row) => row.consumer === 'payment' && row.eventId === eventId(1, 1));
    expect(judged(10, forgotten).counterexample?.seen).to.equal('none');
  });

  it('is unknown without any effect', () =>
    expect(
      judged(
        10,
        withRows(good, 'effects', () => []),
      ).verdict,
    ).to.equal('unknown'));
});

describe('invariant 11: effects in sequence, offsets behind them', () => {
  const both = adding(good, 'effects', { ...shipped, id: 98, consumer: 'payment' });

  it('holds when each consumer went by sequence', () => expect(judged(11, both).verdict).to.equal('pass'));

  it('fails when a consumer applied 2 before 1', () => {
    const result = judged(11, adding(without(both, 'effects', ofEvent(1, 1)), 'effects', { ...charge, id: 99 }));
    expect(result.counterexample?.summary).to.contain('1 after 2');
  });

  it('lets a refund for an earlier event come late', () =>
    expect(judged(11, adding(both, 'effects', { ...charge, id: 99, kind: 'refunded' })).verdict).to.equal('pass'));

  it('fails when the inbox has a hole below the last sequence', () => {
    const hole = withRows(without(good, 'inbox', ofEvent(1, 3)), 'committedOffsets', () => []);
    expect(judged(11, hole).counterexample?.seen).to.equal('sequences 1, 2, 4');
  });

  it('lets a consumer begin above 1 when it declares so', () => {
    const began = without(good, 'inbox', (row) => row.consumer === 'payment' && row.eventId === eventId(1, 1));
    const mine = (row: { readonly consumer: string; readonly orderId: string }): boolean =>
      row.consumer === 'payment' && row.orderId === orderId(1);
    expect(judged(11, began).verdict).to.equal('fail');
    const declared = withRow(began, 'consumerOrders', mine, { baselineSequence: 2 });
    const record = only(good.log.rows.filter(ofEvent(1, 1)));
    const committed = withRows(declared, 'committedOffsets', (all) =>
      all.map((row) => (row.partition === record.partition ? { ...row, offset: 0 } : row)),
    );
    expect(judged(11, committed).verdict).to.equal('pass');
  });

  it('fails when an offset was committed beyond an event that was never handled', () => {
    const skippedOver = withRows(without(good, 'inbox', ofOrder(2)), 'consumerOrders', (all) =>
      all.filter((row) => !ofOrder(2)(row)),
    );
    const result = judged(11, skippedOver);
    expect(result.counterexample?.summary).to.contain('committed an offset beyond');
    expect(result.counterexample?.orderId).to.equal(orderId(2));
  });

  it('takes a parked or waiting event for handled', () => {
    const bare = withRows(without(good, 'inbox', ofOrder(2)), 'consumerOrders', (all) =>
      all.filter((row) => !ofOrder(2)(row)),
    );
    const records = good.log.rows.filter(ofOrder(2));
    const stored = adding(
      bare,
      'waiting',
      ...['payment', 'shipping'].map((consumer) => ({
        consumer,
        eventId: eventId(2, 2),
        orderId: orderId(2),
        sequence: 2,
      })),
    );
    const [first] = records;
    const parked = adding(
      stored,
      'parked',
      ...['payment', 'shipping'].map((consumer) => ({
        consumer,
        orderId: orderId(2),
        eventId: eventId(2, 1),
        partition: first?.partition ?? 0,
        offset: first?.offset ?? 0,
        reason: 'unknown type',
      })),
    );
    expect(judged(11, parked).verdict).to.equal('pass');
  });

  it('is unknown when the committed offsets could not be read', () =>
    expect(judged(11, unseen(good, 'committedOffsets')).verdict).to.equal('unknown'));
});

describe('invariant 16: counts reconcile', () => {
  it('holds when clients, tables, log and consumers agree', () => expect(judged(16, later).verdict).to.equal('pass'));

  it('fails when a consumer never applied a published event', () => {
    const result = judged(
      16,
      without(later, 'inbox', (row) => row.consumer === 'shipping' && row.orderId === orderId(2)),
    );
    expect(result).to.include({ verdict: 'fail', violations: 2 });
    expect(result.counterexample?.summary).to.contain('not applied by shipping');
  });

  it('is unknown while a consumer may still apply it', () => {
    const behind = without(good, 'inbox', (row) => row.consumer === 'shipping' && row.orderId === orderId(2));
    expect(judged(16, behind).verdict).to.equal('unknown');
  });

  it('fails when a consumer parked an order for no reason of ours, and holds when we poisoned it', () => {
    const mine = (row: { readonly consumer: string; readonly eventId: string }): boolean =>
      row.consumer === 'payment' && row.eventId === eventId(2, 2);
    const parked = adding(without(later, 'inbox', mine), 'waiting', {
      consumer: 'payment',
      eventId: eventId(2, 2),
      orderId: orderId(2),
      sequence: 2,
    });
    expect(judged(16, parked).verdict).to.equal('fail');
    const record = only(later.log.rows.filter(ofEvent(2, 2)));
    const poisoned = appending(parked, { ...record, headers: {} });
    const end = only(poisoned.partitionEnds.rows.filter(({ partition }) => partition === record.partition)).logEnd;
    expect(
      judged(16, adding(poisoned, 'injected', { partition: record.partition, offset: end - 1, kind: 'poison' }))
        .verdict,
    ).to.equal('pass');
  });

  it('fails when there are more orders than the clients can have placed', () =>
    expect(
      judged(
        16,
        withRows(later, 'history', (all) => all.slice(1)),
      ).verdict,
    ).to.equal('fail'));

  it('fails when the versions and the outbox disagree', () =>
    expect(judged(16, withRow(later, 'orders', ofOrder(1), { version: 5 })).verdict).to.equal('fail'));

  it('fails when the log has an event that no row says was published', () => {
    const record = only(later.log.rows.filter(ofEvent(1, 1)));
    const more = appending(later, { ...record, headers: { ...record.headers, ce_id: eventId(1, 77) } });
    expect(judged(16, more).verdict).to.equal('fail');
  });

  it('fails when fewer records were read than there are offsets', () => {
    const end = withRow(later, 'partitionEnds', ({ partition }) => partition === 0, { logEnd: 50 });
    expect(judged(16, end).verdict).to.equal('fail');
    expect(judged(16, unseen(end, 'log')).verdict).to.equal('unknown');
  });
});
