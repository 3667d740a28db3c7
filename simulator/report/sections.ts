import type { Distribution } from '../checker/facts/distribution.ts';
import type { TimelineEntry } from '../checker/verdict.ts';
import { duration, grouped, plural, since, zeroOf } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { ShownOrders } from './interesting-orders.ts';
import type { RunReport } from './run-report.ts';
import type { Series } from './series.ts';

const HEADLINE = {
  pass: 'PASS – every promise was kept',
  fail: 'FAIL – a promise was broken',
  unknown: 'UNKNOWN – not enough was seen to judge',
} as const;

const leadOf = (report: RunReport): string => {
  const of = (verdict: string): number => report.invariants.filter((invariant) => invariant.verdict === verdict).length;
  const { events, orders } = report;
  switch (report.verdict) {
    case 'pass':
      return `${grouped(events.published)} events of ${grouped(orders.accepted + orders.unknown)} orders went from MySQL through Kafka to every consumer while ${plural(report.faults.length, 'fault')} hit the system. None was lost, none came out of order, none was applied twice.`;
    case 'fail':
      return `${plural(of('fail'), 'invariant')} of ${report.invariants.length} broken. The smallest case comes first.`;
    case 'unknown':
      return `${plural(of('unknown'), 'invariant')} of ${report.invariants.length} could not be decided. None was seen broken, but that is no pass.`;
  }
};

export const verdictSection = (report: RunReport): Html => html`
  <header class="card verdict ${report.verdict}">
    <h1>${HEADLINE[report.verdict]}</h1>
    <p class="lead">${leadOf(report)}</p>
    <div class="run-facts">
      <span>started ${report.startedAt.slice(0, 19).replace('T', ' ')} UTC</span>
      <span>ran ${duration(Date.parse(report.finishedAt) - Date.parse(report.startedAt))}</span>
      <span>seed ${report.seed ?? 'none'}</span>
      <span>again: <code>${report.reproduce}</code></span>
    </div>
  </header>
`;

const KNOWN_PLACES = new Set(['client', 'outbox', 'relay', 'log', 'fault', 'operator']);

const timelineList = (timeline: readonly TimelineEntry[]): Html => {
  const start = zeroOf(timeline);
  return html`<ol class="timeline">
    ${timeline.map(
      ({ at, where, what }) =>
        html`<li>
          <time class="mono" datetime="${new Date(at).toISOString()}">${since(at - start)}</time>
          <span class="where ${KNOWN_PLACES.has(where) ? where : ''}">${where}</span>
          <span class="what">${what}</span>
        </li>`,
    )}
  </ol>`;
};

const caseCard = ({ id, name, violations, counterexample }: RunReport['invariants'][number]): Html =>
  counterexample === undefined
    ? html``
    : html`<article class="card case">
        <p class="soft">Invariant ${id}: ${name} – ${plural(violations, 'case')}</p>
        <p class="lead">${counterexample.summary}</p>
        <dl class="versus">
          <dt>expected</dt>
          <dd>${counterexample.expected}</dd>
          <dt>seen</dt>
          <dd>${counterexample.seen}</dd>
          ${
            counterexample.orderId === undefined
              ? undefined
              : html`<dt>order</dt>
                  <dd class="mono">${counterexample.orderId}</dd>`
          }
          ${
            counterexample.eventId === undefined
              ? undefined
              : html`<dt>event</dt>
                  <dd class="mono">${counterexample.eventId}</dd>`
          }
        </dl>
        ${timelineList(counterexample.timeline)}
      </article>`;

const MAX_DOUBTS = 20;

const doubtsCard = (report: RunReport): Html => {
  const doubts = new Set(
    report.invariants.filter(({ verdict }) => verdict === 'unknown').flatMap(({ doubts }) => doubts),
  );
  return html`<article class="card case doubt">
    <p class="lead">Why</p>
    <ul>
      ${[...doubts].slice(0, MAX_DOUBTS).map((doubt) => html`<li>${doubt}</li>`)}
    </ul>
  </article>`;
};

/** The first counterexample with the others folded away, or the reasons of an unknown verdict. Nothing when all is well. */
export const casesSection = (report: RunReport): Html => {
  if (report.verdict === 'unknown') return doubtsCard(report);
  const [first, ...others] = report.invariants.filter(({ counterexample }) => counterexample !== undefined);
  if (first === undefined) return html``;
  return html`${caseCard(first)}${
    others.length === 0
      ? undefined
      : html`<details class="card table-card more-cases">
          <summary>Also broken: ${others.map(({ id }) => id).join(', ')}</summary>
          ${others.map(caseCard)}
        </details>`
  }`;
};

