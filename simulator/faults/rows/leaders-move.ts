import { setTimeout as sleep } from 'node:timers/promises';
import type { House } from '../../run/house.ts';
import type { Aftermath, Fault, FaultContext, Sighting } from '../fault.ts';
import { noAttemptSpent } from './expectations.ts';
import { once } from './once.ts';
import { orMend } from './or-mend.ts';
import { isWhole, lackingForThreeBrokers, partitionStates } from './three-brokers.ts';
import type { PartitionState } from './three-brokers.ts';
import { waitUntil } from './wait-until.ts';

const ROUNDS = 8;
const LEAST_MOVES = 12;
const MOVED_MS = 6_000;
const BACK_MS = 120_000;
/** One broker also dies: its leaders move without being asked. */
const DYING = 'kafka-2';
const DIES_IN_ROUND = 4;

/** The second replica of each partition becomes its first one: the one that leads by preference. */
export const rotated = (states: readonly PartitionState[]) =>
  states.map(({ partition, replicas: [first, ...others] }) => ({
    partition,
    replicas: first === undefined ? others : [...others, first],
  }));

/** Partitions that another broker leads now. */
export const movesBetween = (before: readonly PartitionState[], after: readonly PartitionState[]): number =>
  before.filter(({ partition, leader }) => {
    const now = after.find((state) => state.partition === partition)?.leader;
    return now !== undefined && now >= 0 && now !== leader;
  }).length;

/** Events were published before, between and after the moves. */
export const judgePublishing = ({ evidence }: Aftermath): Sighting => {
  const windows = evidence.faults.rows.filter(({ kind }) => kind === 'leaders-move');
  const meanwhile = evidence.log.rows.filter(({ appendedAt }) =>
    windows.some(({ at, healedAt }) => appendedAt >= at && appendedAt <= (healedAt ?? Infinity)),
  ).length;
  return { what: `records were published while leaders moved (${meanwhile})`, holds: meanwhile > 0 };
};

/** No move is left to come: each partition is led by its first replica. */
export const areLedByPreference = (states: readonly PartitionState[]): boolean =>
  states.every(({ leader, replicas }) => leader === replicas[0]);

const moveOnce = async (house: House, before: readonly PartitionState[]): Promise<number> => {
  const topics = [{ topic: house.topic, partitionAssignment: rotated(before) }];
  await house.admin((admin) => admin.alterPartitionReassignments({ topics }));
  let moves = 0;
  await waitUntil('a move of leaders', MOVED_MS, async () => {
    moves = movesBetween(before, await partitionStates(house));
    return moves >= before.length / 2;
  }).catch(() => undefined);
  return moves;
};

const moveLeaders = async ({ house, signal, saw }: FaultContext): Promise<void> => {
  let moves = 0;
  for (let round = 1; round <= ROUNDS && !signal.aborted; round += 1) {
    const before = await partitionStates(house);
    if (round === DIES_IN_ROUND) {
      await house.kill(DYING);
      await sleep(3_000, undefined, { signal }).catch(() => undefined);
      moves += movesBetween(before, await partitionStates(house));
      await house.revive(DYING);
    } else moves += await moveOnce(house, before);
  }
  saw({ what: `leaders moved ${moves} times`, holds: moves >= LEAST_MOVES });
};

export const leadersMove: Fault = {
  name: 'leaders-move',
  describe: `the leaders of all partitions move among three brokers, ${ROUNDS} rounds, one of them by kill -9, while batches are under way`,
  tell: () => 'leaders move from broker to broker',
  needs: ['kafka'],
  plan: once('leaders-move', 'kafka', 0),
  row: {
    number: 19,
    expected: 'nothing acknowledged is lost, COMPLETED events are where they are said to be',
    mixes: false,
    load: { orders: 600, ratePerSecond: 20 },
    house: {
      brokers: 3,
      kafkaSettings: { 'leader.imbalance.check.interval.seconds': '1', 'leader.imbalance.per.broker.percentage': '0' },
    },
    cannotRun: lackingForThreeBrokers,
    judge: (aftermath) => [judgePublishing(aftermath), noAttemptSpent(aftermath)],
  },
  inject: (context) => {
    const { house } = context;
    const mend = async (): Promise<void> => {
      if (house.pidOf(DYING) === undefined) await house.revive(DYING);
      await waitUntil('the return of the replicas', BACK_MS, async () => {
        const states = await partitionStates(house);
        return isWhole(states) && areLedByPreference(states);
      });
    };
    return orMend(mend, () => moveLeaders(context));
  },
};
