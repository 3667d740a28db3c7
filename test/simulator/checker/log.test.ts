import { expect } from 'chai';
import { differences } from '../../../simulator/checker/facts/compare-record.ts';
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

const good = aRun(DELIVERED, DELIVERED, ['OrderPlaced', 'OrderCancelled']);
const paid = only(good.log.rows.filter(ofEvent(1, 2)));
const paidRow = only(good.outbox.rows.filter(ofEvent(1, 2)));

describe('invariant 4: COMPLETED events lie where they are said to be', () => {
  it('holds when each lies at its place with its bytes', () =>
    expect(judged(4, good)).to.include({ verdict: 'pass', checked: 10 }));

  it('fails when the place is empty', () => {
    const result = judged(4, withRow(good, 'outbox', ofEvent(1, 2), { offset: 999 }));
    expect(result.counterexample).to.include({
      eventId: eventId(1, 2),
      seen: `partition ${paid.partition}, offset ${paid.offset}`,
    });
  });

  it('fails when another event lies there', () => {
    const other = only(good.log.rows.filter(ofEvent(1, 1)));
    expect(judged(4, withRow(good, 'outbox', ofEvent(1, 2), { offset: other.offset })).verdict).to.equal('fail');
  });

  it('fails when no place is recorded', () =>
    expect(judged(4, withRow(good, 'outbox', ofEvent(1, 2), { offset: null })).verdict).to.equal('fail'));

  it('fails when the value is not the committed one', () => {
    const result = judged(4, withRow(good, 'log', ofEvent(1, 2), { valueSha256: 'f'.repeat(64), valueBytes: 401 }));
    expect(result.counterexample?.summary).to.contain('in its value');
    expect(result.counterexample?.seen).to.contain('401 bytes');
  });

  it('fails when a second appearance has other bytes than the first', () => {
    expect(judged(4, appending(good, { ...paid, valueSha256: null, valueBytes: 0 })).verdict).to.equal('fail');
  });

  it('is unknown when that part of the log was not read', () => {
    expect(judged(4, unseen(without(good, 'log', ofEvent(1, 2)), 'log')).verdict).to.equal('unknown');
  });

  describe('compares key, value and every header', () => {
    const changed = (headers: Readonly<Record<string, string>>): readonly string[] =>
      differences(paidRow, { ...paid, headers: { ...paid.headers, ...headers } }).map(({ part }) => part);

    it('finds nothing in a record that the contract asks for', () =>
      expect(differences(paidRow, paid)).to.deep.equal([]));

    for (const name of Object.keys(paid.headers)) {
      it(`finds another ${name}`, () => expect(changed({ [name]: 'other' })).to.deep.equal([`header ${name}`]));
      it(`finds a missing ${name}`, () => {
        const headers = Object.fromEntries(Object.entries(paid.headers).filter(([other]) => other !== name));
        expect(differences(paidRow, { ...paid, headers }).map(({ part }) => part)).to.deep.equal([`header ${name}`]);
      });
    }
    it('finds a header too many', () => expect(changed({ 'x-debug': '1' })).to.deep.equal(['header x-debug']));
    it('finds one that is called like a method of every object', () =>
      expect(changed({ toString: '1' })).to.deep.equal(['header toString']));
    it('finds another key', () =>
      expect(differences(paidRow, { ...paid, key: orderId(2) })[0]).to.include({ part: 'key', seen: orderId(2) }));
    it('lets ce_traceparent stand beside traceparent when it says the same', () => {
      expect(changed({ ce_traceparent: paid.headers['traceparent'] ?? '' })).to.deep.equal([]);
      expect(changed({ ce_traceparent: '00-other' })).to.deep.equal(['header ce_traceparent']);
    });
    it('takes ce_time for the same instant however many decimals it has', () => {
      const micros = (paid.headers['ce_time'] ?? '').replace('Z', '000Z');
      expect(changed({ ce_time: micros })).to.deep.equal([]);
    });
  });
});

describe('invariant 5: no phantoms', () => {
  const phantom = { ...paid, headers: { ...paid.headers, ce_id: eventId(1, 77) } };

  it('holds when every record was committed', () =>
    expect(judged(5, good)).to.include({ verdict: 'pass', checked: 10 }));

  it('fails on an event that was never committed', () => {
    const result = judged(5, appending(good, phantom));
    expect(result.counterexample).to.include({ orderId: orderId(1), eventId: eventId(1, 77) });
  });

  it('fails on a record that says another order or sequence than its event has', () => {
    const headers = { ...paid.headers, ce_sequence: '0000000009' };
    expect(judged(5, withRow(good, 'log', ofEvent(1, 2), { headers })).verdict).to.equal('fail');
    expect(judged(5, withRow(good, 'log', ofEvent(1, 2), { key: orderId(2) })).verdict).to.equal('fail');
  });

  it('fails on a record without an event ID, unless the simulator put it there', () => {
    const bare = appending(good, { ...paid, headers: {} });
    expect(judged(5, bare).verdict).to.equal('fail');
    const end = only(bare.partitionEnds.rows.filter(({ partition }) => partition === paid.partition)).logEnd;
    const injected = adding(bare, 'injected', { partition: paid.partition, offset: end - 1, kind: 'poison' });
    expect(judged(5, injected).verdict).to.equal('pass');
  });

  it('is unknown when the outbox was not seen whole', () =>
    expect(judged(5, unseen(appending(good, phantom), 'outbox')).verdict).to.equal('unknown'));

  it('is unknown when the log is empty', () =>
    expect(
      judged(
        5,
        withRows(good, 'log', () => []),
      ).verdict,
    ).to.equal('unknown'));
});

