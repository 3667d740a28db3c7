import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { EventNotFound } from '../../application/ports/outbox-operations.ts';
import type { OutboxEntryDetail, SkippedEntryDetail } from '../../application/ports/outbox-queries.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { OperatorServices } from './operator-services.ts';

/** The event, be it in the outbox or skipped. */
export const findEvent = (
  { outbox }: Pick<OperatorServices, 'outbox'>,
  eventId: string,
): TaskEither<StorageUnavailable | EventNotFound, OutboxEntryDetail | SkippedEntryDetail> =>
  pipe(
    outbox.find(eventId),
    TE.flatMap(TE.fromNullable<StorageUnavailable | EventNotFound>({ _tag: 'EventNotFound', eventId })),
  );
