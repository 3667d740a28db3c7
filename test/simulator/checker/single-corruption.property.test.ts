import { expect } from 'chai';
import fc from 'fast-check';
import { check } from '../../../simulator/checker/check.ts';
import type { Evidence, LogRecord, OutboxRow } from '../../../simulator/checker/evidence.ts';
import { adding, appending, aRun, eventId, START, withRows } from './evidence-builder.ts';

/*
 * From any correct run, any single corruption is caught, and by the invariant that is about it.
 */

const lives = [
  ['OrderPlaced'],
  ['OrderPlaced', 'OrderCancelled'],
  ['OrderPlaced', 'OrderPaid'],
  ['OrderPlaced', 'OrderPaid', 'OrderCancelled'],
  ['OrderPlaced', 'OrderPaid', 'OrderShipped', 'OrderDelivered'],
];
const correctRun = fc
  .array(fc.constantFrom(...lives), { minLength: 1, maxLength: 12 })
  // A payment alone has effects at one consumer only; the first order's delivery makes both act.
  .map((orders) => aRun(['OrderPlaced', 'OrderPaid', 'OrderShipped', 'OrderDelivered'], ...orders))
  // Everything had its time, so that what is missing is missing.
  .map((evidence): Evidence => ({ ...evidence, outboxReadAt: START + 200_000 }));

