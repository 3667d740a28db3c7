import { expect } from 'chai';
import { check } from '../../../simulator/checker/check.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import { duration, since } from '../../../simulator/report/format.ts';
import { buildReport } from '../../../simulator/report/run-report.ts';
import { verdictText } from '../../../simulator/report/verdict-text.ts';
import {
  adding,
  aRun,
  DELIVERED,
  eventId,
  ofEvent,
  orderId,
  START,
  unseen,
  withRow,
  withRows,
  without,
} from '../checker/evidence-builder.ts';

const good = aRun(DELIVERED, ['OrderPlaced', 'OrderCancelled']);
const textOf = (evidence: Evidence, colour = false): string =>
  verdictText(buildReport({ evidence, result: check(evidence), reproduce: 'npm run simulate -- --seed 7' }), {
    colour,
    reportPath: 'reports/report.html',
  });

describe('the verdict on the console', () => {
  it('ends with PASS, the report and how to do it again', () => {
    const lines = textOf(good).trimEnd().split('\n');
    expect(lines.slice(-3)).to.deep.equal([
      'PASS: all 18 invariants hold',
      'Report: reports/report.html',
      'Again:  npm run simulate -- --seed 7',
    ]);
  });

  it('puts the counterexample first', () => {
    const lines = textOf(without(good, 'log', ofEvent(1, 2))).split('\n');
    expect(lines[0]).to.match(/^Broken: 3\./);
    expect(lines.slice(0, 6).join()).to.contain(orderId(1)).and.to.contain(eventId(1, 2));
    expect(lines.join()).to.match(/FAIL: \d invariants broken/);
  });

  it('tells how the relays shared the work', () => {
    const events = good.outbox.rows.length;
    const lanes = new Set(good.outbox.rows.map(({ partition }) => partition));
    expect(textOf(good)).to.contain(`relays     ${events} events in ${lanes.size} lanes\n`);
    const [lane = 0] = lanes;
    const mine = good.outbox.rows.filter(({ partition }) => partition === lane).length;
    const handedOver = withRows(good, 'leases', (all) => [
      ...all,
      { at: START + 1, name: `lane-${lane}`, owner: '', epoch: 2 },
      { at: START + 2, name: `lane-${lane}`, owner: 'relay-2', epoch: 3 },
    ]);
    const shares = buildReport({ evidence: handedOver, result: check(handedOver), reproduce: '' }).relays;
    expect(shares).to.deep.include({ owner: 'relay-2', lanes: 1, events: mine });
    expect(shares.reduce((sum, share) => sum + share.events, 0)).to.equal(events);
    expect(textOf(withRows(good, 'leases', () => []))).to.contain('relays     none seen at work');
  });

  it('says why it is unknown', () => {
    const text = textOf(unseen(good, 'log', 'the broker was gone'));
    expect(text).to.contain('the broker was gone');
    expect(text).to.contain('UNKNOWN: ');
    expect(text).not.to.contain('PASS');
  });

  it('tells delays in normal times and under faults apart', () => {
    expect(textOf(good)).to.match(/publish +mean 4\.0 ms \(p99 4\.0 ms\) \(promised/);
    const faulty = adding(good, 'faults', { kind: 'relay-kill', target: 'relay', at: START, healedAt: START + 9_000 });
    expect(textOf(faulty)).to.match(/publish +under faults mean 4\.0 ms/);
  });

  it('paints only when asked to', () => {
    expect(textOf(good)).not.to.contain('\u001b');
    expect(textOf(good, true)).to.contain('\u001b[32mPASS');
  });

  it('lets no text from the run steer the terminal', () => {
    const steering = withRow(without(good, 'log', ofEvent(1, 2)), 'outbox', ofEvent(1, 2), { type: '\u001b[2J\nPASS' });
    expect(textOf(steering)).not.to.contain('\u001b');
    expect(textOf(steering)).not.to.match(/^PASS/m);
  });
});

describe('durations', () => {
  const examples: readonly (readonly [number, string])[] = [
    [0, '0.0 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [999, '999 ms'],
    [999.9, '1.00 s'],
    [12_345, '12.3 s'],
    [119_700, '2 min 00 s'],
  ];
  for (const [ms, text] of examples) it(`${ms} ms is ${text}`, () => expect(duration(ms)).to.equal(text));
  it('shows what came before with a minus', () =>
    expect([since(-1_250), since(3)]).to.deep.equal(['−1.25 s', '+3.0 ms']));
});
