import type * as t from 'io-ts';
import * as E from 'fp-ts/lib/Either.js';
import { failure } from 'io-ts/lib/PathReporter.js';
import type {
  ConsumerEffects,
  EffectTransaction,
  OpenEffects,
  SqlValue,
} from '../../application/ports/consumer-effects.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { UnitOfWork } from '../../application/ports/unit-of-work.ts';

/** A statement that a handler ran. */
export interface RecordedStatement {
  /** Type of the event, or name of the refused callback. */
  readonly because: string;
  readonly orderId: string;
  readonly sequence: number;
  /** White space between words is one blank. */
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** What the database would answer. */
export interface SqlAnswers {
  /** Rows that a statement changes; 1 without it. Throw to let the statement fail. */
  readonly execute?: (statement: RecordedStatement) => number;
  /** Rows that a query finds; none without it. */
  readonly query?: (statement: RecordedStatement) => readonly unknown[];
}

export type StatementOrigin = Pick<RecordedStatement, 'because' | 'orderId' | 'sequence'>;

const isScalar = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);

class RecordedTransaction implements EffectTransaction, OpenEffects {
  private closed = false;

  constructor(
    private readonly origin: StatementOrigin,
    private readonly answers: SqlAnswers,
    private readonly record: (statement: RecordedStatement) => void,
  ) {}

  get transaction(): EffectTransaction {
    return this;
  }

  execute(sql: string, params: readonly SqlValue[] = []): Promise<{ readonly affectedRows: number }> {
    return this.answer(() => {
      const executed = this.statement(sql, params);
      const affectedRows = this.answers.execute?.(executed) ?? 1;
      this.record(executed);
      return { affectedRows };
    });
  }

  query<A>(row: t.Type<A, unknown>, sql: string, params: readonly SqlValue[] = []): Promise<readonly A[]> {
    return this.answer(() => {
      const rows = this.answers.query?.(this.statement(sql, params)) ?? [];
      return rows.map((found) => rowOf(row, found));
    });
  }

  close(): undefined {
    this.closed = true;
  }

  /** A failure rejects, as a database's does. */
  private answer<A>(work: () => A): Promise<A> {
    return Promise.resolve().then(work);
  }

  private statement(sql: string, params: readonly SqlValue[]): RecordedStatement {
    if (this.closed) throw new TypeError('the handler has returned: await every statement before it does');
    if (!params.every(isScalar)) throw new TypeError('a value for SQL is no text, number, boolean or null');
    const { because, orderId, sequence } = this.origin;
    return { because, orderId, sequence, sql: sql.replace(/\s+/g, ' ').trim(), params };
  }
}

/** Effects of handlers that run no SQL: statements are answered as told and kept when their transaction commits. */
export class RecordedEffects {
  private readonly staged = new WeakMap<Transaction, RecordedStatement[]>();
  private readonly kept: RecordedStatement[] = [];

  constructor(private readonly answers: SqlAnswers) {}

  /** Statements of committed transactions, in their order; reads are not among them. */
  get committed(): readonly RecordedStatement[] {
    return this.kept;
  }

  /** `real`, that also keeps what was recorded in a transaction once that has committed. */
  keepingWith(real: UnitOfWork): UnitOfWork {
    return {
      run: (options, work) => async () => {
        let recorded: RecordedStatement[] = [];
        const outcome = await real.run(options, (tx) => {
          recorded = [];
          this.staged.set(tx, recorded);
          return work(tx);
        })();
        if (E.isRight(outcome)) this.kept.push(...recorded);
        return outcome;
      },
    };
  }

  /** For handlers that run because of `origin`. */
  of(origin: StatementOrigin): ConsumerEffects {
    return {
      open: (tx) =>
        new RecordedTransaction(origin, this.answers, (statement) => {
          this.staged.get(tx)?.push(statement);
        }),
    };
  }
}

const rowOf = <A>(row: t.Type<A, unknown>, found: unknown): A => {
  const decoded = row.decode(found);
  if (E.isLeft(decoded)) throw new TypeError(`a row does not fit its codec: ${failure(decoded.left).join('; ')}`);
  return decoded.right;
};
