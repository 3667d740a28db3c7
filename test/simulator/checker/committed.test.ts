import { expect } from 'chai';
import {
  adding,
  aRun,
  customer,
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
import type { Evidence } from '../../../simulator/checker/evidence.ts';

const good = aRun(DELIVERED, ['OrderPlaced', 'OrderCancelled']);

describe('invariant 1: order version and outbox', () => {
  it('holds when every order has exactly its events', () => {
    const result = judged(1, good);
    expect(result).to.include({ verdict: 'pass', checked: 2, violations: 0 });
  });

  it('fails when a change of an order left no event', () => {
    const result = judged(1, without(good, 'outbox', ofEvent(1, 3)));
    expect(result.verdict).to.equal('fail');
    expect(result.counterexample).to.include({ orderId: orderId(1), seen: 'sequences 1, 2, 4' });
  });

  it('fails when an order has more events than changes', () => {
    expect(judged(1, withRow(good, 'orders', ofOrder(1), { version: 3 })).verdict).to.equal('fail');
  });

  it('fails when an event belongs to no order', () => {
    const result = judged(1, without(good, 'orders', ofOrder(2)));
    expect(result.counterexample?.summary).to.contain('an order that does not exist');
  });

  it('fails when the status does not follow from the events', () => {
    expect(judged(1, withRow(good, 'orders', ofOrder(1), { status: 'paid' })).verdict).to.equal('fail');
  });

  it('lets an event of a type it does not know leave the status as it is', () => {
    const evidence = aRun(['OrderPlaced', 'OrderNoted']);
    expect(judged(1, withRow(evidence, 'orders', ofOrder(1), { status: 'placed' })).verdict).to.equal('pass');
  });

  it('is unknown when the outbox was not seen whole', () => {
    const evidence = unseen(without(good, 'outbox', ofEvent(1, 3)), 'outbox', 'rows were purged');
    expect(judged(1, evidence)).to.include({ verdict: 'unknown', violations: 0 });
  });

  it('is unknown, never a pass, when there was no order', () => {
    expect(judged(1, aRun())).to.include({ verdict: 'unknown', checked: 0 });
  });

  describe('with an event that an operator skipped', () => {
    const row = only(good.outbox.rows.filter(ofEvent(1, 2)));
    const skip = {
      ...row,
      skippedAt: START + 5_000,
      skippedBy: 'ops',
      reason: 'too large',
      replacementEventId: eventId(1, 92),
    };
    const skipped = adding(
      withRow(good, 'outbox', ofEvent(1, 2), { eventId: eventId(1, 92), type: 'EventSkipped' }),
      'skipped',
      skip,
    );

    it('holds when a skip stands in its place', () => expect(judged(1, skipped).verdict).to.equal('pass'));

    it('fails when nothing took its place', () =>
      expect(judged(1, adding(good, 'skipped', { ...skip, sequence: 2 })).verdict).to.equal('fail'));

    it('fails when an event says that it is a skip and nothing was skipped', () =>
      expect(
        judged(
          1,
          withRows(skipped, 'skipped', () => []),
        ).verdict,
      ).to.equal('fail'));
  });
});

describe('invariant 2: what clients were told', () => {
  const place = (evidence: Evidence, change: Partial<Evidence['history']['rows'][number]>): Evidence =>
    withRow(evidence, 'history', ofOrder(1), change);

  it('holds when each accepted request made one order', () =>
    expect(judged(2, good)).to.include({ verdict: 'pass', checked: 2 }));

  it('fails when an accepted order is not there', () => {
    const result = judged(2, without(good, 'orders', ofOrder(1)));
    expect(result.counterexample?.summary).to.contain('there is no such order');
    expect(result.counterexample?.orderId).to.equal(orderId(1));
  });

  it('fails when one request made two orders', () => {
    const twice = adding(good, 'orders', { ...only(good.orders.rows.filter(ofOrder(1))), orderId: orderId(9) });
    expect(judged(2, twice).verdict).to.equal('fail');
  });

  it('fails when a refused request made an order', () => {
    expect(judged(2, place(good, { outcome: 'fail', status: 422, orderId: null })).verdict).to.equal('fail');
  });

  it('fails when the stored order is another one than the client was told of', () => {
    expect(judged(2, withRow(good, 'orders', ofOrder(1), { totalMinor: 999 })).verdict).to.equal('fail');
  });

  it('fails when there is an order nobody asked for', () => {
    expect(
      judged(
        2,
        withRows(good, 'history', (all) => all.slice(1)),
      ).verdict,
    ).to.equal('fail');
  });

  const lost = place(good, { outcome: 'unknown', status: null, orderId: null });

  it('holds when the answer was lost and the order is there', () => expect(judged(2, lost).verdict).to.equal('pass'));

  it('holds when the answer was lost and the order is not there', () =>
    expect(judged(2, without(lost, 'orders', ofOrder(1))).verdict).to.equal('pass'));

  it('fails when the answer was lost and there are two orders', () => {
    const twice = adding(lost, 'orders', { ...only(good.orders.rows.filter(ofOrder(1))), orderId: orderId(9) });
    expect(judged(2, twice).counterexample?.expected).to.equal('0 to 1 orders');
  });

  describe('for a cancellation', () => {
    const cancelled = (outcome: 'ok' | 'fail' | 'unknown', marker: string): Evidence =>
      adding(good, 'history', {
        index: 2,
        kind: 'cancel',
        idempotencyKey: 'key-cancel',
        orderId: orderId(2),
        marker,
        invokedAt: START + 1_100,
        completedAt: START + 1_120,
        sent: 1,
        outcome,
        status: outcome === 'ok' ? 200 : outcome === 'fail' ? 409 : null,
        totalMinor: null,
      });

    it('holds when it was accepted and done', () =>
      expect(judged(2, cancelled('ok', 'reason-2')).verdict).to.equal('pass'));
    it('fails when it was accepted and not done', () =>
      expect(judged(2, cancelled('ok', 'another reason')).verdict).to.equal('fail'));
    it('fails when it was refused and done', () =>
      expect(judged(2, cancelled('fail', 'reason-2')).verdict).to.equal('fail'));
    it('holds when it was refused and someone else’s was done', () =>
      expect(judged(2, cancelled('fail', 'another reason')).verdict).to.equal('pass'));
    it('holds either way when its answer was lost', () => {
      expect(judged(2, cancelled('unknown', 'reason-2')).verdict).to.equal('pass');
      expect(judged(2, cancelled('unknown', 'another reason')).verdict).to.equal('pass');
    });
  });

  describe('for a change', () => {
    const asked = (
      base: Evidence,
      ...outcomes: readonly (readonly [outcome: 'ok' | 'fail' | 'unknown', type: string])[]
    ): Evidence =>
      outcomes.reduce(
        (evidence, [outcome, type], index) =>
          adding(evidence, 'history', {
            index: 2 + index,
            kind: 'change',
            idempotencyKey: `key-change-${index}`,
            orderId: orderId(1),
            marker: type,
            invokedAt: START + 1_100,
            completedAt: START + 1_120,
            sent: 1,
            outcome,
            status: null,
            totalMinor: null,
          }),
        base,
      );
    const [done, notDone] = ['OrderShipped', 'OrderCancelled'];

    it('holds when it was accepted and its event is there', () =>
      expect(judged(2, asked(good, ['ok', done])).verdict).to.equal('pass'));
    it('holds when it was accepted and its event was purged after it was published', () =>
      expect(judged(2, without(asked(good, ['ok', done]), 'outbox', ofOrder(1))).verdict).to.equal('pass'));
    it('fails when it was accepted and there is no such event', () => {
      const { verdict, counterexample } = judged(2, asked(good, ['ok', notDone]));
      expect(verdict).to.equal('fail');
      expect(counterexample).to.deep.include({ orderId: orderId(1), expected: '1 event' });
    });
    it('is unknown when it was accepted and the part of the log was not seen where its event may lie', () =>
      expect(judged(2, unseen(asked(good, ['ok', notDone]), 'log')).verdict).to.equal('unknown'));
    it('fails when it was refused and its event is there', () =>
      expect(judged(2, asked(good, ['fail', done])).verdict).to.equal('fail'));
    it('fails when two were accepted and there is one event', () =>
      expect(judged(2, asked(good, ['ok', done], ['ok', done])).verdict).to.equal('fail'));
    it('holds either way when its answer was lost', () => {
      expect(judged(2, asked(good, ['unknown', done])).verdict).to.equal('pass');
      expect(judged(2, asked(good, ['unknown', notDone])).verdict).to.equal('pass');
    });
  });

  it('is unknown when the orders could not be read', () => {
    expect(
      judged(
        2,
        unseen(
          withRows(good, 'orders', () => []),
          'orders',
        ),
      ).verdict,
    ).to.equal('unknown');
  });

  it('names the customer whose order is missing', () => {
    expect(judged(2, without(good, 'orders', ofOrder(1))).counterexample?.seen).to.contain(customer(1));
  });
});

describe('invariant 3: nothing is lost', () => {
  const pending = { status: 'PENDING', offset: null, publishedAt: null } as const;
  const unpublished = without(good, 'log', ofEvent(1, 2));

  it('holds when every event is in the log', () => expect(judged(3, good)).to.include({ verdict: 'pass', checked: 6 }));

  it('fails when a COMPLETED event never reached the log', () => {
    const result = judged(3, unpublished);
    expect(result).to.include({ verdict: 'fail', violations: 1 });
    expect(result.counterexample).to.include({ orderId: orderId(1), eventId: eventId(1, 2) });
    expect(result.counterexample?.timeline.map(({ what }) => what)).to.include('2 OrderPaid written');
  });

  it('fails when an order was changed and its event is neither in the outbox nor in the log', () => {
    expect(judged(3, without(without(good, 'outbox', ofEvent(2, 2)), 'log', ofEvent(2, 2))).verdict).to.equal('fail');
  });

  it('does not take a copy that the simulator wrote for the event itself', () => {
    const copy = only(good.log.rows.filter(ofEvent(1, 2)));
    const evidence = adding(adding(unpublished, 'log', { ...copy, offset: 99 }), 'injected', {
      partition: copy.partition,
      offset: 99,
      kind: 'duplicate',
    });
    expect(judged(3, evidence).verdict).to.equal('fail');
  });

  it('holds when the event is quarantined and the next one is held behind it', () => {
    const quarantined = withRow(without(unpublished, 'log', ofEvent(1, 3)), 'outbox', ofEvent(1, 2), {
      ...pending,
      status: 'QUARANTINED',
    });
    const held = withRow(quarantined, 'outbox', ofEvent(1, 3), pending);
    expect(judged(3, withRow(without(held, 'log', ofEvent(1, 4)), 'outbox', ofEvent(1, 4), pending)).verdict).to.equal(
      'pass',
    );
  });

  it('does not take the fate of another order’s event for an excuse', () => {
    const evidence = withRow(unpublished, 'outbox', ofEvent(1, 2), pending);
    const other = withRow(evidence, 'outbox', ofEvent(2, 1), { status: 'QUARANTINED' });
    expect(judged(3, { ...other, outboxReadAt: START + 120_000 }).verdict).to.equal('fail');
  });

  it('is unknown while a pending event has not had its minute, and fails after it', () => {
    const evidence = withRow(unpublished, 'outbox', ofEvent(1, 2), pending);
    expect(judged(3, evidence).verdict).to.equal('unknown');
    expect(judged(3, { ...evidence, outboxReadAt: START + 70_000 }).verdict).to.equal('fail');
  });

  it('is unknown when a part of the log was not read', () =>
    expect(judged(3, unseen(unpublished, 'log')).verdict).to.equal('unknown'));
});
