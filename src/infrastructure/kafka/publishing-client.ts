import type { PublishFailure } from '../../application/ports/publisher.ts';
import type { KafkaAccess } from './kafka-access.ts';
import type { EncodedRecord } from './record-size.ts';

export interface PublishingOptions {
  /** `host:port` of each. */
  readonly brokers: readonly string[];
  readonly access?: KafkaAccess | undefined;
  /** Shown in the broker's logs and quotas. */
  readonly clientId: string;
  readonly topic: string;
  /** Time-out of one publish as a whole, connecting included, milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long the broker may wait for its replicas, milliseconds; shorter than `requestTimeoutMs`. */
  readonly produceTimeoutMs: number;
}

/** What a broker answered for one partition. */
export interface PartitionAnswer {
  readonly topicName: string;
  readonly partition: number;
  /** 0 when it was stored. */
  readonly errorCode: number;
  readonly baseOffset?: string;
}

/**
 * Sends to one partition of the topic, all replicas acknowledging, over connections that it shares with nobody. It
 * repeats nothing, and never sends to another partition. One request at a time.
 */
export interface PartitionProducer {
  /**
   * One request. Resolves with what the broker answered, not yet checked: with nothing when nothing was sent, since the
   * topic has no such partition. Rejects with what the client throws.
   */
  send(records: readonly EncodedRecord[]): Promise<readonly PartitionAnswer[]>;
  /** Ends the connections at once by a reset: what was not yet delivered never arrives, and nothing more is sent. */
  sever(cause: Error): void;
  /** For an idle producer. */
  close(): Promise<void>;
}

export const MAX_MESSAGE_BYTES = 'max.message.bytes';

/** Reads what the topic takes, once, over a connection of its own that is closed behind it. */
export interface LimitsReader {
  /** The topic's `max.message.bytes` as the broker says it; undefined when it says none. */
  maxMessageBytes(): Promise<string | undefined>;
  sever(cause: Error): void;
}

/**
 * What a publisher needs of a Kafka client. Time-outs, encoding, what counts as acknowledged and when a connection is cut
 * are the publisher's own, whatever the client.
 */
export interface PublishingClient {
  producerFor(partition: number): PartitionProducer;
  limitsReader(): LimitsReader;
  /** Who is to blame for what a producer or reader threw. */
  classify(error: unknown): PublishFailure;
  /** True when it was the broker that answered, so that its connection is in order. */
  isBrokerAnswer(error: unknown): boolean;
}

export type MakePublishingClient = (options: PublishingOptions) => PublishingClient;
