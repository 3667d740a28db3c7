import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { CallbackPoster } from '../application/ports/consumer-callbacks.ts';
import type { Subscription } from '../application/consumer/subscription.ts';
import type { ProcessRecords } from './kafka/kafka-consumer-batch.ts';

/*
 * Moments at which a kill test lets the process die, as decorators around ports: the code they stand around has
 * no trace of them.
 */

export const consumerFailpointNames = [
  'before-effect',
  'after-commit-before-offset',
  'before-callback',
  'after-callback-before-mark',
] as const;
export type ConsumerFailpointName = (typeof consumerFailpointNames)[number];

export interface ConsumerFailpoint {
  readonly name: ConsumerFailpointName;
  /** Dies when the moment is reached for the n-th time, from 1. */
  readonly hit: number;
}

/** Called at a moment; it may not return. */
export type Reach = (moment: ConsumerFailpointName) => void;

/** Kills the process as `kill -9` would: nothing is flushed, closed or rolled back by us. */
export const killAt = ({ name, hit }: ConsumerFailpoint): Reach => {
  let hits = 0;
  return (moment) => {
    if (moment !== name) return;
    hits += 1;
    if (hits === hit) process.kill(process.pid, 'SIGKILL');
  };
};

export const subscriptionWithFailpoint = (subscription: Subscription, reach: Reach): Subscription => ({
  prepare: (event) => {
    const prepared = subscription.prepare(event);
    if (prepared._tag === 'Left') return prepared;
    const { right: effect } = prepared;
    return {
      _tag: 'Right',
      right: (tx) =>
        pipe(
          TE.fromIO(() => {
            reach('before-effect');
          }),
          TE.flatMap(() => effect(tx)),
        ),
    };
  },
});

export const processWithFailpoint =
  (process: ProcessRecords, reach: Reach): ProcessRecords =>
  async (records, signal) => {
    const processed = await process(records, signal);
    // Once for each record, so that a count means the same however many commit together.
    if (processed._tag === 'Done')
      for (let taken = 0; taken < processed.taken; taken += 1) reach('after-commit-before-offset');
    return processed;
  };

export const posterWithFailpoint = (poster: CallbackPoster, reach: Reach): CallbackPoster => ({
  post: (callback) => async () => {
    reach('before-callback');
    const answer = await poster.post(callback)();
    reach('after-callback-before-mark');
    return answer;
  },
});
