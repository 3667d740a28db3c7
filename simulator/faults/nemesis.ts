import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultWindow } from '../checker/evidence.ts';
import type { Fault, FaultContext, Injection, Track } from './fault.ts';

export interface NemesisObserver {
  began(injection: Injection): void;
  healed(injection: Injection, tookMs: number): void;
  failed(injection: Injection, cause: unknown): void;
}

export interface Nemesis {
  /** Every track is done and everything it broke is mended, or the signal was aborted and all is mended. */
  readonly finished: Promise<void>;
  /** What was done so far, by start. */
  windows(): readonly FaultWindow[];
  /** Faults at work now, e.g. `relay-kill relay`. */
  active(): readonly string[];
  /** Plain sentences: injections that could not be made or healed. */
  problems(): readonly string[];
}

interface Window {
  readonly kind: string;
  readonly target: string;
  readonly at: number;
  healedAt: number | null;
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** Carries out the tracks side by side; of one target only one thing at a time is broken. */
export const runNemesis = (
  tracks: readonly Track[],
  faultNamed: (name: string) => Fault | undefined,
  context: FaultContext,
  observer: NemesisObserver,
): Nemesis => {
  const windows: Window[] = [];
  const active = new Set<Injection>();
  const problems: string[] = [];
  const busy = new Map<string, Promise<void>>();
  const { signal } = context;
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);

  const perform = async (injection: Injection): Promise<void> => {
    const fault = faultNamed(injection.kind);
    if (fault === undefined || signal.aborted) return;
    const window: Window = { kind: injection.kind, target: injection.target, at: Date.now(), healedAt: null };
    windows.push(window);
    active.add(injection);
    observer.began(injection);
    try {
      const heal = await fault.inject(context, injection);
      await pause(injection.lastsMs);
      await heal();
      window.healedAt = Date.now();
      observer.healed(injection, window.healedAt - window.at);
    } catch (cause) {
      problems.push(`${injection.kind} of ${injection.target}: ${messageOf(cause)}`);
      observer.failed(injection, cause);
    } finally {
      active.delete(injection);
    }
  };

  const inTurn = (injection: Injection): Promise<void> => {
    const turn = (busy.get(injection.target) ?? Promise.resolve()).then(() => perform(injection));
    busy.set(injection.target, turn);
    return turn;
  };

  const runTrack = async (track: Track): Promise<void> => {
    for (const injection of track) {
      await pause(injection.waitMs);
      if (signal.aborted) return;
      await inTurn(injection);
    }
  };

  return {
    finished: Promise.all(tracks.map(runTrack)).then(() => undefined),
    windows: () => windows.map((window) => ({ ...window })),
    active: () => [...active].map(({ kind, target }) => (kind.includes(target) ? kind : `${kind} ${target}`)),
    problems: () => [...problems],
  };
};
