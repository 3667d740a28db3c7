import * as TE from 'fp-ts/lib/TaskEither.js';
import { ConsumeBatch } from '../../src/application/consumer/consume-batch.ts';
import { ConsumeRecord } from '../../src/application/consumer/consume-record.ts';
import { SettleBatch } from '../../src/application/consumer/settle-batch.ts';
import { SettleEvent } from '../../src/application/consumer/settle-event.ts';
import type { IncomingEvent } from '../../src/application/ports/consumed-record.ts';
import type { OutboxRecord } from '../../src/application/ports/relay-outbox.ts';
import type { UnitOfWork } from '../../src/application/ports/unit-of-work.ts';
import type { InMemoryPublisher } from '../../src/infrastructure/in-memory/in-memory-publisher.ts';
import { silentConsumerObserver } from '../../src/infrastructure/in-memory/silent-consumer-observer.ts';
import type { Seeded } from '../workload/seeded.ts';
import type { Assignment, ConsumerGroup } from './consumer-group.ts';
import type { FaultyCalls } from './faulty-calls.ts';
import type { SimulatedProcess } from './simulated-process.ts';

const POLL_MS = 1_000;
const SWEEP_MS = 5_000;
const FETCH_RECORDS = 5;
const RETRY_MS = 300;

const incoming = (record: OutboxRecord, offset: number): IncomingEvent => ({
  eventId: record.eventId,
  orderId: record.orderKey,
  sequence: record.sequence,
  type: record.type,
  version: record.version,
  occurredAt: record.occurredAt,
  payload: record.payload,
  headers: record.headers,
  fingerprint: `${record.type} ${record.version} ${record.payload}`,
  isSkip: record.type === 'EventSkipped',
  source: { topic: 'orders', partition: record.lane, offset },
});

/**
 * One member of a consumer group: reads from the committed offset, gives the records to the kit, and commits the
 * offset of what the kit has settled. Between the two it may die, and one that was paused may act once more for a
 * lane that has long been given to another.
 */
export class ConsumerProcess {
  private readonly consume: ConsumeRecord;
  private readonly consumeBatch: ConsumeBatch;
  private readonly never = new AbortController().signal;
  private sweptAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly name: string,
    private readonly process: SimulatedProcess,
    private readonly group: ConsumerGroup,
    private readonly topic: InMemoryPublisher,
    calls: FaultyCalls,
    random: Seeded,
  ) {
    const unitOfWork: UnitOfWork = {
      run: (options, work) => process.task(calls.write(options.action, group.database.run(options, work))),
    };
    const { inbox, subscription, callbacks } = group;
    const parts = {
      unitOfWork,
      inbox,
      subscription,
      callbacks,
      observer: silentConsumerObserver,
      clock: process.clock,
    };
    const settleEvent = new SettleEvent({ ...parts, logStartOf: () => TE.right(0), baseline: undefined });
    const settleBatch = new SettleBatch({ ...parts, openForMs: 1_000 });
    this.consume = new ConsumeRecord({
      ...parts,
      settleEvent,
      random: { next: () => random.unit() },
      handlerRetry: { attempts: 5, baseMs: 100, capMs: 2_000 },
    });
    this.consumeBatch = new ConsumeBatch({ consume: this.consume, settleBatch });
  }

  async run(): Promise<never> {
    for (;;) {
      const assignment = await this.heartbeat();
      let found = false;
      for (const lane of assignment.lanes) if (await this.read(lane, assignment)) found = true;
      await this.sweep();
      if (!found) await this.process.clock.sleep(POLL_MS);
    }
  }

  private heartbeat(): Promise<Assignment> {
    return this.process.running(() => Promise.resolve(this.group.heartbeat(this.name)));
  }

  /** True when there was something to read. */
  private async read(lane: number, { generation }: Assignment): Promise<boolean> {
    const from = this.group.committedOffsets.get(lane) ?? 0;
    const fetched = await this.process.running(() =>
      Promise.resolve(this.topic.entries(lane).slice(from, from + FETCH_RECORDS)),
    );
    let next = from;
    while (next < from + fetched.length) {
      const rest = fetched.slice(next - from).map(({ record }, index) => incoming(record, next + index));
      const processed = await this.consumeBatch.process(
        rest.map((event) => ({ _tag: 'Event', event })),
        this.never,
      );
      if (processed._tag !== 'Done') {
        await this.process.clock.sleep(RETRY_MS);
        return true;
      }
      next += processed.taken;
      const offset = next;
      const taken = await this.process.running(() =>
        Promise.resolve(this.group.commitOffset(lane, offset, generation)),
      );
      if (!taken || (await this.heartbeat()).generation !== generation) return true;
    }
    return fetched.length > 0;
  }

  private async sweep(): Promise<void> {
    const now = this.process.clock.monotonic();
    if (now - this.sweptAt < SWEEP_MS) return;
    this.sweptAt = now;
    await this.consume.sweep(this.never);
  }
}
