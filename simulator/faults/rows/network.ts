import { setTimeout as sleep } from 'node:timers/promises';
import type { House } from '../../run/house.ts';
import type { Fault, FaultContext, Heal } from '../fault.ts';
import type { FaultProxy, Shape } from '../proxy/fault-proxy.ts';
import { isProduce } from '../proxy/matches.ts';
import { noAttemptSpent, sentAgain } from './expectations.ts';
import { once } from './once.ts';
import { rolesReady } from './roles-ready.ts';
import { waitUntil } from './wait-until.ts';

const BOTH = { proxies: ['mysql', 'kafka'] as const };

/** The proxies of the run; every fault of this file asks for them. */
const linesOf = ({ proxies }: House): readonly FaultProxy[] => {
  const lines = [proxies.mysql, proxies.kafka].filter((proxy) => proxy !== undefined);
  if (lines.length === 0) throw new Error('no proxy stands between the roles and their servers');
  return lines;
};

/** The lines are good again, and every role says that it is ready. */
const healLines =
  (house: House): Heal =>
  () => {
    for (const line of linesOf(house)) line.heal();
    return rolesReady(house);
  };

const shaping =
  (shape: Shape): Fault['inject'] =>
  ({ house }) => {
    for (const line of linesOf(house)) line.shape(shape);
    return Promise.resolve(healLines(house));
  };

const LOST_ANSWERS = 6;
const LOSS_BOUND_MS = 20_000;

export const produceAnswerLost: Fault = {
  name: 'produce-answer-lost',
  describe: `Kafka stores ${LOST_ANSWERS} produce requests, but their answers are lost and the connections close`,
  tell: () => `the answers to ${LOST_ANSWERS} produce requests are lost`,
  needs: ['kafka'],
  plan: once('produce-answer-lost', 'kafka', 0),
  row: {
    number: 20,
    expected: 'duplicates, order kept, nothing quarantined',
    mixes: true,
    house: { proxies: ['kafka'] },
    judge: (aftermath) => [sentAgain(aftermath), noAttemptSpent(aftermath)],
  },
  inject: async ({ house, saw, signal }) => {
    const line = house.proxies.kafka;
    if (line === undefined) throw new Error('no proxy stands between the relay and Kafka');
    const before = line.lost;
    line.loseAnswers(isProduce, LOST_ANSWERS);
    await waitUntil('the loss of the answers', LOSS_BOUND_MS, () =>
      Promise.resolve(signal.aborted || line.lost - before >= LOST_ANSWERS),
    ).catch(() => undefined);
    saw({ what: `${line.lost - before} answers were lost`, holds: line.lost > before });
    return healLines(house);
  },
};

const HALF_OPEN_MS = 6_000;

const resetThenHalfOpen = async ({ house, say, signal }: FaultContext): Promise<Heal> => {
  const lines = linesOf(house);
  say(`reset ${lines.reduce((sum, { open }) => sum + open, 0)} connections`);
  for (const line of lines) line.reset();
  await sleep(2_000, undefined, { signal }).catch(() => undefined);
  const halfOpen = lines.reduce((sum, { open }) => sum + open, 0);
  say(`left ${halfOpen} connections half-open`);
  for (const line of lines) line.freeze();
  return healLines(house);
};

export const connectionsLost: Fault = {
  name: 'connections-lost',
  describe: `every connection to MySQL and Kafka is reset, then left half-open for ${HALF_OPEN_MS / 1_000} s`,
  tell: () => 'connections are reset, then left half-open',
  needs: ['mysql', 'kafka'],
  plan: once('connections-lost', 'network', HALF_OPEN_MS),
  row: {
    number: 21,
    expected: 'reconnects, nothing quarantined',
    mixes: true,
    house: BOTH,
    judge: (aftermath) => [noAttemptSpent(aftermath)],
  },
  inject: resetThenHalfOpen,
};

const SLOW = { latencyMs: 40, bytesPerSecond: 200_000 };
const SLOW_MS = 8_000;

export const slowNetwork: Fault = {
  name: 'slow-network',
  describe: `${SLOW.latencyMs} ms more each way and ${SLOW.bytesPerSecond / 1_000} KB/s to MySQL and Kafka for ${SLOW_MS / 1_000} s`,
  tell: () => 'the network becomes slow',
  needs: ['mysql', 'kafka'],
  plan: once('slow-network', 'network', SLOW_MS),
  row: {
    number: 22,
    expected: 'slower while it lasts and shown as such, nothing lost, back to normal',
    mixes: true,
    house: BOTH,
    judge: (aftermath) => {
      const { calm, underFaults } = aftermath.report.publishDelayMs;
      return [
        {
          what: `the report shows the delay: mean ${Math.round(underFaults.mean)} ms meanwhile, ${Math.round(calm.mean)} ms else`,
          holds: underFaults.count === 0 ? undefined : underFaults.mean > SLOW.latencyMs,
        },
        noAttemptSpent(aftermath),
      ];
    },
  },
  inject: shaping(SLOW),
};

const SLICE_BYTES = 11;

export const slicedFrames: Fault = {
  name: 'sliced-frames',
  describe: `everything between roles, MySQL and Kafka arrives in pieces of at most ${SLICE_BYTES} bytes for 8 s`,
  tell: () => `bytes arrive in pieces of ${SLICE_BYTES}`,
  needs: ['mysql', 'kafka'],
  plan: once('sliced-frames', 'network', 8_000),
  row: {
    number: 23,
    expected: 'no effect',
    mixes: true,
    house: BOTH,
    judge: (aftermath) => [
      noAttemptSpent(aftermath),
      {
        what: `nothing was sent twice (${aftermath.report.events.duplicatesPublished})`,
        holds: aftermath.report.events.duplicatesPublished === 0,
      },
      {
        what: `every order was accepted (${aftermath.report.orders.accepted} of ${aftermath.report.orders.requested})`,
        holds: aftermath.report.orders.accepted === aftermath.report.orders.requested,
      },
    ],
  },
  inject: shaping({ sliceBytes: SLICE_BYTES }),
};
