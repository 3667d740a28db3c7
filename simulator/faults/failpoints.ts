import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Injection, MatrixRow, Track } from './fault.ts';
import {
  allPublished,
  cutOffAndSentAgain,
  deathsAt,
  noAttemptSpent,
  oneEffectEach,
  sentAgain,
} from './rows/expectations.ts';

/** The moments at which each role can be told to die as by kill -9, as its setting FAILPOINT names them. */
const SERVICE_POINTS = {
  api: ['before-commit', 'after-commit'],
  relay: ['before-publish', 'after-publish', 'before-settle', 'after-settle'],
} as const;
const CONSUMER_POINTS = [
  'before-effect',
  'after-commit-before-offset',
  'before-callback',
  'after-callback-before-mark',
] as const;

type Points = Readonly<Record<string, readonly string[]>>;

const ALL_POINTS: Points = { ...SERVICE_POINTS, payment: CONSUMER_POINTS, shipping: CONSUMER_POINTS };

/** The first few times that a moment is reached are much alike; one of them is chosen. */
const LATEST_TIME = 5;
/** From the start of the process; a consumer begins only when its group has let it in. */
const REACHED_BOUND_MS = 60_000;
const BETWEEN_MS = [500, 1_500] as const;

/** `relay at after-publish`: names both, so that reports and counts tell which moment was hit. */
const targetOf = (role: string, point: string): string => `${role} at ${point}`;

const partsOf = ({ target }: Injection): readonly [role: string, point: string] => {
  const [role = '', point = ''] = target.split(' at ');
  return [role, point];
};

export const injectDeath: Fault['inject'] = async ({ house, random, signal }, injection) => {
  const [role, point] = partsOf(injection);
  const { ended } = await house.restartWith(role, { FAILPOINT: `${point}:${random.int(1, LATEST_TIME)}` });
  const waiting = new AbortController();
  const late = sleep(REACHED_BOUND_MS, undefined, { signal: AbortSignal.any([signal, waiting.signal]) });
  const ending = await Promise.race([ended, late.catch(() => undefined)]);
  waiting.abort();
  if (ending?.signal === 'SIGKILL') return () => house.revive(role);
  if (ending === undefined) await house.kill(role);
  await house.revive(role);
  throw new Error(
    ending === undefined
      ? `${role} never reached ${point} within ${REACHED_BOUND_MS / 1_000} s`
      : `${role} ended with code ${String(ending.code)} instead of dying at ${point}`,
  );
};

/** Each role has a track of its own, in which it dies at one moment after the other, `times` times in all. */
const failpointFault = (
  name: string,
  describe: string,
  points: Points,
  times: number,
  { load, row }: Pick<Fault, 'load' | 'row'> = {},
): Fault => ({
  name,
  describe,
  tell: (injection) => {
    const [role, point] = partsOf(injection);
    return `${role} is to die at ${point}`;
  },
  needs: [],
  ...(load === undefined ? {} : { load }),
  ...(row === undefined ? {} : { row }),
  plan: ({ random, loadMs }) =>
    Object.entries(points).map(([role, moments]): Track => {
      const deaths = Array.from({ length: times }, () => moments).flat();
      // However short the load is, the last one is to meet work.
      const longest = Math.floor((loadMs * 0.8) / deaths.length);
      return deaths.map((point) => ({
        kind: name,
        target: targetOf(role, point),
        waitMs: Math.min(random.int(...BETWEEN_MS), longest),
        lastsMs: 0,
      }));
    }),
  inject: injectDeath,
});

/** A row in which a process dies at a moment, `times` times; the matrix needs a proof of each death. */
const rowOf = (
  number: number,
  expected: string,
  deaths: { readonly kind: string; readonly times: number },
  seen: NonNullable<MatrixRow['judge']>,
): MatrixRow => ({
  number,
  expected,
  mixes: false,
  judge: (aftermath) => [deathsAt(aftermath, deaths.kind, deaths.times), ...seen(aftermath)],
});

/** Row 1 of the fault matrix: nothing was sent, so it is sent by the next one. */
export const relayDiesBeforeSend = failpointFault(
  'relay-dies-before-send',
  'the relay dies with a batch claimed and not sent, twice; the batch is sent by the next one',
  { relay: ['before-publish'] },
  2,
  {
    row: rowOf(1, 'resent by the next one', { kind: 'relay-dies-before-send', times: 2 }, (aftermath) => [
      noAttemptSpent(aftermath),
      allPublished(aftermath),
    ]),
  },
);
/** Row 2: the broker has the batch, the outbox does not know; only a duplicate may come of it. */
export const relayDiesAfterAck = failpointFault(
  'relay-dies-after-ack',
  'the relay dies with a batch acknowledged and not marked, twice; the batch is sent again, in order',
  { relay: ['after-publish'] },
  2,
  {
    row: rowOf(2, 'duplicates only', { kind: 'relay-dies-after-ack', times: 2 }, (aftermath) => [
      sentAgain(aftermath),
      noAttemptSpent(aftermath),
    ]),
  },
);
/** Row 3: nothing may be written. */
export const apiDiesBeforeCommit = failpointFault(
  'api-dies-before-commit',
  'the API dies with everything written and COMMIT not sent, three times; nothing of it may be seen',
  { api: ['before-commit'] },
  3,
  {
    row: rowOf(
      3,
      'nothing written; the retry of the client takes effect once',
      { kind: 'api-dies-before-commit', times: 3 },
      (aftermath) => [cutOffAndSentAgain(aftermath)],
    ),
  },
);
/** Row 30: the effect is there, the offset is not; the event comes again and must have one effect. */
export const consumersDieAfterEffect = failpointFault(
  'consumers-die-after-effect',
  'payment and shipping die after an effect was committed and before its offset was; it may happen once',
  { payment: ['after-commit-before-offset'], shipping: ['after-commit-before-offset'] },
  1,
  {
    load: { orders: 300, ratePerSecond: 8 },
    row: {
      ...rowOf(30, 'one effect for each event', { kind: 'consumers-die-after-effect', times: 2 }, (aftermath) => [
        oneEffectEach(aftermath),
      ]),
      load: { orders: 240, ratePerSecond: 8 },
    },
  },
);

export const failpoints = failpointFault(
  'failpoints',
  'every role dies once at every moment it can be told to die at; one that is never reached makes the run unknown',
  ALL_POINTS,
  1,
  { load: { orders: 1_000, ratePerSecond: 5 } },
);
