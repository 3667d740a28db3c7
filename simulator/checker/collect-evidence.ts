import type {
  BacklogSample,
  CallbackRow,
  ClientOperation,
  CommittedOffset,
  ConsumerOrderRow,
  EffectRow,
  Evidence,
  FaultWindow,
  InboxRow,
  InjectedRecord,
  ParkedRow,
  PartitionEnd,
  Source,
  WaitingRow,
} from './evidence.ts';
import { readConsumerTables } from './readers/consumer-tables.ts';
import type { ConsumerTables } from './readers/consumer-tables.ts';
import { LogTail } from './readers/log-tail.ts';
import { OutboxWatch } from './readers/outbox-watch.ts';
import { readServiceTables } from './readers/service-tables.ts';
import type { ServiceTables } from './readers/service-tables.ts';

export interface ConsumerUnderTest {
  /** As in the column `consumer` of its tables. */
  readonly name: string;
  readonly mysqlUrl: string;
  readonly groupId: string;
}

export interface CollectorOptions {
  /** The service's database. */
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
  readonly service: ServiceTables | undefined;
  readonly consumers: readonly ConsumerTables[];
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

/**
 * Gathers the evidence of one run: follows the raw log and the outbox from `start` on, and reads every table
 * at the end. The service's tables and the topic must exist before `start`.
 */
export class EvidenceCollector {
  readonly #options: CollectorOptions;
  readonly #log: LogTail;
  readonly #outbox: OutboxWatch;

  private constructor(options: CollectorOptions, log: LogTail) {
    this.#options = options;
    this.#log = log;
    this.#outbox = new OutboxWatch(options.mysqlUrl, log.partitions);
  }

  /** @throws when the broker cannot be reached or the topic does not exist. */
  static async start(options: CollectorOptions): Promise<EvidenceCollector> {
    return new EvidenceCollector(options, await LogTail.start(options.kafkaBrokers, options.topic));
  }

  /** For showing how a run goes; no evidence. */
  progress(): { readonly logRecords: number; readonly backlog: BacklogSample | undefined } {
    return { logRecords: this.#log.size, backlog: this.#outbox.latest };
  }

  /** Reads everything to its end and stops following. Never throws: what could not be read is named as missing. */
  async finish(driver: DriverEvidence): Promise<Evidence> {
    const reading = await this.#readAtRest();
    await this.#log.readTo(reading.ends, CATCH_UP_MS);
    const watched = await this.#outbox.stop();
    const log = this.#log.evidence(reading.ends);
    await this.#log.stop();

    const missing = reading.missing;
    const source = <Row>(rows: readonly Row[]): Source<Row> => ({ rows, missing });
    const service = reading.service;
    const unrecorded =
      service?.purges === undefined && (service?.audit ?? []).some(({ action }) => action === 'purge')
        ? ['an operator purged rows, and the schema does not record how many']
        : [];
    const of = <Row>(pick: (tables: ConsumerTables) => readonly Row[]): Source<Row> =>
      source(reading.consumers.flatMap(pick));
    return {
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
      history: driver.history,
      orders: source(service?.orders ?? []),
      outbox: source(service?.outbox ?? []),
      skipped: source(service?.skipped ?? []),
      attempts: source(service?.attempts ?? []),
      audit: source(service?.audit ?? []),
      purges: { rows: service?.purges ?? [], missing: [...missing, ...unrecorded] },
      ...watched,
      log: { rows: log.rows, missing: [...missing, ...log.missing] },
      partitionEnds: source(reading.ends),
      effects: of<EffectRow>((tables) => tables.effects),
      inbox: of<InboxRow>((tables) => tables.inbox),
      waiting: of<WaitingRow>((tables) => tables.waiting),
      parked: of<ParkedRow>((tables) => tables.parked),
      consumerOrders: of<ConsumerOrderRow>((tables) => tables.consumerOrders),
      callbacks: of<CallbackRow>((tables) => tables.callbacks),
      committedOffsets: source(reading.committed),
      faults: driver.faults,
      injected: driver.injected,
      outboxReadAt: service?.readAt ?? driver.finishedAt,
    };
  }

  /** Stops following when a run is given up. */
  async stop(): Promise<void> {
    await this.#outbox.stop();
    await this.#log.stop();
  }

  /**
   * Tables and log are read one after the other, so they tell one story only when nothing is published in
   * between: the log must end where it ended before the tables were read.
   */
  async #readAtRest(): Promise<FinalReading> {
    let missing: readonly string[] = [];
    let last: FinalReading | undefined;
    for (let reading = 1; reading <= READINGS; reading += 1) {
      if (reading > 1) await new Promise((resolve) => setTimeout(resolve, BETWEEN_READINGS_MS));
      try {
        const before = await this.#log.ends();
        const committed = await this.#log.committed(
          new Map(this.#options.consumers.map(({ name, groupId }) => [name, groupId])),
        );
        const service = await readServiceTables(this.#options.mysqlUrl);
        const consumers: ConsumerTables[] = [];
        for (const { mysqlUrl } of this.#options.consumers) consumers.push(await readConsumerTables(mysqlUrl));
        const ends = await this.#log.ends();
        last = { service, consumers, committed, ends, missing: [] };
        if (sameEnds(before, ends)) return last;
        missing = ['the system did not come to rest: records were still written while it was read'];
      } catch (cause) {
        missing = [`the final reading failed: ${messageOf(cause)}`];
      }
    }
    return { service: undefined, consumers: [], committed: [], ends: [], ...last, missing };
  }
}
