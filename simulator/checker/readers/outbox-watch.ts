import * as t from 'io-ts';
import type { Connection } from 'mysql2/promise';
import type { BacklogSample, LeaseSighting, QuarantineSighting, Source } from '../evidence.ts';
import { connectForReading, DateTime, readRows } from './mysql-rows.ts';

const Backlog = t.type({ at: DateTime, held: t.number, pending: t.number, quarantined: t.number });
const Quarantined = t.type({ eventId: t.string });
const Lease = t.type({ name: t.string, owner: t.string, epoch: t.number });

const QUERY_TIMEOUT_MS = 5_000;
const MAX_QUARANTINED = 10_000;

/** Asked for its address whenever a connection is made: after a failover it is another one. */
interface Database {
  readonly mysqlUrl: string;
}

/**
 * Looks at the outbox every `everyMs` while the run goes on: what waits, what is quarantined, who holds the
 * leases. It sees moments, not every change; a moment in which the database was down is left out.
 */
export class OutboxWatch {
  readonly #database: Database;
  readonly #lanes: string;
  readonly #everyMs: number;
  readonly #backlog: BacklogSample[] = [];
  readonly #leases: LeaseSighting[] = [];
  readonly #quarantines = new Map<string, QuarantineSighting>();
  #connection: Connection | undefined;
  #stopped = false;
  #wake: (() => void) | undefined;
  readonly #loop: Promise<void>;

  constructor(database: Database, partitions: number, everyMs = 500) {
    this.#database = database;
    // Names every lane, so that the claim index serves and the watch costs the database next to nothing.
    this.#lanes = Array.from({ length: partitions }, (_, partition) => partition).join(', ');
    this.#everyMs = everyMs;
    this.#loop = this.#run();
  }

  get latest(): BacklogSample | undefined {
    return this.#backlog.at(-1);
  }

  async stop(): Promise<{
    readonly backlog: Source<BacklogSample>;
    readonly leases: Source<LeaseSighting>;
    readonly quarantines: Source<QuarantineSighting>;
  }> {
    this.#stopped = true;
    this.#wake?.();
    await this.#loop;
    this.#connection?.destroy();
    const missing = this.#backlog.length === 0 ? ['the outbox was never seen while the run went on'] : [];
    return {
      backlog: { rows: this.#backlog, missing },
      leases: { rows: this.#leases, missing },
      quarantines: { rows: [...this.#quarantines.values()], missing },
    };
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#look();
      } catch {
        this.#connection?.destroy();
        this.#connection = undefined;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#stopped ? 0 : this.#everyMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async #look(): Promise<void> {
    this.#connection ??= await connectForReading(this.#database.mysqlUrl);
    const [sample] = await readRows(
      this.#connection,
      Backlog,
      `SELECT UTC_TIMESTAMP(6) AS at,
              COUNT(CASE WHEN status = 'PENDING' AND held_by IS NOT NULL THEN 1 END) AS held,
              COUNT(CASE WHEN status = 'PENDING' AND held_by IS NULL THEN 1 END) AS pending,
              COUNT(CASE WHEN status = 'QUARANTINED' THEN 1 END) AS quarantined
       FROM outbox
       WHERE kafka_partition IN (${this.#lanes}) AND status IN ('PENDING', 'QUARANTINED')`,
      QUERY_TIMEOUT_MS,
    );
    if (sample === undefined) return;
    if (sample.quarantined > 0) await this.#lookAtQuarantined(this.#connection, sample.at);
    for (const lease of await readRows(
      this.#connection,
      Lease,
      'SELECT name, owner, epoch FROM relay_leases',
      QUERY_TIMEOUT_MS,
    )) {
      const last = this.#leases.findLast(({ name }) => name === lease.name);
      if (last?.owner !== lease.owner || last.epoch !== lease.epoch) this.#leases.push({ at: sample.at, ...lease });
    }
    // Last, so that whoever sees this sample also finds the leases and quarantines of its moment.
    this.#backlog.push(sample);
  }

  async #lookAtQuarantined(connection: Connection, at: number): Promise<void> {
    const rows = await readRows(
      connection,
      Quarantined,
      `SELECT event_id AS eventId FROM outbox
       WHERE kafka_partition IN (${this.#lanes}) AND status = 'QUARANTINED' LIMIT ${MAX_QUARANTINED}`,
      QUERY_TIMEOUT_MS,
    );
    for (const { eventId } of rows)
      this.#quarantines.set(eventId, {
        eventId,
        firstSeenAt: this.#quarantines.get(eventId)?.firstSeenAt ?? at,
        lastSeenAt: at,
      });
  }
}
