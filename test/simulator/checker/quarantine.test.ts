import { expect } from 'chai';
import type { AttemptRow, Evidence } from '../../../simulator/checker/evidence.ts';
import {
  adding,
  aRun,
  DELIVERED,
  eventId,
  judged,
  ofEvent,
  only,
  START,
  unseen,
  withRow,
  withRows,
  without,
} from './evidence-builder.ts';

const good = aRun(DELIVERED, ['OrderPlaced', 'OrderCancelled']);

const failedAttempts = (count: number, from: number, firstId = 1): readonly AttemptRow[] =>
  Array.from({ length: count }, (_, index) => ({
    id: firstId + index,
    eventId: eventId(2, 1),
    attempt: index + 1,
    failedAt: from + index * 100,
    error: 'MESSAGE_TOO_LARGE',
  }));

const redrive = (at: number): Evidence['audit']['rows'][number] => ({
  id: 1,
  at,
  actor: 'ops',
  action: 'redrive',
  eventId: eventId(2, 1),
  reason: 'limit raised',
});

/** The first event of the second order is quarantined and its second one waits. */
const quarantined = adding(
  adding(
    withRow(
      withRow(without(without(good, 'log', ofEvent(2, 1)), 'log', ofEvent(2, 2)), 'outbox', ofEvent(2, 1), {
        status: 'QUARANTINED',
        attempts: 7,
        offset: null,
        publishedAt: null,
      }),
      'outbox',
      ofEvent(2, 2),
      { status: 'PENDING', offset: null, publishedAt: null, heldBy: 2 },
    ),
    'attempts',
    ...failedAttempts(7, START + 1_100),
  ),
  'quarantines',
  { eventId: eventId(2, 1), firstSeenAt: START + 1_900, lastSeenAt: START + 4_900 },
);

/** The same, then redriven 5 s after the start and published, the held event behind it. */
const redriven = ((): Evidence => {
  const times = { [eventId(2, 1)]: START + 5_010, [eventId(2, 2)]: START + 5_020 };
  const late = withRows(good, 'log', (all) =>
    all.map((row) => ({ ...row, appendedAt: times[row.headers['ce_id'] ?? ''] ?? row.appendedAt })),
  );
  return {
    ...late,
    attempts: quarantined.attempts,
    quarantines: quarantined.quarantines,
    audit: { rows: [redrive(START + 5_000)], missing: [] },
  };
})();

describe('invariant 8: nothing passes a quarantined event', () => {
  it('says that there was nothing to check when nothing was quarantined', () => {
    const result = judged(8, good);
    expect(result).to.include({ verdict: 'pass', checked: 0 });
    expect(result.notes).to.include('nothing of this kind happened in the run');
  });

  it('holds while the successors wait', () =>
    expect(judged(8, quarantined)).to.include({ verdict: 'pass', checked: 1 }));

  it('holds when they follow a redrive', () => expect(judged(8, redriven)).to.include({ verdict: 'pass', checked: 1 }));

  it('fails when a later event of the order was published', () => {
    const overtaking = adding(quarantined, 'log', only(good.log.rows.filter(ofEvent(2, 2))));
    const result = judged(8, overtaking);
    expect(result.counterexample?.summary).to.contain('Event 2 of an order passed event 1');
    expect(result.counterexample?.eventId).to.equal(eventId(2, 1));
  });

  it('fails when a later event was published before the redrive', () => {
    const early = withRow(redriven, 'log', ofEvent(2, 2), { appendedAt: START + 4_500 });
    expect(judged(8, early).counterexample?.seen).to.contain('released only');
  });

  it('fails when it was released twice and a later event slipped through in between', () => {
    const again = adding(
      {
        ...redriven,
        audit: { rows: [redrive(START + 5_000), { ...redrive(START + 20_000), id: 2 }], missing: [] },
      },
      'attempts',
      ...failedAttempts(7, START + 6_000, 100),
    );
    const slipped = withRow(again, 'log', ofEvent(2, 2), { appendedAt: START + 12_000 });
    expect(judged(8, slipped).verdict).to.equal('fail');
    const waited = withRow(again, 'log', ofEvent(2, 2), { appendedAt: START + 20_010 });
    expect(judged(8, waited).verdict).to.equal('pass');
  });

  it('fails when it left quarantine without an operator and a later event followed', () =>
    expect(
      judged(
        8,
        withRows(redriven, 'audit', () => []),
      ).verdict,
    ).to.equal('fail'));

  it('fails even when only a sighting tells that it was quarantined', () => {
    const silent = withRows(
      withRows(redriven, 'audit', () => []),
      'attempts',
      () => [],
    );
    expect(judged(8, silent).verdict).to.equal('fail');
  });

  it('does not take the quarantined event itself, stored after all, for one that passed it', () => {
    const stored = adding(quarantined, 'log', only(good.log.rows.filter(ofEvent(2, 1))));
    expect(judged(8, stored).verdict).to.equal('pass');
  });

  it('does not take successors stored in one request with the event, its answer lost, for ones that passed it', () => {
    const records = good.log.rows.filter((row) => ofEvent(2, 1)(row) || ofEvent(2, 2)(row));
    const together = records.map((row) => ({ ...row, appendedAt: START + 1_050 }));
    expect(judged(8, adding(quarantined, 'log', ...together)).verdict).to.equal('pass');
    const apart = together.map((row) => (ofEvent(2, 2)(row) ? { ...row, appendedAt: START + 1_060 } : row));
    expect(judged(8, adding(quarantined, 'log', ...apart)).verdict).to.equal('fail');
  });

  it('is unknown when the audit was not seen', () =>
    expect(
      judged(
        8,
        unseen(
          withRows(redriven, 'audit', () => []),
          'audit',
        ),
      ).verdict,
    ).to.equal('unknown'));

  it('lets other orders go on', () => expect(judged(8, quarantined).violations).to.equal(0));
});

