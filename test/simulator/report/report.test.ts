import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { check } from '../../../simulator/checker/check.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import { buildReport } from '../../../simulator/report/run-report.ts';
import { writeReport } from '../../../simulator/report/write-report.ts';
import {
  adding,
  aRun,
  DELIVERED,
  eventId,
  ofEvent,
  only,
  orderId,
  START,
  unseen,
  withRow,
  withRows,
  without,
} from '../checker/evidence-builder.ts';
import { reportSchema } from './report-schema.ts';
import { elementsOf } from './well-formed-xml.ts';

const good = aRun(DELIVERED, ['OrderPlaced', 'OrderCancelled']);
const ATTACK = '</script><script>alert(1)</script><img src=x onerror=alert(2)> & "quoted" \u0001';

/** Hostile texts in every place from which a text can reach the report. */
const hostile = ((): Evidence => {
  const broken = without(good, 'log', ofEvent(1, 2));
  const renamed = withRows(broken, 'effects', (all) => all.map((row) => ({ ...row, kind: ATTACK })));
  const attempted = adding(renamed, 'attempts', {
    id: 1,
    eventId: eventId(1, 2),
    attempt: 1,
    failedAt: START,
    error: ATTACK,
  });
  const faulty = adding(attempted, 'faults', { kind: ATTACK, target: ATTACK, at: START, healedAt: null });
  return unseen(withRow(faulty, 'outbox', ofEvent(1, 2), { type: ATTACK }), 'leases', ATTACK);
})();

const REPRODUCE = 'npm run simulate -- --seed 7';
const reportOf = (evidence: Evidence): ReturnType<typeof buildReport> =>
  buildReport({ evidence, result: check(evidence), reproduce: REPRODUCE });

interface Files {
  readonly json: unknown;
  readonly html: string;
  readonly junit: string;
}

const written = async (evidence: Evidence): Promise<Files> => {
  const directory = await mkdtemp(join(tmpdir(), 'report-'));
  try {
    const paths = await writeReport(join(directory, 'new'), {
      evidence,
      result: check(evidence),
      reproduce: REPRODUCE,
    });
    const json: unknown = JSON.parse(await readFile(paths.json, 'utf8'));
    return { json, html: await readFile(paths.html, 'utf8'), junit: await readFile(paths.junit, 'utf8') };
  } finally {
    await rm(directory, { recursive: true });
  }
};

const cases: readonly (readonly [string, Evidence])[] = [
  ['pass', good],
  ['fail', without(good, 'log', ofEvent(1, 2))],
  ['unknown', unseen(good, 'log', 'the broker was gone')],
  ['unknown', aRun()],
  ['fail', hostile],
];

describe('report.json', () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(reportSchema);

  for (const [verdict, evidence] of cases)
    it(`has its shape for ${verdict} with ${evidence.orders.rows.length} orders`, async () => {
      const { json } = await written(evidence);
      expect(validate(json), JSON.stringify(validate.errors)).to.equal(true);
      expect(json).to.have.property('verdict', verdict);
    });

  it('would not pass for another shape', () => {
    const report = reportOf(good);
    expect(validate({ ...report, verdict: 'maybe' })).to.equal(false);
    expect(validate({ ...report, extra: 1 })).to.equal(false);
    const [first] = report.invariants;
    expect(validate({ ...report, invariants: report.invariants.map(() => ({ ...first, verdict: 'fail' })) })).to.equal(
      false,
    );
  });

  it('counts orders by answer and by how they ended', () => {
    expect(reportOf(good).orders).to.deep.equal({
      requested: 2,
      accepted: 2,
      rejected: 0,
      unknown: 0,
      delivered: 1,
      cancelled: 1,
    });
  });

  it('counts a lost event as lost and the gap it leaves', () => {
    const { events } = reportOf(without(good, 'log', ofEvent(1, 2)));
    expect(events).to.include({ committed: 6, published: 5, lost: 1, gaps: 1, phantom: 0, outOfOrder: 0 });
  });

  it('counts what waits behind a quarantined event as held, not as lost or pending', () => {
    const unpublished = { offset: null, publishedAt: null };
    const gone = without(without(good, 'log', ofEvent(2, 1)), 'log', ofEvent(2, 2));
    const quarantined = withRow(gone, 'outbox', ofEvent(2, 1), { ...unpublished, status: 'QUARANTINED', attempts: 7 });
    const { events } = reportOf(withRow(quarantined, 'outbox', ofEvent(2, 2), { ...unpublished, status: 'PENDING' }));
    expect(events).to.include({ quarantined: 1, held: 1, pending: 0, lost: 0 });
  });

  it('counts a consumer’s double effects', () => {
    const effect = only(good.effects.rows.filter(ofEvent(1, 1)));
    const { consumers } = reportOf(adding(good, 'effects', { ...effect, id: 90 }, { ...effect, id: 91 }));
    expect(consumers['payment']).to.include({ duplicateEffects: 2, applied: 6 });
    expect(consumers['shipping']).to.include({ duplicateEffects: 0 });
  });

  it('gives delays in milliseconds, normal times and faults apart', () => {
    const slow = withRow(good, 'log', ofEvent(1, 1), { appendedAt: START + 2_000 });
    const { publishDelayMs } = reportOf(
      adding(slow, 'faults', { kind: 'relay-kill', target: 'relay', at: START + 995, healedAt: START + 1_010 }),
    );
    expect(publishDelayMs.max).to.equal(1_000);
    expect(publishDelayMs.underFaults).to.include({ count: 1, mean: 1_000 });
    expect(publishDelayMs.calm).to.include({ count: 5, mean: 4, p99: 4 });
  });
});

