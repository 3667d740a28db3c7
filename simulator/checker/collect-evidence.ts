import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type {
  BacklogSample,
  ClientOperation,
  CommittedOffset,
  Evidence,
  FaultWindow,
  InjectedRecord,
  ParkedRow,
  PartitionEnd,
  PurgeRow,
  Source,
} from './evidence.ts';
import { readConsumerTables } from './readers/consumer-tables.ts';
import { LogTail } from './readers/log-tail.ts';
import { OutboxWatch } from './readers/outbox-watch.ts';
import { readServiceTables } from './readers/service-tables.ts';
import { Spill } from './spill/spill.ts';
import { StoredEvidence } from './spill/stored-evidence.ts';

export interface ConsumerUnderTest {
  /** As in the column `consumer` of its tables. */
  readonly name: string;
  /** Asked anew for each connection, as the service's. */
  readonly mysqlUrl: string;
  readonly groupId: string;
}

export interface CollectorOptions {
  /** The service's database. Asked anew for each connection: after a failover it is another one. */
  readonly mysqlUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly topic: string;
  readonly consumers: readonly ConsumerUnderTest[];
}

/** What only the one who drives the run can tell. */
export interface DriverEvidence {
  readonly seed: number | null;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly ordersRequested: number;
  /** True when the consumers under test bring every order to its end. */
  readonly closedLoop: boolean;
  readonly history: Source<ClientOperation>;
  readonly faults: Source<FaultWindow>;
  readonly injected: Source<InjectedRecord>;
}

interface FinalReading {
  /** Rows of all tables. */
  readonly tables: Spill;
  readonly purges: readonly PurgeRow[];
  readonly parked: readonly ParkedRow[];
  /** Undefined: the database told no time. */
  readonly readAt: number | undefined;
  readonly committed: readonly CommittedOffset[];
  readonly ends: readonly PartitionEnd[];
  readonly missing: readonly string[];
}

const CLOCK_TOLERANCE_MS = 5;
const READINGS = 8;
const BETWEEN_READINGS_MS = 1_000;
const CATCH_UP_MS = 60_000;

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const sameEnds = (a: readonly PartitionEnd[], b: readonly PartitionEnd[]): boolean =>
  a.length === b.length && a.every(({ logEnd }, index) => b[index]?.logEnd === logEnd);

const unlessWritten = (write: () => void): readonly string[] => {
  try {
    write();
    return [];
  } catch (cause) {
    return [`could not be kept on disk: ${messageOf(cause)}`];
  }
};

/** Rows that were read before it failed stay: they are true, if not all. */
const nothingRead = (tables: Spill, why: string): FinalReading => ({
  tables,
  purges: [],
  parked: [],
  readAt: undefined,
  committed: [],
  ends: [],
  missing: [why],
});

/**
 * Gathers the evidence of one run on disk: follows the raw log and the outbox from `start` on, and reads every table
 * at the end. The service's tables and the topic must exist before `start`.
 */
export class EvidenceCollector {
  readonly #options: CollectorOptions;
  readonly #directory: string;
  readonly #records: Spill;
  readonly #log: LogTail;
  readonly #outbox: OutboxWatch;

  private constructor(options: CollectorOptions, directory: string, records: Spill, log: LogTail) {
    this.#options = options;
    this.#directory = directory;
    this.#records = records;
    this.#log = log;
    this.#outbox = new OutboxWatch(options, log.partitions);
  }

  /**
   * What is gathered lies in a new directory in `within`, which must exist, until the evidence is removed: about 3 KB
   * an event. @throws when the broker cannot be reached, the topic does not exist, or nothing can be written.
   */
  static async start(options: CollectorOptions, within: string): Promise<EvidenceCollector> {
    const directory = mkdtempSync(join(within, 'evidence-'));
    const records = new Spill(join(directory, 'log'));
    try {
      const log = await LogTail.start(options.kafkaBrokers, options.topic, (record) => records.add('log', record));
      return new EvidenceCollector(options, directory, records, log);
    } catch (cause) {
      rmSync(directory, { recursive: true, force: true });
      throw cause;
    }
  }