interface Target {
  readonly title: string;
  readonly value: string;
  readonly promised: string;
  readonly state: 'kept' | 'broken' | 'unjudged';
}

const share = (part: number, whole: number): string =>
  whole === 0 ? 'none seen' : `${part === 0 ? '0' : ((100 * part) / whole).toPrecision(2)} %`;

/** The numbers of the requirements, and whether the invariant behind each holds. */
const targetsOf = (report: RunReport): readonly Target[] => {
  const stateOf = (...ids: readonly number[]): Target['state'] => {
    const verdicts = report.invariants.filter(({ id }) => ids.includes(id)).map(({ verdict }) => verdict);
    if (verdicts.includes('fail')) return 'broken';
    return verdicts.length === ids.length && verdicts.every((verdict) => verdict === 'pass') ? 'kept' : 'unjudged';
  };
  const { events, publishDelayMs, endToEndMs } = report;
  const doubles = Object.values(report.consumers).reduce((sum, { duplicateEffects }) => sum + duplicateEffects, 0);
  const calm = publishDelayMs.calm.count > 0;
  return [
    { title: 'Events lost', value: share(events.lost, events.committed), promised: '0 %', state: stateOf(1, 3) },
    {
      title: 'Events out of order',
      value: share(events.outOfOrder + events.gaps, events.published),
      promised: '0 %',
      state: stateOf(7),
    },
    { title: 'Effects applied twice', value: grouped(doubles), promised: '0', state: stateOf(10) },
    {
      title: calm ? 'Mean publish delay' : 'Mean publish delay, under faults',
      value: duration(calm ? publishDelayMs.calm.mean : publishDelayMs.mean),
      promised: 'at most 3 s',
      state: stateOf(13),
    },
    {
      title: 'Slowest whole way',
      value: duration(endToEndMs.max),
      promised: 'at most 60 s, faults apart',
      state: stateOf(13),
    },
  ];
};

export const targetsSection = (report: RunReport): Html => html`
  <h2>What was promised</h2>
  <div class="targets">
    ${targetsOf(report).map(
      ({ title, value, promised, state }) =>
        html`<div class="card target ${state}">
          <span class="soft">${title}</span><span class="value">${value}</span
          ><span class="soft">promised: ${promised}</span>
        </div>`,
    )}
  </div>
`;

const chart = (id: string, title: string, text: string): Html => html`
  <section class="card chart">
    <h3>${title}</h3>
    <p class="soft">${text}</p>
    <div class="plot" id="chart-${id}"></div>
  </section>
`;

export const chartsSection = (series: Series): Html => html`
  <h2>Over time</h2>
  <p class="soft">Shaded: a fault was open. One point stands for ${duration(series.bucketMs)}.</p>
  <br />
  <div class="charts">
    ${[
      chart('publish', 'Publish delay', 'From the outbox row to the broker, by time of creation; logarithmic.'),
      chart('whole-way', 'Whole way', 'From the outbox row to the last consumer; logarithmic.'),
      chart('throughput', 'Throughput', 'Orders placed, events committed, records in the log.'),
      chart('backlog', 'Backlog', 'Rows of the outbox that are not yet published.'),
    ]}
  </div>
`;

