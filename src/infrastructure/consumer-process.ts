import type { Logger } from 'pino';
import type { CallbackSender } from '../application/consumer/callback-sender.ts';
import type { ConsumeRecord } from '../application/consumer/consume-record.ts';
import { describeCause } from '../application/describe-cause.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { ParkingCause } from '../application/ports/inbox.ts';
import type { Tracer } from '../application/ports/tracer.ts';
import type { KafkaConsumer, KafkaConsumerHealth } from './kafka/kafka-consumer.ts';
import type { EventLoopMonitor } from './telemetry/event-loop-monitor.ts';
import type { MigrateOptions } from './mysql/migrate.ts';
import type { MySqlPool } from './mysql/mysql-pool.ts';
import type { InboxJanitor } from './mysql-consumer/inbox-janitor.ts';
import { prepareDatabase } from './mysql-consumer/prepare-database.ts';

export interface ConsumerProcessParts {
  readonly mysql: Pick<MigrateOptions, 'url' | 'tls'>;
  /** Folder of the consumer's own migrations. */
  readonly migrations: string | undefined;
  readonly kafkaConsumer: KafkaConsumer;
  readonly sender: CallbackSender;
  readonly consume: ConsumeRecord;
  readonly janitor: InboxJanitor;
  readonly monitor: EventLoopMonitor;
  readonly server: { listen(): Promise<number>; close(): Promise<void> };
  readonly pool: MySqlPool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracer: Tracer | undefined;
}

const SWEEP_MS = 1_000;
/** A chunk takes a fraction of it. */
const JANITOR_STOP_MS = 5_000;

/** A consumer with everything it runs: the Kafka client, the callback sender, the sweep, the janitor of its inbox, the progress server. */
export class ConsumerProcess {
  private readonly stopping = new AbortController();
  private sweeping: Promise<void> | undefined;
  private httpPort = 0;

  constructor(private readonly parts: ConsumerProcessParts) {}

  /** Port of the progress server; 0 before `start`. */
  get port(): number {
    return this.httpPort;
  }

  get kafka(): KafkaConsumerHealth {
    return this.parts.kafkaConsumer.health;
  }

  /**
   * Resolves when the database is prepared and consuming has begun (it joins the group a moment later); waits for a
   * database that is not there yet. Rejects with `MigrationImpossible`, or when the port is taken.
   */
  async start(): Promise<void> {
    const { server, log, sender, kafkaConsumer, janitor, monitor } = this.parts;
    this.httpPort = await server.listen();
    log.info({ port: this.httpPort }, 'progress, health and metrics are served');
    monitor.start();
    if (!(await this.prepareDatabase())) return;
    sender.start();
    kafkaConsumer.start();
    this.sweeping = this.sweep();
    janitor.start();
    log.info('consuming');
  }

  /** Creates or updates the tables. False when it was stopped before the database could be reached. */
  prepareDatabase(): Promise<boolean> {
    const { mysql: server, migrations: own, clock, log } = this.parts;
    const waiting = (reason: string, cause: unknown): void => {
      const error = cause === undefined ? undefined : describeCause(cause);
      log.warn({ activity: 'migrate', reason, error }, 'waiting for the database');
    };
    return prepareDatabase({ server, own, clock, signal: this.stopping.signal, waiting });
  }

  /** See `ConsumeRecord.release`; its own transaction, so any process of the consumer may call it. */
  reprocess(orderId: string): ReturnType<ConsumeRecord['release']> {
    return this.parts.consume.release(orderId);
  }

  /** See `ConsumeRecord.releaseAll`. */
  reprocessAll(cause: ParkingCause | undefined): ReturnType<ConsumeRecord['releaseAll']> {
    return this.parts.consume.releaseAll(cause);
  }

  /** Finishes the records and callbacks at work, commits their offsets, leaves the group. */
  async stop(): Promise<void> {
    const { server, sender, kafkaConsumer, janitor, monitor, pool, log, tracer } = this.parts;
    this.stopping.abort();
    // Before the client it asks about the topic is closed.
    const janitorStopped = janitor.stop(JANITOR_STOP_MS);
    await kafkaConsumer.stop();
    await Promise.all([sender.stop(), this.sweeping, janitorStopped]);
    await server.close();
    monitor.stop();
    await pool.end();
    await tracer?.close();
    log.info('stopped');
  }

  private async sweep(): Promise<void> {
    const { clock, consume, log, sender } = this.parts;
    while (!this.stopping.signal.aborted) {
      try {
        if (await consume.sweep(this.stopping.signal)) sender.wake();
      } catch (cause) {
        log.error({ activity: 'sweep', error: describeCause(cause) }, 'failed, and will be tried again');
      }
      await clock.sleep(SWEEP_MS, this.stopping.signal);
    }
  }
}