describe('invariant 6: one partition for each order', () => {
  const elsewhere = (paid.partition + 1) % 6;

  it('holds when murmur2 of the order ID chose every partition', () =>
    expect(judged(6, good).verdict).to.equal('pass'));

  it('fails when one event lies elsewhere', () => {
    const result = judged(6, withRow(good, 'log', ofEvent(1, 2), { partition: elsewhere }));
    expect(result.counterexample?.expected).to.equal(`partition ${paid.partition} of 6`);
  });

  it('fails when all events of an order lie together, but elsewhere', () => {
    const moved = withRows(good, 'log', (all) =>
      all.map((row) => (row.key === orderId(1) ? { ...row, partition: elsewhere, offset: row.offset + 100 } : row)),
    );
    expect(judged(6, moved)).to.include({ verdict: 'fail', violations: 4 });
  });

  it('fails when a row was given another lane', () =>
    expect(judged(6, withRow(good, 'outbox', ofEvent(1, 2), { partition: elsewhere })).verdict).to.equal('fail'));

  it('fails when a record has no key', () =>
    expect(judged(6, withRow(good, 'log', ofEvent(1, 2), { key: null })).verdict).to.equal('fail'));
});

describe('invariant 7: first appearances are 1 to n', () => {
  const swapped = withRows(good, 'log', (all) =>
    all.map((row) => {
      const first = only(all.filter(ofEvent(1, 2)));
      const second = only(all.filter(ofEvent(1, 3)));
      if (row === first) return { ...row, offset: second.offset };
      return row === second ? { ...row, offset: first.offset } : row;
    }),
  );

  it('holds when each order’s events come in sequence', () =>
    expect(judged(7, good)).to.include({ verdict: 'pass', checked: 3 }));

  it('holds when a batch was sent twice', () => {
    const again = good.log.rows.filter(({ key }) => key === orderId(1));
    expect(judged(7, appending(good, ...again)).verdict).to.equal('pass');
  });

  it('fails when two events were swapped', () => {
    const result = judged(7, swapped);
    expect(result).to.include({ verdict: 'fail', violations: 1 });
    expect(result.counterexample?.seen).to.equal('first appearances in the order 1, 3, 2, 4');
  });

  it('fails when a request carried 2 and 3 before 1, and all three came again in order', () => {
    const evidence = withRows(good, 'log', (all) => {
      const one = only(all.filter(ofEvent(1, 1)));
      return all.map((row) => (row === one ? { ...row, offset: 500 } : row));
    });
    const again = good.log.rows.filter(({ key }) => key === orderId(1));
    expect(judged(7, appending(evidence, ...again)).verdict).to.equal('fail');
  });

  it('fails when a sequence never appears', () => {
    expect(judged(7, without(good, 'log', ofEvent(1, 2))).counterexample?.summary).to.contain('never its event 2');
  });

  it('is unknown about a sequence that may lie in a part that was not read', () =>
    expect(judged(7, unseen(without(good, 'log', ofEvent(1, 2)), 'log')).verdict).to.equal('unknown'));

  it('fails on a swap even when some of the log was not read', () =>
    expect(judged(7, unseen(swapped, 'log')).verdict).to.equal('fail'));

  it('fails when a sequence cannot be read', () => {
    const headers = { ...paid.headers, ce_sequence: '2' };
    expect(judged(7, withRow(good, 'log', ofEvent(1, 2), { headers })).verdict).to.equal('fail');
  });

  it('fails when two events claim one sequence', () => {
    const twin = { ...paid, headers: { ...paid.headers, ce_id: eventId(1, 72) } };
    expect(judged(7, appending(good, twin)).counterexample?.summary).to.contain('Two different events');
  });

  it('counts a skip as the appearance of its sequence, also when a zombie sends the skipped event later', () => {
    const skip = { ...paid, headers: { ...paid.headers, ce_id: eventId(1, 92), ce_type: 'EventSkipped' } };
    const skipped = adding(
      withRows(good, 'log', (all) => all.map((row) => (row === paid ? skip : row))),
      'skipped',
      {
        ...paidRow,
        skippedAt: START + 5_000,
        skippedBy: 'ops',
        reason: 'too large',
        replacementEventId: eventId(1, 92),
      },
    );
    expect(judged(7, skipped).verdict).to.equal('pass');
    expect(judged(7, appending(skipped, paid)).verdict).to.equal('pass');
  });
});
