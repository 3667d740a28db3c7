import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { ParkedSelection, Reprocessed } from '../../application/consumer/reprocess-orders.ts';
import { parkingCauseNamed } from '../../application/ports/inbox.ts';
import type {
  ConsumerDidNothing,
  ConsumerNotFound,
  ConsumerOutcomeUnknown,
  ParkedDesk,
  ReprocessTokenMissing,
} from '../../application/ports/parked-desk.ts';
import type { ParkedPage, ParkedQuery } from '../../application/ports/parked-orders.ts';
import { addressAt, requestConsumer } from './ask-consumer.ts';
import type { Unanswered } from './ask-consumer.ts';

const nullable = <C extends t.Mixed>(codec: C): t.UnionC<[C, t.NullC]> => t.union([codec, t.null]);

const Page = t.strict({
  orders: t.readonlyArray(
    t.strict({
      orderId: t.string,
      /** A newer consumer may know more of them. */
      cause: nullable(t.string),
      error: t.string,
      since: t.string,
      event: nullable(t.strict({ eventId: t.string, sequence: nullable(t.number), type: nullable(t.string) })),
      behind: t.number,
    }),
  ),
  next: nullable(t.string),
});

const Outcome = t.strict({
  done: t.readonlyArray(t.string),
  notParked: t.readonlyArray(t.string),
  more: t.boolean,
});

/** 200 orders, each a transaction of its own, on a server that is busy. */
const REPROCESS_TIMEOUT_MS = 15_000;

export interface ParkedDeskOptions {
  /** Base URLs by the consumers' names. */
  readonly urls: ReadonlyMap<string, string>;
  /** What each wants to be shown before it re-processes, by its name. */
  readonly tokens: ReadonlyMap<string, string>;
}

interface Access {
  readonly url: string;
  readonly token: string;
}

const pageOf = ({ orders, next }: t.TypeOf<typeof Page>): ParkedPage => ({
  orders: orders.map((order) => ({ ...order, cause: parkingCauseNamed(order.cause) ?? null })),
  next,
});

const queryOf = ({ cause, after, limit }: ParkedQuery): string =>
  new URLSearchParams({
    limit: String(limit),
    ...(cause === undefined ? {} : { cause }),
    ...(after === undefined ? {} : { after }),
  }).toString();

const bodyOf = (selection: ParkedSelection, dryRun: boolean): string =>
  JSON.stringify({
    ...('orderIds' in selection ? selection : { filter: { cause: selection.cause } }),
    dryRun,
  });

/** Asks the HTTP server of each consumer. */
export class HttpParkedDesk implements ParkedDesk {
  constructor(private readonly options: ParkedDeskOptions) {}

  mayReprocess(consumer: string): Either<ConsumerNotFound | ReprocessTokenMissing, void> {
    return E.map(() => undefined)(this.accessTo(consumer));
  }

  list(consumer: string, query: ParkedQuery): TaskEither<ConsumerNotFound | ConsumerDidNothing, ParkedPage> {
    return pipe(
      TE.fromEither(this.urlOf(consumer)),
      TE.flatMap((url) => () => requestConsumer(addressAt(url, `/parked?${queryOf(query)}`), Page)),
      TE.mapLeft((error): ConsumerNotFound | ConsumerDidNothing =>
        '_tag' in error ? error : { _tag: 'ConsumerDidNothing', consumer, reason: error.reason },
      ),
      TE.map(pageOf),
    );
  }

  rehearse(
    consumer: string,
    selection: ParkedSelection,
  ): TaskEither<ConsumerNotFound | ReprocessTokenMissing | ConsumerDidNothing, Reprocessed> {
    return pipe(
      TE.fromEither(this.accessTo(consumer)),
      TE.flatMap((access) =>
        TE.mapLeft(({ reason }: Unanswered): ConsumerDidNothing => ({ _tag: 'ConsumerDidNothing', consumer, reason }))(
          this.post(access, bodyOf(selection, true)),
        ),
      ),
    );
  }

  reprocess(consumer: string, orderIds: readonly string[]): ReturnType<ParkedDesk['reprocess']> {
    return pipe(
      TE.fromEither(this.accessTo(consumer)),
      TE.flatMap((access) =>
        pipe(
          this.post(access, bodyOf({ orderIds }, false)),
          TE.filterOrElse(
            ({ done, notParked }) => new Set([...done, ...notParked]).size === orderIds.length,
            (): Unanswered => ({ reason: `${consumer} did not tell of every order`, isCertain: false }),
          ),
          TE.mapLeft(({ reason, isCertain }): ConsumerDidNothing | ConsumerOutcomeUnknown => ({
            _tag: isCertain ? 'ConsumerDidNothing' : 'ConsumerOutcomeUnknown',
            consumer,
            reason,
          })),
        ),
      ),
    );
  }

  private post({ url, token }: Access, body: string): TaskEither<Unanswered, Reprocessed> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const asking = { init: { method: 'POST', headers, body }, timeoutMs: REPROCESS_TIMEOUT_MS };
    return () => requestConsumer(addressAt(url, '/parked/reprocess'), Outcome, asking);
  }

  private urlOf(consumer: string): Either<ConsumerNotFound, string> {
    return E.fromNullable<ConsumerNotFound>({ _tag: 'ConsumerNotFound', consumer })(this.options.urls.get(consumer));
  }

  private accessTo(consumer: string): Either<ConsumerNotFound | ReprocessTokenMissing, Access> {
    const token = this.options.tokens.get(consumer);
    return pipe(
      this.urlOf(consumer),
      E.flatMap((url): Either<ReprocessTokenMissing, Access> =>
        token === undefined ? E.left({ _tag: 'ReprocessTokenMissing', consumer }) : E.right({ url, token }),
      ),
    );
  }
}
