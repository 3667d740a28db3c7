import type { InvariantResult, TimelineEntry } from '../checker/verdict.ts';
import { duration, plural, since, zeroOf } from './format.ts';
import type { RunReport } from './run-report.ts';

export interface VerdictTextOptions {
  /** Paint with ANSI colours. */
  readonly colour: boolean;
  /** Where report.html lies. */
  readonly reportPath?: string;
  /** Invariant whose counterexample is shown when it fails; else that of the first one that fails. */
  readonly named?: number | undefined;
}

type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold';
const CODES: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 };

const MAX_TIMELINE = 24;

// A text from a message or an answer must not steer the terminal.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
const printable = (text: string): string => text.replace(CONTROL, '\ufffd');

const timelineLines = (timeline: readonly TimelineEntry[]): readonly string[] => {
  const start = zeroOf(timeline);
  const shown = timeline.slice(0, MAX_TIMELINE);
  const lines = shown.map(
    ({ at, where, what }) => `    ${since(at - start).padStart(10)}  ${where.padEnd(9)} ${printable(what)}`,
  );
  return timeline.length > shown.length ? [...lines, `    … ${timeline.length - shown.length} more`] : lines;
};

/** `mean 5 ms (p99 30 ms), under faults mean 2.10 s (p99 6.00 s)`, without what never was. */
const meanOf = ({ calm, underFaults }: RunReport['publishDelayMs']): string => {
  const parts = [
    ...(calm.count > 0 ? [`mean ${duration(calm.mean)} (p99 ${duration(calm.p99)})`] : []),
    ...(underFaults.count > 0
      ? [`under faults mean ${duration(underFaults.mean)} (p99 ${duration(underFaults.p99)})`]
      : []),
  ];
  return parts.length === 0 ? 'nothing measured' : parts.join(', ');
};

/** The verdict in plain words for a console, a counterexample first. Ends with a line break. */
export const verdictText = (report: RunReport, { colour, reportPath, named }: VerdictTextOptions): string => {
  const paint = (how: Colour, text: string): string => (colour ? `\u001b[${CODES[how]}m${text}\u001b[0m` : text);
  const lines: string[] = [];
  const with_ = (verdict: InvariantResult['verdict']): readonly InvariantResult[] =>
    report.invariants.filter((invariant) => invariant.verdict === verdict);
  const failed = with_('fail');
  const unknown = with_('unknown');

  const first = failed.find(({ id }) => id === named) ?? failed[0];
  if (first?.counterexample !== undefined) {
    const { summary, orderId, eventId, expected, seen, timeline } = first.counterexample;
    lines.push(paint('red', `Broken: ${first.id}. ${first.name}`), `  ${printable(summary)}`);
    if (orderId !== undefined) lines.push(`  order     ${printable(orderId)}`);
    if (eventId !== undefined) lines.push(`  event     ${printable(eventId)}`);
    lines.push(`  expected  ${printable(expected)}`, `  seen      ${printable(seen)}`, ...timelineLines(timeline), '');
  }
  for (const { id, name, violations } of failed)
    lines.push(paint('red', `  ✗ ${id}. ${name} (${plural(violations, 'case')})`));
  for (const { id, name, doubts } of unknown)
    lines.push(paint('yellow', `  ? ${id}. ${name}: ${printable(doubts[0] ?? 'not decided')}`));
  if (failed.length + unknown.length > 0) lines.push('');

  const { orders, events, relays, publishDelayMs, endToEndMs } = report;
  lines.push(
    `  orders     ${orders.accepted} accepted, ${orders.rejected} refused, ${orders.unknown} without an answer; ${orders.delivered} delivered, ${orders.cancelled} cancelled`,
    `  events     ${events.committed} committed, ${events.published} published; ${events.lost} lost, ${events.phantom} phantom, ${events.outOfOrder} out of order, ${events.duplicatesPublished} published twice`,
    ...Object.entries(report.consumers).map(
      ([name, { applied, duplicatesSeen, duplicateEffects, outOfOrder }]) =>
        `  ${name.padEnd(9)}  ${applied} applied, ${duplicatesSeen} duplicates seen; ${duplicateEffects} double effects, ${outOfOrder} out of order`,
    ),
    `  relays     ${relays.map(({ lanes, events: led }) => `${plural(led, 'event')} in ${plural(lanes, 'lane')}`).join(', ') || 'none seen at work'}`,
    `  publish    ${meanOf(publishDelayMs)} (promised: mean at most 3 s in normal times)`,
    `  whole way  ${meanOf(endToEndMs)}, slowest ${duration(endToEndMs.max)} (promised: at most 60 s, faults apart)`,
    `  faults     ${report.faults.length}`,
    '',
  );
  const held = report.invariants.length - failed.length - unknown.length;
  switch (report.verdict) {
    case 'pass':
      lines.push(paint('green', `PASS: all ${plural(held, 'invariant')} hold`));
      break;
    case 'fail':
      lines.push(
        paint('red', `FAIL: ${plural(failed.length, 'invariant')} broken, ${held} hold, ${unknown.length} unknown`),
      );
      break;
    case 'unknown':
      lines.push(
        paint(
          'yellow',
          `UNKNOWN: ${plural(unknown.length, 'invariant')} could not be decided, ${held} hold, none was seen broken`,
        ),
      );
      break;
  }
  if (reportPath !== undefined) lines.push(`Report: ${reportPath}`);
  lines.push(paint('dim', `Again:  ${report.reproduce}`));
  return `${lines.join('\n')}\n`;
};