export const invariantsSection = (report: RunReport): Html => html`
  <h2>Invariants</h2>
  <div class="card table-card">
    <table>
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">What must hold</th>
          <th scope="col">Verdict</th>
          <th scope="col" class="number">Checked</th>
          <th scope="col" class="number">Broken</th>
        </tr>
      </thead>
      <tbody>
        ${report.invariants.map(
          ({ id, name, verdict, checked, violations, doubts, notes }) =>
            html`<tr>
              <td class="soft">${id}</td>
              <th scope="row">${name}${[...doubts, ...notes].map((note) => html`<div class="notes">${note}</div>`)}</th>
              <td><span class="chip ${verdict}">${verdict}</span></td>
              <td class="number">${grouped(checked)}</td>
              <td class="number">${grouped(violations)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>
`;

const words = (key: string): string => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const countTable = (title: string, counts: Readonly<Record<string, number>>): Html => html`
  <div class="card table-card">
    <table>
      <thead>
        <tr>
          <th scope="col">${title}</th>
          <th></th>
        </tr>
      </thead>
      <tbody>
        ${Object.entries(counts).map(
          ([key, count]) =>
            html`<tr>
              <th scope="row">${words(key)}</th>
              <td class="number">${grouped(count)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>
`;

const delayRow = (name: string, count: number | undefined, figures: Omit<Distribution, 'count'>): Html => html`
  <tr>
    <th scope="row">${name}</th>
    <td class="number">${count === undefined ? '' : grouped(count)}</td>
    ${[figures.mean, figures.p50, figures.p95, figures.p99, figures.max].map(
      (value) => html`<td class="number">${count === 0 ? '–' : duration(value)}</td>`,
    )}
  </tr>
`;

const delayRows = (name: string, delays: RunReport['publishDelayMs']): readonly Html[] => [
  delayRow(name, delays.calm.count + delays.underFaults.count, delays),
  delayRow('– in normal times', delays.calm.count, delays.calm),
  delayRow('– under faults', delays.underFaults.count, delays.underFaults),
];

export const numbersSection = (report: RunReport): Html => html`
  <h2>Numbers</h2>
  <div class="card table-card">
    <table>
      <thead>
        <tr>
          <th scope="col">Delay</th>
          ${['Events', 'Mean', 'p50', 'p95', 'p99', 'Max'].map(
            (title) => html`<th scope="col" class="number">${title}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${[...delayRows('Publish: outbox to broker', report.publishDelayMs), ...delayRows('Whole way: outbox to last consumer', report.endToEndMs)]}
      </tbody>
    </table>
  </div>
  <br />
  <div class="columns">
    ${[
      countTable('Orders', { ...report.orders }),
      countTable('Events', { ...report.events }),
      ...Object.entries(report.consumers).map(([name, counts]) => countTable(`Consumer ${name}`, { ...counts })),
    ]}
  </div>
`;

const faultRow = (fault: RunReport['faults'][number], startedAt: string): Html => html`
  <tr>
    <th scope="row">${fault.kind}</th>
    <td>${fault.target}</td>
    <td class="number">+${duration(Date.parse(fault.at) - Date.parse(startedAt))}</td>
    <td class="number">
      ${fault.healedAt === null ? 'never' : duration(Date.parse(fault.healedAt) - Date.parse(fault.at))}
    </td>
  </tr>
`;

const MANY_FAULTS = 12;

export const faultsSection = (report: RunReport): Html => {
  if (report.faults.length === 0)
    return html`<h2>Faults</h2>
      <p class="soft">None were injected.</p>`;
  const counts = new Map<string, number>();
  for (const { kind, target } of report.faults) {
    const name = kind.includes(target) ? kind : `${kind} of ${target}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">Fault</th>
        <th scope="col">Target</th>
        <th scope="col" class="number">At</th>
        <th scope="col" class="number">Healed after</th>
      </tr>
    </thead>
    <tbody>
      ${report.faults.map((fault) => faultRow(fault, report.startedAt))}
    </tbody>
  </table>`;
  return html`
    <h2>Faults</h2>
    <p class="soft">${[...counts].map(([name, count]) => `${name}: ${count}`).join(' · ')}</p>
    <br />
    <div class="card table-card">
      ${
        report.faults.length > MANY_FAULTS
          ? html`<details>
              <summary>All ${report.faults.length}</summary>
              ${table}
            </details>`
          : table
      }
    </div>
  `;
};

export const ordersSection = (shown: ShownOrders): Html => html`
  <h2>The life of an order</h2>
  <p class="soft">
    ${
      shown.orders.length === shown.of
        ? `All ${grouped(shown.of)} orders of the run.`
        : `${grouped(shown.orders.length)} of ${grouped(shown.of)} orders, those worth a look first.`
    }
    Times count from the first thing known of the order.
  </p>
  <br />
  <div class="orders">
    <div class="card picker">
      <input id="order-filter" type="search" placeholder="order ID, status or reason" aria-label="Filter orders" />
      <ul id="order-list"></ul>
    </div>
    <div class="card" id="order-timeline"><p class="soft">This part needs JavaScript.</p></div>
  </div>
  <footer>One page, no network. The same data as numbers: report.json; for build servers: junit.xml.</footer>
`;
