import { expect } from 'chai';
import { check } from '../../../simulator/checker/check.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import {
  adding,
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

const purge = (purgedRows: number, cutoff = START + 20_000): Evidence['purges']['rows'][number] => ({
  id: 1,
  at: START + 25_000,
  actor: 'janitor',
  cutoff,
  purgedRows,
});
/** The first two events of the first order are purged, and it is on record. */
const gone = without(without(good, 'outbox', ofEvent(1, 1)), 'outbox', ofEvent(1, 2));
const purged = adding(gone, 'purges', purge(2));
const failing = (evidence: Evidence): readonly number[] =>
  check(evidence)
    .invariants.filter(({ verdict }) => verdict === 'fail')
    .map(({ id }) => id);

describe('invariant 17: retention', () => {
  it('holds when nothing was removed', () => {
    const result = judged(17, good);
    expect(result).to.include({ verdict: 'pass', checked: 6 });
    expect(result.notes).to.deep.equal(['removed by purges: 0 rows']);
  });

  it('holds when the oldest rows of an order were purged after they had been published, and so do all others', () => {
    expect(judged(17, purged).notes).to.deep.equal(['removed by purges: 2 rows']);
    expect(check(purged).verdict).to.equal('pass');
  });

  it('holds when a whole order was purged', () => {
    const all = adding(without(good, 'outbox', ofOrder(2)), 'purges', purge(2));
    expect(check(all).verdict).to.equal('pass');
  });

  it('fails when published rows are gone and no purge is on record', () =>
    expect(judged(17, gone).counterexample?.seen).to.contain('no purges'));

  it('fails when the row of a later event went first', () => {
    const hole = adding(without(good, 'outbox', ofEvent(1, 3)), 'purges', purge(1));
    expect(judged(17, hole).counterexample?.seen).to.equal('rows 1, 2, 4');
    expect(failing(hole)).to.include.members([1, 17]);
  });

  it('fails when a row was purged whose event is not in the log', () => {
    const result = judged(17, without(purged, 'log', ofEvent(1, 2)));
    expect(result.counterexample?.summary).to.contain('never published');
  });

  it('leaves it to others when an event was never written', () => {
    const never = without(without(good, 'outbox', ofEvent(2, 2)), 'log', ofEvent(2, 2));
    expect(
      judged(
        17,
        withRows(never, 'inbox', (all) => all.filter((row) => !ofEvent(2, 2)(row))),
      ).verdict,
    ).to.equal('pass');
    expect(failing(never)).to.include.members([1, 3]);
  });

  it('fails when a row was purged before its time', () => {
    const early = adding(gone, 'purges', purge(2, START + 500));
    expect(judged(17, early).counterexample?.summary).to.contain('before its time');
  });

  it('fails when a row seen quarantined is gone without a skip', () => {
    const seen = { eventId: eventId(3, 1), firstSeenAt: START + 2_000, lastSeenAt: START + 3_000 };
    const result = judged(17, adding(good, 'quarantines', seen));
    expect(result.counterexample).to.include({ eventId: eventId(3, 1) });
    expect(result.counterexample?.seen).to.contain('QUARANTINED');
  });

  it('fails when a row with a failed attempt is gone and was never published', () => {
    const attempt = { id: 1, eventId: eventId(3, 1), attempt: 1, failedAt: START + 2_000, error: 'too large' };
    expect(judged(17, adding(good, 'attempts', attempt)).counterexample?.seen).to.contain('a failed attempt');
  });

  it('lets a row go that was quarantined, redriven, published and then purged', () => {
    const sighting = { eventId: eventId(1, 1), firstSeenAt: START + 900, lastSeenAt: START + 950 };
    const redrive = { id: 1, at: START + 960, actor: 'ops', action: 'redrive', eventId: eventId(1, 1), reason: null };
    const released = adding(adding(purged, 'quarantines', sighting), 'audit', { ...redrive, action: 'redrive' });
    expect(judged(17, released).verdict).to.equal('pass');
    expect(judged(9, released).verdict).to.equal('pass');
  });

  describe('of a consumer’s inbox', () => {
    const forgotten = without(good, 'inbox', (row) => row.consumer === 'shipping' && row.eventId === eventId(1, 2));
    const record = only(good.log.rows.filter(ofEvent(1, 2)));

    it('fails when an event is forgotten that the topic still has', () => {
      const result = judged(17, forgotten);
      expect(result).to.include({ verdict: 'fail', violations: 1 });
      expect(result.counterexample).to.include({ orderId: orderId(1), eventId: eventId(1, 2) });
    });

    it('holds when the topic has forgotten it too', () => {
      const shorter = withRow(forgotten, 'partitionEnds', ({ partition }) => partition === record.partition, {
        logStart: record.offset + 1,
      });
      expect(judged(17, shorter).verdict).to.equal('pass');
      expect(
        judged(
          11,
          withRows(shorter, 'committedOffsets', () => []),
        ).verdict,
      ).to.equal('pass');
    });

    it('holds for an event that the consumer has not come to yet', () => {
      const behind = withRows(
        withRows(without(good, 'inbox', ofOrder(2)), 'consumerOrders', (all) => all.filter((row) => !ofOrder(2)(row))),
        'committedOffsets',
        () => [],
      );
      expect(judged(17, behind).verdict).to.equal('pass');
    });

    it('holds for an event that waits or is parked', () => {
      const waits = { consumer: 'shipping', eventId: eventId(1, 2), orderId: orderId(1), sequence: 2 };
      expect(judged(17, adding(forgotten, 'waiting', waits)).verdict).to.equal('pass');
      const { partition, offset } = record;
      const parked = { consumer: 'shipping', orderId: null, eventId: null, partition, offset, reason: 'unreadable' };
      expect(judged(17, adding(forgotten, 'parked', parked)).verdict).to.equal('pass');
    });
  });

  for (const name of ['purges', 'outbox', 'quarantines', 'log', 'inbox', 'committedOffsets'] as const)
    it(`is unknown when a part of ${name} was not seen`, () =>
      expect(judged(17, unseen(good, name)).verdict).to.equal('unknown'));

  it('does not fail on rows that are gone while the purges could not be read', () =>
    expect(judged(17, unseen(gone, 'purges')).verdict).to.equal('unknown'));
});

