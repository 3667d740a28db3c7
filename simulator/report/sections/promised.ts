import { duration, grouped } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { RunReport } from '../run-report.ts';

interface Target {
  readonly title: string;
  readonly value: string;
  readonly promised: string;
  /** What the number leaves out, or what it is beside it. */
  readonly beside?: string;
  readonly state: 'kept' | 'broken' | 'unjudged';
}

const STATES = { kept: 'kept', broken: 'broken', unjudged: 'not judged' } as const;

// A number and its unit stay on one line.
const lasting = (ms: number): string => duration(ms).replaceAll(' ', '\u00a0');

const share = (part: number, whole: number): string =>
  whole === 0 ? 'none seen' : `${part === 0 ? '0' : ((100 * part) / whole).toPrecision(2)} %`;

const publishTarget = ({ publishDelayMs: { calm, underFaults, mean } }: RunReport): Omit<Target, 'state'> => {
  const promised = 'at most 3\u00a0s in normal times';
  if (calm.count + underFaults.count === 0) return { title: 'Mean publish delay', value: 'none seen', promised };
  if (calm.count === 0) return { title: 'Mean publish delay, all under faults', value: lasting(mean), promised };
  return {
    title: 'Mean publish delay in normal times',
    value: lasting(calm.mean),
    promised,
    beside:
      underFaults.count === 0
        ? 'No fault was in the way of any event.'
        : `With faults: ${lasting(mean)} over all events, ${lasting(underFaults.mean)} over those that a fault hit.`,
  };
};

const wholeWayTarget = ({ endToEndMs: { calm, underFaults, max } }: RunReport): Omit<Target, 'state'> => ({
  title: 'Slowest event, from order to last consumer',
  value: calm.count + underFaults.count === 0 ? 'none seen' : lasting(max),
  promised: 'at most 60\u00a0s, fault windows apart',
  ...(calm.count > 0 && underFaults.count > 0 && calm.max < max
    ? { beside: `In normal times: ${lasting(calm.max)}.` }
    : {}),
});

/** The numbers of the requirements, and whether the checks behind each passed. */
const targetsOf = (report: RunReport): readonly Target[] => {
  const stateOf = (...ids: readonly number[]): Target['state'] => {
    const verdicts = report.invariants.filter(({ id }) => ids.includes(id)).map(({ verdict }) => verdict);
    if (verdicts.includes('fail')) return 'broken';
    return verdicts.length === ids.length && verdicts.every((verdict) => verdict === 'pass') ? 'kept' : 'unjudged';
  };
  const { events } = report;
  const doubles = Object.values(report.consumers).reduce((sum, { duplicateEffects }) => sum + duplicateEffects, 0);
  return [
    {
      title: 'Events lost',
      value: share(events.lost, events.committed),
      promised: '0 %',
      beside: `${grouped(events.lost)} of ${grouped(events.committed)} written with their orders.`,
      state: stateOf(1, 3),
    },
    {
      title: 'Events out of order',
      value: share(events.outOfOrder + events.gaps, events.published),
      promised: '0 %',
      beside: `Within an order; ${grouped(events.published)} published.`,
      state: stateOf(7),
    },
    {
      title: 'Effects applied twice',
      value: grouped(doubles),
      promised: '0',
      beside: `${grouped(events.duplicatesPublished)} published again after a fault, and dropped by the consumers.`,
      state: stateOf(10),
    },
    { ...publishTarget(report), state: stateOf(13) },
    { ...wholeWayTarget(report), state: stateOf(13) },
  ];
};

export const promisedSection = (report: RunReport): Html => html`
  <h2 id="promised">What was promised, and what was seen</h2>
  <div class="targets">
    ${targetsOf(report).map(
      ({ title, value, promised, beside, state }) =>
        html`<div class="card target ${state}">
          <h3>${title}</h3>
          <p class="value">${value}</p>
          <p><span class="chip ${state}">${STATES[state]}</span></p>
          <p class="soft">Promised: ${promised}</p>
          ${beside === undefined ? undefined : html`<p class="soft">${beside}</p>`}
        </div>`,
    )}
  </div>
`;
