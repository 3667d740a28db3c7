import type { PublishFailure } from '../../application/ports/publisher.ts';
import { blameOf } from '../kafka/broker-answers.ts';
import { innermostCause } from '../kafka/innermost-cause.ts';
import { NETWORK_CODES } from '../kafka/network-codes.ts';

/** Failures of the client itself, by code: the broker was not reached or did not answer. */
const CLIENT_OUTAGES: ReadonlyMap<string, string> = new Map([
  ['PLT_KFK_NETWORK', 'connection failed'],
  ['PLT_KFK_AUTHENTICATION', 'authentication failed'],
]);

const textField = (value: Error, field: 'apiId' | 'code'): string | undefined => {
  const found: unknown = Reflect.get(value, field);
  return typeof found === 'string' ? found : undefined;
};

/**
 * Kafka's name of what the broker answered. The client throws one error for all that an answer carries; the first of them
 * is the partition's or the topic's own, what single records are blamed for comes behind it.
 */
const answerOf = (error: unknown): string | undefined => {
  const inner = innermostCause(error);
  const first: unknown = inner instanceof AggregateError ? inner.errors[0] : inner;
  return first instanceof Error ? textField(first, 'apiId') : undefined;
};

/** True when the broker answered, so that its connection is in order. */
export const isBrokerAnswer = (error: unknown): boolean => answerOf(error) !== undefined;

/** A failed send or read as the relay sees it; `cause` keeps the whole chain. */
export const classifyPlatformaticError = (error: unknown): PublishFailure => {
  const failure = (kind: PublishFailure['kind'], reason: string): PublishFailure => ({
    _tag: 'PublishFailure',
    kind,
    reason,
    cause: error,
  });
  const answer = answerOf(error);
  if (answer !== undefined) return failure(blameOf(answer), answer);
  const inner = innermostCause(error);
  if (!(inner instanceof Error)) return failure('unknown', 'not an error');
  const code = textField(inner, 'code') ?? '';
  const outage = NETWORK_CODES.get(code) ?? CLIENT_OUTAGES.get(code);
  return outage === undefined ? failure('unknown', code === '' ? inner.name : code) : failure('outage', outage);
};
