import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { RedriveEvent } from '../../src/application/operations/redrive-event.ts';
import { SkipEvent } from '../../src/application/operations/skip-event.ts';
import type { AuditLog } from '../../src/application/ports/outbox-operations.ts';
import type { UnitOfWork } from '../../src/application/ports/unit-of-work.ts';
import type { InMemoryDatabase, OutboxRow } from '../../src/infrastructure/in-memory/in-memory-database.ts';
import { InMemoryIdempotencyKeys } from '../../src/infrastructure/in-memory/in-memory-idempotency-keys.ts';
import { InMemoryOutboxOperations } from '../../src/infrastructure/in-memory/in-memory-outbox-operations.ts';
import { InMemoryUnitOfWork, tablesOf } from '../../src/infrastructure/in-memory/in-memory-unit-of-work.ts';
import { EVENT_SKIPPED, orderEvent } from './broker.ts';
import type { Broker } from './broker.ts';
import type { FaultyCalls } from './faulty-calls.ts';

const ACTOR = 'operator';

/** Someone who looks at what is quarantined and redrives or skips one of it, by the real use cases. */
export class Operator {
  private readonly redriveEvent: RedriveEvent;
  private readonly skipEvent: SkipEvent;
  private skips = 0;

  constructor(
    private readonly database: InMemoryDatabase,
    calls: FaultyCalls,
    private readonly broker: Broker,
    ring: (orderKey?: string) => void,
  ) {
    const inMemory = new InMemoryUnitOfWork(database);
    const unitOfWork: UnitOfWork = {
      run: (options, work) => calls.write(options.action, inMemory.run(options, work)),
    };
    const audit: AuditLog = {
      record: (tx, entry): TaskEither<never, void> =>
        TE.fromIO(() => {
          const id = database.nextId();
          tablesOf(tx).audit.set(id, { ...entry, id, at: database.now() });
        }),
    };
    const parts = {
      unitOfWork,
      idempotencyKeys: new InMemoryIdempotencyKeys(),
      operations: new InMemoryOutboxOperations(database),
      audit,
      wakeUp: { ring },
    };
    this.redriveEvent = new RedriveEvent(parts);
    this.skipEvent = new SkipEvent({
      ...parts,
      ids: { next: () => `skip-${(this.skips += 1)}` },
      notice: ({ skippedEventId }) => ({ type: EVENT_SKIPPED, version: 1, payload: `{"skipped":"${skippedEventId}"}` }),
    });
  }

  /** `mended`: the broker takes the event from now on. */
  redrive(pick: number, mended: boolean): void {
    const row = this.quarantined(pick);
    if (row === undefined) return;
    if (mended) this.broker.mend(orderEvent(row.orderKey, row.sequence));
    void this.redriveEvent.handle({ eventId: row.eventId, actor: ACTOR, reason: null })();
  }

  skip(pick: number): void {
    const row = this.quarantined(pick);
    if (row === undefined) return;
    void this.skipEvent.handle({ eventId: row.eventId, actor: ACTOR, reason: 'cannot be published', headers: {} })();
  }

  private quarantined(pick: number): OutboxRow | undefined {
    const rows = [...this.database.committed.outbox.values()].filter(({ status }) => status === 'QUARANTINED');
    return rows[Math.floor(pick * rows.length)];
  }
}
