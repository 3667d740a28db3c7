import type { FaultWindow } from '../checker/evidence.ts';
import { faultNamed } from '../faults/catalog.ts';
import type { Fault, Injection, Track } from '../faults/fault.ts';
import { injectDeath } from '../faults/failpoints.ts';
import { injectKill } from '../faults/kill.ts';
import type { NemesisObserver } from '../faults/nemesis.ts';
import type { Talk } from './talk.ts';

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const keyOf = ({ kind, target }: Injection): string => `${kind} ${target}`;

/** A relay that was killed leads nothing before its leases have ended. */
const stillAway = (target: string): string =>
  target.startsWith('relay') ? '; the lanes it led are free when its leases end' : '';

const isOf = (kind: string, inject: Fault['inject']): boolean => faultNamed(kind)?.inject === inject;
/** Other faults leave the process alive, or let it die at a moment. */
const isKill = (kind: string): boolean => isOf(kind, injectKill);

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
      talk.line(
        isKill(kind)
          ? `  ${target} is up again after ${seconds}${stillAway(target)}`
          : `  ${kind} is over after ${seconds}`,
      );
    },
    failed: ({ kind, target }, cause) =>
      talk.line(talk.paint('red', `  ${kind} of ${target} failed: ${messageOf(cause)}`)),
  };
};

/** `Begin: api 20, kafka 20.`, counting only what came up again. */
const countsOf = (begin: string, windows: readonly FaultWindow[], inject: Fault['inject']): readonly string[] => {
  const counts = new Map<string, number>();
  for (const { kind, target, healedAt } of windows)
    if (isOf(kind, inject) && healedAt !== null) counts.set(target, (counts.get(target) ?? 0) + 1);
  const told = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([target, count]) => `${target} ${count}`);
  return told.length === 0 ? [] : [`${begin}: ${told.join(', ')}.`];
};

/** How often which process died, by a signal and at a moment of its own; a line each, none when none did. */
export const deathCounts = (windows: readonly FaultWindow[]): readonly string[] => [
  ...countsOf('Killed with kill -9 and up again', windows, injectKill),
  ...countsOf('Died at a named moment and up again', windows, injectDeath),
];
