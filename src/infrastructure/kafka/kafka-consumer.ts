import type { Kafka } from 'kafkajs';
import type { KafkaLogLine } from './kafka-client.ts';
import { ClockWatch } from '../../application/consumer/clock-watch.ts';
import { StallDetector } from '../../application/consumer/stall-detector.ts';
import { retryDelay } from '../../application/consumer/retry-delay.ts';
import { describeKafkaFailure } from './describe-kafka-failure.ts';
import { KafkaConsumerSession } from './kafka-consumer-session.ts';
import type { KafkaConsumerSessionOptions, SessionEnd } from './kafka-consumer-session.ts';
import type { KafkaTopicOffsets, PartitionOffsets } from './kafka-topic-offsets.ts';

export interface KafkaConsumerOptions extends KafkaConsumerSessionOptions {
  /** How often positions are compared with the broker's. */
  readonly watchMs: number;
  /** A partition with something to read that has not moved for so long gets the client replaced. */
  readonly stallMs: number;
}

export interface KafkaConsumerHealth {
  /** Member of its group just now. */
  readonly joined: boolean;
  readonly pausedPartitions: number;
  /** Records not yet processed in this member's partitions, as of the last look. */
  readonly lag: number;
  /** Why the last client ended by itself, until the next one has joined. */
  readonly failure: string | undefined;
}

/** The partition whose offset the client says it has just reset, if that is what the line says; it has no event for it. */
export const offsetResetIn = ({ message, details }: KafkaLogLine): number | undefined => {
  const partition = details['partition'];
  return message.startsWith('Offset out of range, resetting') && typeof partition === 'number' ? partition : undefined;
};

const RESTART = { baseMs: 250, capMs: 5_000 };
const HEALTHY_AFTER_MS = 30_000;
/** A heartbeat that comes later by so much, and by one look of the watch, still comes within the session. */
const CLOCK_TOLERANCE_MS = 2_000;

/**
 * Keeps one consumer session running: makes a new one when the client crashed, could not connect, stands still
 * although there is something to read, or would send no more heartbeats since the wall clock was set back.
 */
export class KafkaConsumer {
  private readonly stopping = new AbortController();
  private readonly stalls: StallDetector;
  private readonly wallClock: ClockWatch;
  private readonly reported = new Map<number, number>();
  private session: KafkaConsumerSession | undefined;
  private running: Promise<void> | undefined;
  private lag = 0;
  private failure: string | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly offsets: KafkaTopicOffsets,
    private readonly options: KafkaConsumerOptions,
  ) {
    this.stalls = new StallDetector(options.stallMs);
    this.wallClock = new ClockWatch(options.clock, CLOCK_TOLERANCE_MS);
  }

  start(): void {
    this.running ??= Promise.all([this.keepRunning(), this.watch()]).then(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.session?.end({ _tag: 'Stopped' });
    await this.running;
    await this.offsets.close();
  }

  get health(): KafkaConsumerHealth {
    return {
      joined: this.session?.joined ?? false,
      pausedPartitions: this.session?.batches.pausedCount ?? 0,
      lag: this.lag,
      failure: this.failure,
    };
  }

  private async keepRunning(): Promise<void> {
    const { clock, random, observer } = this.options;
    for (let failures = 0; !this.stopping.signal.aborted;) {
      const begun = clock.monotonic();
      const end = await this.live();
      if (end._tag === 'Stopped') return;
      this.failure = end._tag === 'Crashed' ? describeKafkaFailure(end.cause) : 'it stood still and is replaced';
      if (end._tag === 'Crashed') observer.restarted('crash', end.cause);
      else if (end._tag === 'Stalled') observer.restarted('stall', { partitions: end.partitions });
      else observer.restarted('clock', { byMs: end.byMs });
      failures = clock.monotonic() - begun > HEALTHY_AFTER_MS ? 1 : failures + 1;
      await clock.sleep(retryDelay(RESTART, failures, random.next()), this.stopping.signal);
    }
  }

  private async live(): Promise<SessionEnd> {
    const session = new KafkaConsumerSession(this.kafka, this.options);
    this.session = session;
    try {
      await this.reportLostOffsets();
      await session.start();
      this.failure = undefined;
      if (this.stopping.signal.aborted) session.end({ _tag: 'Stopped' });
    } catch (cause) {
      session.end(this.stopping.signal.aborted ? { _tag: 'Stopped' } : { _tag: 'Crashed', cause });
    }
    const end = await session.ended;
    await session.close();
    return end;
  }

  private async watch(): Promise<void> {
    const { clock, watchMs, observer } = this.options;
    const over = (): boolean => this.stopping.signal.aborted;
    while (!over()) {
      await clock.sleep(watchMs, this.stopping.signal);
      if (over()) return;
      const byMs = this.wallClock.setBackMs();
      if (byMs !== undefined) this.session?.end({ _tag: 'ClockSetBack', byMs });
      try {
        this.compare(await this.offsets.read());
      } catch (cause) {
        observer.failed('read offsets', cause);
      }
    }
  }

  private compare(offsets: readonly PartitionOffsets[]): void {
    const { session } = this;
    if (session === undefined) return;
    offsets.forEach((one) => this.reportLost(one));
    const positions = offsets
      .filter(({ partition }) => session.partitions.includes(partition))
      .map(({ partition, start, end, committed }) => ({
        partition,
        next: Math.max(session.batches.position(partition) ?? start, committed ?? start),
        end,
        excused: session.batches.excused(partition),
      }));
    this.lag = positions.reduce((sum, { next, end }) => sum + Math.max(0, end - next), 0);
    const stalled = this.stalls.observe(this.options.clock.monotonic(), positions);
    if (stalled.length > 0) session.end({ _tag: 'Stalled', partitions: stalled });
  }

  /** Before the client resets them silently to the beginning of what is left. */
  private async reportLostOffsets(): Promise<void> {
    const offsets = await this.offsets.read();
    offsets.forEach((one) => this.reportLost(one));
  }

  private reportLost({ partition, start, end, committed: next }: PartitionOffsets): void {
    const lost = next !== undefined && (next < start || next > end);
    if (!lost || this.reported.get(partition) === next) return;
    this.reported.set(partition, next);
    this.options.observer.offsetOutOfRange(partition, `committed offset ${next} is outside of ${start} to ${end}`);
  }
}