  /** For showing how a run goes; no evidence. */
  progress(): { readonly logRecords: number; readonly backlog: BacklogSample | undefined } {
    return { logRecords: this.#log.size, backlog: this.#outbox.latest };
  }

  /**
   * Reads everything to its end and stops following. What could not be read, or not be kept because the disk is full,
   * is named as missing. The evidence must be removed in the end.
   */
  async finish(driver: DriverEvidence): Promise<StoredEvidence> {
    const reading = await this.#readAtRest();
    await this.#log.readTo(reading.ends, CATCH_UP_MS);
    const { quarantines, ...watched } = await this.#outbox.stop();
    await this.#log.stop();

    const told = new Spill(join(this.#directory, 'told'));
    const untold = unlessWritten(() => {
      for (const operation of driver.history.rows) told.add('history', operation);
      for (const sighting of quarantines.rows) told.add('quarantines', sighting);
    });
    const { missing } = reading;
    const source = <Row>(rows: readonly Row[], gaps = missing): Source<Row> => ({ rows, missing: gaps });
    const frame: Evidence = {
      run: {
        seed: driver.seed,
        startedAt: driver.startedAt,
        finishedAt: driver.finishedAt,
        topic: this.#options.topic,
        partitions: this.#log.partitions,
        ordersRequested: driver.ordersRequested,
        clockToleranceMs: CLOCK_TOLERANCE_MS,
        consumers: this.#options.consumers.map(({ name }) => name),
        closedLoop: driver.closedLoop,
      },
      history: source([], [...driver.history.missing, ...untold]),
      orders: source([]),
      outbox: source([]),
      skipped: source([]),
      attempts: source([]),
      audit: source([]),
      purges: source(reading.purges),
      ...watched,
      quarantines: source([], [...quarantines.missing, ...untold]),
      log: source([], [...missing, ...this.#log.missing(reading.ends)]),
      partitionEnds: source(reading.ends),
      effects: source([]),
      inbox: source([]),
      waiting: source([]),
      parked: source(reading.parked),
      consumerOrders: source([]),
      callbacks: source([]),
      committedOffsets: source(reading.committed),
      faults: driver.faults,
      injected: driver.injected,
      outboxReadAt: reading.readAt ?? driver.finishedAt,
    };
    return new StoredEvidence(frame, [this.#records, reading.tables, told], this.#directory);
  }

  /** Stops following when a run is given up. */
  async stop(): Promise<void> {
    await this.#outbox.stop();
    await this.#log.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /**
   * Tables and log are read one after the other, so they tell one story only when nothing is published in
   * between: the log must end where it ended before the tables were read.
   */
  async #readAtRest(): Promise<FinalReading> {
    let last: FinalReading | undefined;
    for (let number = 1; number <= READINGS; number += 1) {
      if (number > 1) await new Promise((resolve) => setTimeout(resolve, BETWEEN_READINGS_MS));
      last?.tables.remove();
      last = await this.#readOnce(new Spill(join(this.#directory, `tables-${number}`)));
      if (last.missing.length === 0) return last;
    }
    return last ?? nothingRead(new Spill(join(this.#directory, 'tables')), 'nothing was read');
  }

  async #readOnce(tables: Spill): Promise<FinalReading> {
    const { mysqlUrl, consumers } = this.#options;
    try {
      const before = await this.#log.ends();
      const committed = await this.#log.committed(new Map(consumers.map(({ name, groupId }) => [name, groupId])));
      const { purges, readAt } = await readServiceTables(mysqlUrl, tables);
      const parked: ParkedRow[] = [];
      for (const consumer of consumers) parked.push(...(await readConsumerTables(consumer.mysqlUrl, tables)).parked);
      const ends = await this.#log.ends();
      const missing = sameEnds(before, ends)
        ? []
        : ['the system did not come to rest: records were still written while it was read'];
      return { tables, purges, parked, readAt, committed, ends, missing };
    } catch (cause) {
      return nothingRead(tables, `the final reading failed: ${messageOf(cause)}`);
    }
  }
}
