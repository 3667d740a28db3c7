import { performance } from 'node:perf_hooks';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { movedDate } from './moved-date.ts';

/*
 * What a process can be told to do to itself, so that tests see what it does to the work: variable ON_SIGUSR2 lists it,
 * and each SIGUSR2 brings the next one about. Without the variable nothing of this is there.
 */

export type FaultOnSignal =
  /** From now on the wall clock stands by so many milliseconds further ahead (negative: further back). */
  | { readonly _tag: 'ClockJumps'; readonly ms: number }
  /** Nothing else runs in this process for so many milliseconds. */
  | { readonly _tag: 'LoopStalls'; readonly ms: number };

const EXPECTED =
  'a list such as jump:3600000,jump:-3600000,stall:9000 in milliseconds, at most a day and a minute each';
const MOST_JUMP_MS = 86_400_000;
const MOST_STALL_MS = 60_000;

const faultOf = (text: string): FaultOnSignal | undefined => {
  const [, name, count] = /^(jump|stall):(-?[1-9]\d{0,8})$/.exec(text) ?? [];
  const ms = Number(count);
  if (name === 'jump' && Math.abs(ms) <= MOST_JUMP_MS) return { _tag: 'ClockJumps', ms };
  return name === 'stall' && ms > 0 && ms <= MOST_STALL_MS ? { _tag: 'LoopStalls', ms } : undefined;
};

/** From variable ON_SIGUSR2. Left: a sentence that goes on after its name; always so when NODE_ENV is production. */
export const faultsOnSignalFrom = (
  env: Readonly<Record<string, string | undefined>>,
): Either<string, readonly FaultOnSignal[]> => {
  const text = env['ON_SIGUSR2'];
  if (text === undefined) return E.right([]);
  if (env['NODE_ENV'] === 'production') return E.left('is for tests: unset it when NODE_ENV is production');
  const parts = text.split(',');
  const faults = parts.flatMap((part) => faultOf(part) ?? []);
  return faults.length === parts.length ? E.right(faults) : E.left(`is ${JSON.stringify(text)}: set it to ${EXPECTED}`);
};

/** Brings the faults about one by one, one for each call; does nothing when none is left. */
export const inTurn = (
  faults: readonly FaultOnSignal[],
  jump: (ms: number) => void,
  stall: (ms: number) => void,
): (() => void) => {
  const left = [...faults];
  return () => {
    const fault = left.shift();
    if (fault?._tag === 'ClockJumps') jump(fault.ms);
    if (fault?._tag === 'LoopStalls') stall(fault.ms);
  };
};

/** A busy loop. */
export const stallEventLoop = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

/**
 * For the `main` of a process. A jump moves what every library of the process takes for the present, not only port
 * `Clock`: the Kafka client has its time-outs and heartbeats from the wall clock. The monotonic clock and timers are
 * left alone, as they are when the clock of a machine is set.
 */
export const obeyFaultSignal = (faults: readonly FaultOnSignal[]): void => {
  if (faults.length === 0) return;
  let offsetMs = 0;
  globalThis.Date = movedDate(Date, () => offsetMs);
  const jump = (ms: number): void => {
    offsetMs += ms;
  };
  process.on('SIGUSR2', inTurn(faults, jump, stallEventLoop));
};
