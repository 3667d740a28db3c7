import { expect } from 'chai';
import type { InvariantResult } from '../../../simulator/checker/verdict.ts';
import { judgeBacklog } from '../../../simulator/faults/rows/long-backlog.ts';
import type { BacklogSeen } from '../../../simulator/faults/rows/long-backlog.ts';

const invariant = (id: number, verdict: InvariantResult['verdict']): InvariantResult => ({
  id,
  name: `the one with number ${id}`,
  verdict,
  checked: 1,
  violations: verdict === 'fail' ? 1 : 0,
  doubts: verdict === 'unknown' ? ['the log was not read'] : [],
  notes: [],
});

/** Those about clients and consumers cannot be judged, as none take part. */
const withoutClients = (id: number): InvariantResult =>
  invariant(id, id === 2 ? 'fail' : id === 10 ? 'unknown' : 'pass');
const all = Array.from({ length: 17 }, (_, index) => withoutClients(index + 1));
const but = (changed: InvariantResult): readonly InvariantResult[] =>
  all.map((one) => (one.id === changed.id ? changed : one));

const events = {
  committed: 100_000,
  published: 100_000,
  lost: 0,
  phantom: 0,
  duplicatesPublished: 12,
  outOfOrder: 0,
  gaps: 0,
  quarantined: 0,
  held: 0,
  pending: 0,
  skipped: 0,
  released: 0,
};
const drained: BacklogSeen = {
  backlog: 100_000,
  left: 0,
  attempts: 0,
  drainMs: 40_000,
  memory: { before: 130, peak: 250 },
  events,
  invariants: all,
};
const verdicts = (parts: Partial<BacklogSeen> = {}): readonly (boolean | undefined)[] =>
  judgeBacklog({ ...drained, ...parts }).map(({ holds }) => holds);

describe('the row with a long backlog', () => {
  it('passes a backlog that was drained whole, in order, in time and in little memory', () => {
    expect(verdicts()).to.deep.equal([true, true, true, true, true, true]);
    expect(judgeBacklog(drained)[1]?.what).to.equal('drained in 40.0 s, 2500 events a second');
  });

  for (const [what, parts, index] of [
    ['there was less of a backlog', { backlog: 99_996 }, 0],
    ['it was not drained in time', { drainMs: undefined }, 1],
    ['it was drained too late', { drainMs: 100_001 }, 1],
    ['an event was left', { left: 1 }, 1],
    ['an event is not on the topic', { events: { ...events, published: 99_999, lost: 1 } }, 2],
    ['an event passed another of its order', { events: { ...events, outOfOrder: 1 } }, 2],
    ['the checker finds something broken', { invariants: but(invariant(7, 'fail')) }, 3],
    ['an event was quarantined', { events: { ...events, quarantined: 1 } }, 4],
    ['the outage spent an attempt', { attempts: 1 }, 4],
    ['the memory of the relay grew with the backlog', { memory: { before: 130, peak: 311 } }, 5],
  ] as const)
    it(`fails when ${what}`, () => {
      expect(verdicts(parts)[index]).to.equal(false);
    });

  it('is undecided when the checker cannot decide, and says what', () => {
    const seen = { ...drained, invariants: but(invariant(4, 'unknown')) };
    expect(judgeBacklog(seen)[3]).to.deep.include({ holds: undefined });
    expect(judgeBacklog(seen)[3]?.what).to.include('4 is undecided: the log was not read');
  });

  it('is undecided when the checker did not look', () => {
    expect(verdicts({ invariants: [] })[3]).to.equal(undefined);
  });
});
