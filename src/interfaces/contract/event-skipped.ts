import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { textValue } from '../../domain/value-codec.ts';
import type { Envelope } from './envelope.ts';
import { EVENT_SKIPPED } from './topic.ts';
import { problemText, validationProblems } from './validation-errors.ts';

/** Version of the payload below. */
export const EVENT_SKIPPED_VERSION = 1;

/**
 * Payload of `EventSkipped`: an operator gave up an event that could not be published, and this one takes its place in
 * its order's sequence. Consumers go on after it, and know what they will never see. That is what the type means in
 * every version, so one that is newer than a consumer is a skip to it as well; only its payload is not read.
 */
export const EventSkipped = t.readonly(
  t.strict({
    skippedEventId: textValue('EventId', {
      words: 'a UUID in lower case',
      minLength: 36,
      maxLength: 36,
      pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u,
      example: '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10',
    }),
    skippedType: textValue('EventType', {
      words: 'an event type in PascalCase',
      minLength: 1,
      maxLength: 64,
      pattern: /^[A-Z][A-Za-z0-9]*$/u,
      example: 'OrderPaid',
    }),
    reason: textValue('SkipReason', {
      words: '1 to 500 characters',
      minLength: 1,
      maxLength: 500,
      pattern: /^[^\ud800-\udfff]+$/u,
      example: 'the record exceeds the limit of the topic; told to payment by hand',
    }),
  }),
  'EventSkipped',
);
export type EventSkipped = t.TypeOf<typeof EventSkipped>;

const problemsOf = (errors: t.Errors): string =>
  validationProblems(errors)
    .map((problem) => problemText(problem, 'the payload'))
    .join('; ');

/** The event as the outbox takes it. Throws when a field is none the codec accepts. */
export const encodeEventSkipped = (
  skip: Readonly<Record<'skippedEventId' | 'skippedType' | 'reason', string>>,
): { readonly type: string; readonly version: number; readonly payload: string } => {
  const checked = EventSkipped.decode(skip);
  if (E.isLeft(checked)) throw new TypeError(`no valid EventSkipped: ${problemsOf(checked.left)}`);
  const payload = JSON.stringify(EventSkipped.encode(checked.right));
  return { type: EVENT_SKIPPED, version: EVENT_SKIPPED_VERSION, payload };
};

export interface InvalidEventSkipped {
  readonly _tag: 'InvalidEventSkipped';
  readonly reason: string;
}

const invalid = (reason: string): InvalidEventSkipped => ({ _tag: 'InvalidEventSkipped', reason });

/** Reads the payload of an envelope of type `EventSkipped`. */
export const decodeEventSkipped = ({
  type,
  version,
  payload,
}: Pick<Envelope, 'type' | 'version' | 'payload'>): Either<InvalidEventSkipped, EventSkipped> => {
  if (type !== EVENT_SKIPPED || version !== EVENT_SKIPPED_VERSION)
    return E.left(invalid(`not version ${EVENT_SKIPPED_VERSION} of ${EVENT_SKIPPED}`));
  return pipe(
    E.tryCatch(
      (): unknown => JSON.parse(payload),
      () => invalid('the payload is not JSON'),
    ),
    E.flatMap((json) =>
      pipe(
        EventSkipped.decode(json),
        E.mapLeft((errors) => invalid(problemsOf(errors))),
      ),
    ),
  );
};