describe('junit.xml', () => {
  for (const [verdict, evidence] of cases)
    it(`is well-formed for ${verdict} with ${evidence.orders.rows.length} orders, one test case for each invariant`, async () => {
      const elements = elementsOf((await written(evidence)).junit);
      const report = reportOf(evidence);
      const of = (name: string): number => elements.filter((element) => element.name === name).length;
      const having = (which: string): number =>
        report.invariants.filter((invariant) => invariant.verdict === which).length;
      expect(of('testcase')).to.equal(report.invariants.length);
      expect(of('failure')).to.equal(having('fail'));
      expect(of('skipped')).to.equal(having('unknown'));
      expect(only(elements.filter(({ name }) => name === 'testsuite')).attributes).to.include({
        tests: String(report.invariants.length),
        failures: String(having('fail')),
        skipped: String(having('unknown')),
      });
    });

  it('would be seen to be broken', () => {
    expect(() => elementsOf('<a><b></a>')).to.throw('closes something else');
    expect(() => elementsOf('<a x="1 & 2"/>')).to.throw('bare &');
    expect(() => elementsOf('<a x="<"/>')).to.throw('not well-formed');
    expect(() => elementsOf('<a>')).to.throw('left open');
  });
});

describe('report.html', () => {
  it('says the verdict first', async () => {
    for (const [verdict, evidence] of cases) {
      const { html } = await written(evidence);
      const heading = /<h1>([^<]*)<\/h1>/.exec(html)?.[1];
      expect(heading).to.match(new RegExp(`^${verdict.toUpperCase()} – `));
    }
  });

  it('shows the counterexample before anything else', async () => {
    const { html } = await written(without(good, 'log', ofEvent(1, 2)));
    const counterexample = html.indexOf('never reached the log');
    expect(counterexample).to.be.greaterThan(0);
    expect(counterexample).to.be.lessThan(html.indexOf('What was promised'));
    expect(html.slice(counterexample)).to.contain(orderId(1));
  });

  it('shows how several relays shared the work, and nothing of it for one', async () => {
    expect((await written(good)).html).not.to.contain('by each of its starts');
    const many = aRun(...Array.from({ length: 20 }, () => DELIVERED));
    const shared = withRows(many, 'leases', (all) =>
      all.map((sighting, index) => ({ ...sighting, owner: index % 2 === 0 ? 'relay-one' : 'relay-two' })),
    );
    const owners = reportOf(shared).relays.map(({ owner }) => owner);
    expect(owners).to.have.members(['relay-one', 'relay-two']);
    const { html } = await written(shared);
    for (const owner of owners) expect(html.slice(html.indexOf('by each of its starts'))).to.contain(owner);
  });

  it('gives only the doubts as reasons of an unknown verdict', async () => {
    const { html } = await written(unseen(good, 'log', 'the broker was gone'));
    const why = html.slice(html.indexOf('>Why<'), html.indexOf('What was promised'));
    expect(why).to.contain('the broker was gone').and.not.to.contain('mean publish delay');
  });

  it('loads nothing', async () => {
    const { html } = await written(good);
    expect(html).not.to.match(/\b(?:src|href)\s*=\s*["']?(?:https?:)?\/\//);
    expect(html).not.to.match(/<link|@import|url\(\s*["']?http/);
    expect(html).to.contain('default-src &#39;none&#39;');
  });

  it('allows exactly its own scripts and styles', async () => {
    const { html } = await written(good);
    const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');
    const inline = [...html.matchAll(/<(?:script|style)>([\s\S]*?)<\/(?:script|style)>/g)].map(([, text = '']) => text);
    expect(inline).to.have.lengthOf(6);
    for (const text of inline) expect(html).to.contain(`sha256-${hashOf(text)}`);
  });

  it('takes no text for markup, wherever it comes from', async () => {
    const { html } = await written(hostile);
    expect(html).not.to.contain('<script>alert');
    expect(html).not.to.contain('<img src=x');
    expect(html).to.contain('&lt;/script&gt;&lt;script&gt;alert(1)');
    expect([...html.matchAll(/<script\b/g)]).to.have.lengthOf(5);
  });

  it('carries the timelines of its orders as data', async () => {
    const { html } = await written(good);
    const data = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
    expect(JSON.parse(data)).to.have.nested.property('orders.length', 2);
    expect(data).to.contain(orderId(2));
  });

  it('keeps a large run small: 400 orders, the interesting ones first', async () => {
    const many = aRun(...Array.from({ length: 450 }, () => DELIVERED));
    const slow = withRow(many, 'inbox', ofEvent(440, 2), { appliedAt: START + 55_000 });
    const { html } = await written(slow);
    expect(html).to.contain('400 of 450 orders');
    const first = /"orderId":"([^"]+)"/.exec(html)?.[1];
    expect(first).to.equal(orderId(440));
  });
});
