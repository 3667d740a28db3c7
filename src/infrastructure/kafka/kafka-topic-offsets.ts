import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Admin, Kafka } from 'kafkajs';
import type { DependencyUnavailable } from '../../application/consumer/subscription.ts';
import type { RecordSource } from '../../application/ports/consumed-record.ts';
import { readTopicConfig } from './read-topic-config.ts';
import { SharedAdmin } from './shared-admin.ts';
import { withDeadline } from './with-deadline.ts';

/** Offsets of one partition, all of the next record. */
export interface PartitionOffsets {
  readonly partition: number;
  /** Oldest record still held. */
  readonly start: number;
  readonly end: number;
  /** What the group has committed; undefined before its first commit. */
  readonly committed: number | undefined;
}

const RETENTION = 'retention.ms';
const DEADLINE_MS = 10_000;
const late = (): Error => new Error(`no answer about the topic within ${DEADLINE_MS} ms`);

/** Asks the broker where a topic begins and ends, how long it keeps records, and where a group stands. Connects when first asked. */
export class KafkaTopicOffsets {
  private admin: SharedAdmin | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
    private readonly groupId: string,
  ) {}

  async read(): Promise<readonly PartitionOffsets[]> {
    return this.ask(async (admin) => {
      // In this order: asked the other way round, a busy group could seem to have committed beyond the end.
      const [group] = await admin.fetchOffsets({ groupId: this.groupId, topics: [this.topic] });
      const bounds = await admin.fetchTopicOffsets(this.topic);
      return bounds.map(({ partition, low, high }) => {
        const committed = Number(group?.partitions.find((one) => one.partition === partition)?.offset ?? -1);
        return {
          partition,
          start: Number(low),
          end: Number(high),
          committed: committed < 0 ? undefined : committed,
        };
      });
    });
  }

  readonly logStartOf = ({ topic, partition }: RecordSource): TaskEither<DependencyUnavailable, number> =>
    TE.tryCatch(
      async () => {
        const bounds = await this.ask((admin) => admin.fetchTopicOffsets(topic));
        const own = bounds.find((one) => one.partition === partition);
        if (own === undefined) throw new Error(`partition ${partition} of ${topic} is unknown`);
        return Number(own.low);
      },
      (cause) => ({ _tag: 'DependencyUnavailable', cause }),
    );

  /** How long the topic keeps a record, milliseconds; Infinity: for ever. */
  readonly keepsForMs: TaskEither<DependencyUnavailable, number> = TE.tryCatch(
    async () => {
      const config = await this.ask((admin) => readTopicConfig(admin, this.topic, [RETENTION]));
      const ms = Number(config.get(RETENTION));
      if (!Number.isSafeInteger(ms)) throw new Error(`the broker does not tell ${RETENTION} of ${this.topic}`);
      return ms < 0 ? Infinity : ms;
    },
    (cause) => ({ _tag: 'DependencyUnavailable', cause }),
  );

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    await admin?.close();
  }

  private async ask<A>(question: (admin: Admin) => Promise<A>): Promise<A> {
    const admin = (this.admin ??= new SharedAdmin(this.kafka));
    try {
      return await withDeadline(admin.ask(question), DEADLINE_MS, late);
    } catch (cause) {
      // The next question gets a new connection.
      if (this.admin === admin) this.admin = undefined;
      void admin.close();
      throw cause;
    }
  }
}
