import { plural } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { RunReport } from '../run-report.ts';
import { timelineKey, timelineList } from './timeline.ts';

type Invariant = RunReport['invariants'][number];

const MAX_DOUBTS = 20;

const fact = (name: string, value: string | undefined, className = ''): Html | undefined =>
  value === undefined
    ? undefined
    : html`<dt>${name}</dt>
        <dd class="${className}">${value}</dd>`;

const caseCard = ({ id, name, violations, counterexample }: Invariant): Html =>
  counterexample === undefined
    ? html``
    : html`<article class="card case">
        <p class="soft">Check ${id}: ${name} – ${plural(violations, 'case')}</p>
        <h3 class="lead">${counterexample.summary}</h3>
        <dl class="versus">
          ${[
            fact('Expected', counterexample.expected),
            fact('Seen', counterexample.seen),
            fact('Order', counterexample.orderId, 'mono'),
            fact('Event', counterexample.eventId, 'mono'),
          ].filter((part) => part !== undefined)}
        </dl>
        ${
          counterexample.timeline.length === 0
            ? undefined
            : html`<h4>What happened to this order</h4>
                ${timelineKey} ${timelineList(counterexample.timeline)}`
        }
      </article>`;

const doubtsCard = ({ invariants }: RunReport): Html => {
  const doubts = new Set(invariants.filter(({ verdict }) => verdict === 'unknown').flatMap(({ doubts }) => doubts));
  return html`<article class="card case doubt">
    <h2>Why</h2>
    <ul>
      ${[...doubts].slice(0, MAX_DOUBTS).map((doubt) => html`<li>${doubt}</li>`)}
    </ul>
  </article>`;
};

/**
 * The first counterexample with the others folded away, or the reasons of an unknown verdict. Nothing when all is well.
 * A planted bug is shown by the check that it is made to break.
 */
export const casesSection = (report: RunReport): Html => {
  if (report.verdict === 'unknown') return doubtsCard(report);
  const broken = report.invariants.filter(({ counterexample }) => counterexample !== undefined);
  const first = broken.find(({ id }) => id === report.planted?.breaks) ?? broken[0];
  if (first === undefined) return html``;
  const others = broken.filter((invariant) => invariant !== first);
  return html`<h2>What went wrong</h2>
    ${caseCard(first)}${
      others.length === 0
        ? undefined
        : html`<details class="card more-cases">
            <summary>
              Also broken, often by the same cause: ${plural(others.length, 'check')}
              (${others.map(({ id }) => id).join(', ')})
            </summary>
            ${others.map(caseCard)}
          </details>`
    }`;
};
