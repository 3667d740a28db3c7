import type { FaultWindow } from '../checker/evidence.ts';
import { faultNamed } from '../faults/catalog.ts';
import type { Injection, Track } from '../faults/fault.ts';
import { injectKill } from '../faults/kill.ts';
import type { NemesisObserver } from '../faults/nemesis.ts';
import type { Talk } from './talk.ts';

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const keyOf = ({ kind, target }: Injection): string => `${kind} ${target}`;

/** Other faults leave the process alive. */
const isKill = (kind: string): boolean => faultNamed(kind)?.inject === injectKill;

/** Tells each fault as it happens: `! kill -9 of relay (2 of 3)`. */
export const narrate = (tracks: readonly Track[], talk: Talk): NemesisObserver => {
  const totals = new Map<string, number>();
  const begun = new Map<string, number>();
  for (const injection of tracks.flat()) totals.set(keyOf(injection), (totals.get(keyOf(injection)) ?? 0) + 1);
  return {
    began: (injection) => {
      const count = (begun.get(keyOf(injection)) ?? 0) + 1;
      begun.set(keyOf(injection), count);
      const total = totals.get(keyOf(injection)) ?? count;
      const what = faultNamed(injection.kind)?.tell(injection) ?? keyOf(injection);
      talk.line(talk.paint('yellow', `! ${what}${total > 1 ? ` (${count} of ${total})` : ''}`));
    },
    healed: ({ kind, target }, tookMs) => {
      const seconds = `${(tookMs / 1_000).toFixed(1)} s`;
      talk.line(isKill(kind) ? `  ${target} is up again after ${seconds}` : `  ${kind} is over after ${seconds}`);
    },
    failed: ({ kind, target }, cause) =>
      talk.line(talk.paint('red', `  ${kind} of ${target} failed: ${messageOf(cause)}`)),
  };
};

/** `Killed with kill -9: api 20, kafka 20.`, counting only what came up again; empty when nothing was killed. */
export const killCounts = (windows: readonly FaultWindow[]): string => {
  const counts = new Map<string, number>();
  for (const { kind, target, healedAt } of windows)
    if (isKill(kind) && healedAt !== null) counts.set(target, (counts.get(target) ?? 0) + 1);
  if (counts.size === 0) return '';
  return `Killed with kill -9 and up again: ${[...counts].map(([target, count]) => `${target} ${count}`).join(', ')}.`;
};
