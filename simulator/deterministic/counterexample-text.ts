import type { InvariantResult } from '../checker/verdict.ts';
import { since, zeroOf } from '../report/format.ts';
import { replayCommand } from './deterministic-options.ts';
import { planOf } from './plan.ts';
import type { Step } from './plan.ts';

const described = ({ at, kind, ...rest }: Step): string => {
  const details = Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`);
  return `${(at / 1_000).toFixed(3).padStart(8)} s  ${kind}  ${details.join(', ')}`;
};

/** A broken invariant of a history, the steps that lead to it, the order's life and the command that shows it again. */
export const counterexampleText = (seed: number, steps: readonly number[], broken: InvariantResult): string => {
  const { id, name, counterexample } = broken;
  const plan = planOf(seed);
  const lines = [`Broken: ${id}. ${name}`];
  if (counterexample !== undefined) {
    const { summary, orderId, eventId, expected, seen } = counterexample;
    lines.push(`  ${summary}`);
    if (orderId !== undefined) lines.push(`  order     ${orderId}`);
    if (eventId !== undefined) lines.push(`  event     ${eventId}`);
    lines.push(`  expected  ${expected}`, `  seen      ${seen}`);
  }
  const { lanes, relays, members, batchRecords } = plan;
  lines.push(
    `  seed ${seed}: ${lanes} lanes, ${relays} relays, ${members} members a group, batches of ${batchRecords}; its steps ${steps.join(', ')}`,
    ...plan.steps.flatMap((step, place) =>
      steps.includes(place) ? [`    ${String(place).padStart(3)}  ${described(step)}`] : [],
    ),
  );
  const timeline = counterexample?.timeline ?? [];
  if (timeline.length > 0) lines.push(`  what happened to ${counterexample?.orderId ?? 'the order'}`);
  const zero = zeroOf(timeline);
  for (const { at, where, what } of timeline)
    lines.push(`    ${since(at - zero).padStart(10)}  ${where.padEnd(9)} ${what}`);
  return [...lines, `Again:  ${replayCommand(seed, steps)}`].join('\n');
};