const at = <A>(values: readonly A[], share: number): A => {
  const value = values[Math.floor(share * values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
};

const replace = (evidence: Evidence, record: LogRecord, change: Partial<LogRecord>): Evidence =>
  withRows(evidence, 'log', (all) => all.map((row) => (row === record ? { ...row, ...change } : row)));
const replaceRow = (evidence: Evidence, target: OutboxRow, change: Partial<OutboxRow>): Evidence =>
  withRows(evidence, 'outbox', (all) => all.map((row) => (row === target ? { ...row, ...change } : row)));

interface Corruption {
  readonly name: string;
  /** One invariant that must fail. */
  readonly breaks: number;
  readonly corrupt: (evidence: Evidence, share: number) => Evidence;
}

const corruptions: readonly Corruption[] = [
  {
    name: 'a record dropped from the log',
    breaks: 3,
    corrupt: (evidence, share) => {
      const dropped = at(evidence.log.rows, share);
      return withRows(evidence, 'log', (all) => all.filter((row) => row !== dropped));
    },
  },
  {
    name: 'two records of one order swapped',
    breaks: 7,
    corrupt: (evidence, share) => {
      const followed = evidence.log.rows.filter((row) => row.headers['ce_sequence'] !== '0000000001');
      const second = at(followed, share);
      const first = at(
        evidence.log.rows.filter(
          ({ key, headers }) =>
            key === second.key && Number(headers['ce_sequence']) === Number(second.headers['ce_sequence']) - 1,
        ),
        0,
      );
      return withRows(evidence, 'log', (all) =>
        all.map((row) => {
          if (row === first) return { ...row, offset: second.offset };
          return row === second ? { ...row, offset: first.offset } : row;
        }),
      );
    },
  },
  {
    name: 'a record published twice',
    breaks: 12,
    corrupt: (evidence, share) => appending(evidence, at(evidence.log.rows, share)),
  },
  {
    name: 'the bytes of a record changed',
    breaks: 4,
    corrupt: (evidence, share) => replace(evidence, at(evidence.log.rows, share), { valueSha256: 'e'.repeat(64) }),
  },
  {
    name: 'a header of a record changed',
    breaks: 4,
    corrupt: (evidence, share) => {
      const record = at(evidence.log.rows, share);
      const name = at(
        Object.keys(record.headers).filter((header) => header !== 'ce_id'),
        share,
      );
      return replace(evidence, record, { headers: { ...record.headers, [name]: 'changed' } });
    },
  },
  {
    name: 'a record moved to another partition',
    breaks: 6,
    corrupt: (evidence, share) => {
      const record = at(evidence.log.rows, share);
      return replace(evidence, record, { partition: (record.partition + 1) % 6, offset: 9_999 });
    },
  },
  {
    name: 'a phantom record',
    breaks: 5,
    corrupt: (evidence, share) => {
      const record = at(evidence.log.rows, share);
      return appending(evidence, { ...record, headers: { ...record.headers, ce_id: eventId(999, 1) } });
    },
  },
  {
    name: 'an outbox row lost',
    breaks: 1,
    corrupt: (evidence, share) => {
      const lost = at(evidence.outbox.rows, share);
      return withRows(evidence, 'outbox', (all) => all.filter((row) => row !== lost));
    },
  },
  {
    name: 'an order lost',
    breaks: 2,
    corrupt: (evidence, share) => {
      const lost = at(evidence.orders.rows, share);
      return withRows(evidence, 'orders', (all) => all.filter((row) => row !== lost));
    },
  },
  {
    name: 'an order made twice',
    breaks: 2,
    corrupt: (evidence, share) =>
      adding(evidence, 'orders', { ...at(evidence.orders.rows, share), orderId: eventId(998, 1) }),
  },
  {
    name: 'an event still pending',
    breaks: 14,
    corrupt: (evidence, share) => replaceRow(evidence, at(evidence.outbox.rows, share), { status: 'PENDING' }),
  },
  {
    name: 'a recorded offset that is wrong',
    breaks: 4,
    corrupt: (evidence, share) => {
      const row = at(evidence.outbox.rows, share);
      return replaceRow(evidence, row, { offset: (row.offset ?? 0) + 1_000 });
    },
  },
  {
    name: 'eight attempts',
    breaks: 9,
    corrupt: (evidence, share) => replaceRow(evidence, at(evidence.outbox.rows, share), { attempts: 8 }),
  },
  {
    name: 'an effect applied twice',
    breaks: 10,
    corrupt: (evidence, share) => adding(evidence, 'effects', { ...at(evidence.effects.rows, share), id: 9_999 }),
  },
  {
    name: 'an effect of an event that does not exist',
    breaks: 10,
    corrupt: (evidence, share) =>
      adding(evidence, 'effects', { ...at(evidence.effects.rows, share), id: 9_999, eventId: eventId(999, 1) }),
  },
  {
    name: 'an event that a consumer missed',
    breaks: 16,
    corrupt: (evidence, share) => {
      const missed = at(evidence.inbox.rows, share);
      return withRows(evidence, 'inbox', (all) => all.filter((row) => row !== missed));
    },
  },
  {
    name: 'an event that took a minute and more',
    breaks: 13,
    corrupt: (evidence, share) => {
      const late = at(evidence.inbox.rows, share);
      return withRows(evidence, 'inbox', (all) =>
        all.map((row) => (row === late ? { ...row, appliedAt: row.appliedAt + 60_001 } : row)),
      );
    },
  },
  {
    name: 'a row purged without a record of it',
    breaks: 17,
    corrupt: (evidence, share) => {
      const gone = at(
        evidence.outbox.rows.filter(({ sequence }) => sequence === 1),
        share,
      );
      return withRows(evidence, 'outbox', (all) => all.filter((row) => row !== gone));
    },
  },
  {
    name: 'a purge that counts a row too many',
    breaks: 1,
    corrupt: (evidence, share) => {
      const gone = at(
        evidence.outbox.rows.filter(({ sequence }) => sequence === 1),
        share,
      );
      const purge = { id: 1, at: START + 90_000, actor: 'janitor', cutoff: START + 80_000, purgedRows: 2 };
      return adding(
        withRows(evidence, 'outbox', (all) => all.filter((row) => row !== gone)),
        'purges',
        purge,
      );
    },
  },
  {
    name: 'an inbox row forgotten too early',
    breaks: 17,
    corrupt: (evidence, share) => {
      const forgotten = at(evidence.inbox.rows, share);
      return withRows(evidence, 'inbox', (all) => all.filter((row) => row !== forgotten));
    },
  },
  {
    name: 'a quarantined row that vanished',
    breaks: 17,
    corrupt: (evidence, share) =>
      adding(evidence, 'quarantines', {
        eventId: eventId(990 + Math.floor(share * 9), 1),
        firstSeenAt: START + 2_000,
        lastSeenAt: START + 3_000,
      }),
  },
  {
    name: 'an order that stands still',
    breaks: 14,
    corrupt: (evidence, share) => {
      const order = at(evidence.orders.rows, share);
      return {
        ...withRows(evidence, 'orders', (all) => all.map((row) => (row === order ? { ...row, status: 'paid' } : row))),
        run: { ...evidence.run, closedLoop: true },
      };
    },
  },
  {
    name: 'a lease that two hold in one epoch',
    breaks: 15,
    corrupt: (evidence, share) => {
      const lease = at(evidence.leases.rows, share);
      return adding(evidence, 'leases', { ...lease, at: lease.at + 1, owner: 'relay-2' });
    },
  },
];

describe('the checker, over generated runs', () => {
  it('passes every correct run', () => {
    fc.assert(fc.property(correctRun, (evidence) => check(evidence).verdict === 'pass'));
  });

  for (const { name, breaks, corrupt } of corruptions)
    it(`catches ${name}, by invariant ${breaks}`, () => {
      fc.assert(
        fc.property(correctRun, fc.double({ min: 0, max: 0.999, noNaN: true }), (evidence, share) => {
          const { verdict, invariants } = check(corrupt(evidence, share));
          expect(verdict).to.equal('fail');
          const failed = invariants.filter((invariant) => invariant.verdict === 'fail');
          expect(failed.map(({ id }) => id)).to.include(breaks);
          expect(failed.every(({ counterexample }) => counterexample !== undefined)).to.equal(true);
        }),
        { numRuns: 40 },
      );
    });
});