describe('invariant 9: attempts and statuses', () => {
  it('holds when nothing failed', () => expect(judged(9, good)).to.include({ verdict: 'pass', checked: 6 }));
  it('holds for an event quarantined after seven attempts', () =>
    expect(judged(9, quarantined).verdict).to.equal('pass'));
  it('holds for an event that was redriven and published', () => expect(judged(9, redriven).verdict).to.equal('pass'));
  it('holds for an event published at its seventh attempt', () => {
    const tried = adding(good, 'attempts', ...failedAttempts(6, START + 1_100));
    expect(judged(9, withRow(tried, 'outbox', ofEvent(2, 1), { attempts: 6 })).verdict).to.equal('pass');
  });

  it('fails on an eighth attempt', () => {
    const eighth = only(failedAttempts(1, START + 3_000, 50));
    const result = judged(9, adding(quarantined, 'attempts', { ...eighth, attempt: 8 }));
    expect(result.counterexample?.expected).to.equal('at most 7 attempts');
  });

  it('fails when attempts begin anew without a redrive', () => {
    const anew = adding(quarantined, 'attempts', ...failedAttempts(7, START + 6_000, 50));
    expect(judged(9, anew).verdict).to.equal('fail');
    expect(judged(9, adding(anew, 'audit', redrive(START + 5_000))).verdict).to.equal('pass');
  });

  it('fails when an attempt is missing in the history', () =>
    expect(
      judged(
        9,
        without(quarantined, 'attempts', ({ attempt }) => attempt === 4),
      ).verdict,
    ).to.equal('fail'));

  it('fails when an event was quarantined early', () => {
    const early = withRow(quarantined, 'outbox', ofEvent(2, 1), { attempts: 5 });
    expect(judged(9, early).verdict).to.equal('fail');
  });

  it('fails when seven attempts failed and it is still tried', () =>
    expect(judged(9, withRow(quarantined, 'outbox', ofEvent(2, 1), { status: 'PENDING' })).verdict).to.equal('fail'));

  it('fails when a COMPLETED event went back to PENDING', () =>
    expect(judged(9, withRow(good, 'outbox', ofEvent(1, 1), { status: 'PENDING' })).verdict).to.equal('fail'));

  it('fails when an event left quarantine and no operator released it', () => {
    const silent = withRows(redriven, 'audit', () => []);
    expect(judged(9, silent).counterexample?.summary).to.contain('no operator released it');
  });

  describe('for skips', () => {
    const row = only(good.outbox.rows.filter(ofEvent(2, 1)));
    const skip = {
      ...row,
      attempts: 7,
      skippedAt: START + 5_000,
      skippedBy: 'ops',
      reason: 'never',
      replacementEventId: eventId(2, 91),
    };
    const audit = { ...redrive(START + 5_000), action: 'skip' as const };
    const skipped = adding(
      adding(
        withRow(good, 'outbox', ofEvent(2, 1), { eventId: eventId(2, 91), type: 'EventSkipped' }),
        'skipped',
        skip,
      ),
      'audit',
      audit,
    );

    it('holds when the skip is done and audited', () => expect(judged(9, skipped).verdict).to.equal('pass'));
    it('fails when it was done without an audit', () =>
      expect(
        judged(
          9,
          withRows(skipped, 'audit', () => []),
        ).verdict,
      ).to.equal('fail'));
    it('fails when it was audited and not done', () =>
      expect(
        judged(
          9,
          withRows(skipped, 'skipped', () => []),
        ).verdict,
      ).to.equal('fail'));
    it('fails when the skipped event is still in the outbox', () =>
      expect(judged(9, adding(skipped, 'outbox', row)).verdict).to.equal('fail'));
  });

  it('is unknown when the attempt history was not seen', () =>
    expect(judged(9, unseen(quarantined, 'attempts')).verdict).to.equal('unknown'));
});
