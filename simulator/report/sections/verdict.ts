import { duration, grouped, plural } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { RunReport } from '../run-report.ts';

const HEADLINE = {
  pass: 'PASS – every promise was kept',
  fail: 'FAIL – a promise was broken',
  unknown: 'UNKNOWN – not enough was seen to judge',
} as const;

/** What the verdict means, for someone who has never seen one. */
const MEANING = {
  pass: 'Pass: for every check there was enough evidence, and no exception was found. It speaks of this run, not of all runs.',
  fail: 'Fail: at least one check found an exception. The smallest one is shown next, with the life of its order.',
  unknown:
    'Unknown: some evidence is missing, so nobody can say that all promises were kept. That is never counted as a pass.',
} as const;

const waiting = ({ quarantined, held }: RunReport['events']): string =>
  quarantined + held === 0
    ? ''
    : ` ${grouped(quarantined)} could not be published and stay quarantined, ${grouped(held)} wait behind them.`;

const leadOf = ({ invariants, events, orders, faults, verdict }: RunReport): string => {
  const of = (wanted: string): number => invariants.filter((invariant) => invariant.verdict === wanted).length;
  switch (verdict) {
    case 'pass':
      return `${grouped(events.published)} events of ${grouped(orders.accepted + orders.unknown)} orders went from MySQL through Kafka to every consumer while ${plural(faults.length, 'fault')} hit the system. None was lost, none came out of order, none was applied twice.${waiting(events)}`;
    case 'fail':
      return `${of('fail')} of ${plural(invariants.length, 'check')} found that a promise was broken.`;
    case 'unknown':
      return `${of('unknown')} of ${plural(invariants.length, 'check')} could not be decided. None was seen broken.`;
  }
};

const plantedNote = ({ planted, invariants }: RunReport): Html | undefined => {
  if (planted === null) return undefined;
  const caught = invariants.some(({ id, verdict }) => id === planted.breaks && verdict === 'fail');
  return html`<p class="planted">
    <strong>This run carried a bug on purpose</strong>, “${planted.name}” – ${planted.describe} – to see that it is
    found. It must break check ${planted.breaks}:
    ${caught ? 'it did, so the bug was caught.' : 'it did not, so the bug was missed.'}
  </p>`;
};

export const verdictSection = (report: RunReport): Html => html`
  <header class="card verdict ${report.verdict}">
    <h1>${HEADLINE[report.verdict]}</h1>
    <p class="lead">${leadOf(report)}</p>
    ${plantedNote(report)}
    <p class="soft">${MEANING[report.verdict]}</p>
    <p class="run-facts">
      <span>Started ${report.startedAt.slice(0, 19).replace('T', ' ')} UTC</span>
      <span>Ran ${duration(Date.parse(report.finishedAt) - Date.parse(report.startedAt))}</span>
      <span>Seed ${report.seed ?? 'none'}</span>
    </p>
    <p class="again"><span class="soft">Run it again</span><code>${report.reproduce}</code></p>
  </header>
  <nav aria-label="Parts of this report">
    <a href="#promised">Promises</a><a href="#over-time">Over time</a><a href="#checks">Checks</a
    ><a href="#orders">Orders</a><a href="#faults">Faults</a><a href="#numbers">Numbers</a>
  </nav>
`;