describe('purges, reconciled by the other invariants', () => {
  it('fail 1 and 16 when more rows are gone than they say', () =>
    expect(failing(adding(gone, 'purges', purge(1)))).to.include.members([1, 16]));

  it('fail 1 and 16 when fewer rows are gone than they say', () =>
    expect(failing(adding(gone, 'purges', purge(3)))).to.include.members([1, 16]));

  it('add up', () => {
    const twice = adding(gone, 'purges', purge(1), { ...purge(1), id: 2 });
    expect(check(twice).verdict).to.equal('pass');
  });

  it('fail 3 when a row is gone whose event is not in the log', () =>
    expect(failing(without(purged, 'log', ofEvent(1, 1)))).to.include(3));

  it('fail 1 when the status does not follow from the events that are left and the records of the others', () =>
    expect(
      failing(
        withRow(adding(without(good, 'outbox', ofOrder(1)), 'purges', purge(4)), 'orders', ofOrder(1), {
          status: 'paid',
        }),
      ),
    ).to.include(1));

  it('hide no phantom: a record beyond the order’s version has no row to be purged', () => {
    const record = only(good.log.rows.filter(ofEvent(2, 2)));
    const headers = { ...record.headers, ce_id: eventId(2, 9), ce_sequence: '0000000003' };
    expect(failing(adding(purged, 'log', { ...record, headers, offset: 900 }))).to.include(5);
  });

  it('let a skip go with its stand-in', () => {
    const row = only(good.outbox.rows.filter(ofEvent(1, 1)));
    const record = only(good.log.rows.filter(ofEvent(1, 1)));
    const standIn = { ...record, headers: { ...record.headers, ce_id: eventId(1, 91), ce_type: 'EventSkipped' } };
    const skipped = adding(
      withRows(purged, 'log', (all) => all.map((each) => (each === record ? standIn : each))),
      'skipped',
      { ...row, skippedAt: START, skippedBy: 'ops', reason: 'never', replacementEventId: eventId(1, 91) },
    );
    expect(judged(1, skipped).verdict).to.equal('pass');
  });
});
