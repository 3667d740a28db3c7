import type { PartitionAnswer, PartitionProducer, PublishingOptions } from '../kafka/publishing-client.ts';
import type { EncodedRecord } from '../kafka/record-size.ts';
import type { BrokerAddress } from './broker-connection.ts';
import { BrokerConnections } from './broker-connections.ts';
import { encodeBatch } from './encode-batch.ts';
import type { PlatformaticKafka } from './load-platformatic-kafka.ts';
import { produceRequest } from './produce-request.ts';
import type { ProduceRequest } from './produce-request.ts';

/** As a broker says it of a partition; here the leader is not among the brokers that it names. */
class LeaderNotAvailable extends Error {
  override readonly name = 'LeaderNotAvailable';
  readonly apiId = 'LEADER_NOT_AVAILABLE';
}

/**
 * Asks for the partition's leader and sends to it, by the client's connections and requests. Its own producer is not used:
 * it sends to another partition when the topic has no such one (`partition % count`), and an answer that it cannot read
 * ends the process.
 */
export class PlatformaticPartitionProducer implements PartitionProducer {
  private readonly connections: BrokerConnections;
  private readonly produce: ProduceRequest;
  /** As last read; undefined before, and after every failure. */
  private leader: BrokerAddress | undefined;

  constructor(
    private readonly kafka: PlatformaticKafka,
    private readonly options: PublishingOptions,
    private readonly partition: number,
  ) {
    this.connections = new BrokerConnections(kafka, options);
    this.produce = produceRequest(kafka);
  }

  async send(records: readonly EncodedRecord[]): Promise<readonly PartitionAnswer[]> {
    const { partition } = this;
    const { topic, produceTimeoutMs: timeoutMs } = this.options;
    try {
      this.leader ??= await this.findLeader();
      if (this.leader === undefined) return [];
      const connection = this.connections.to(this.leader);
      const batch = encodeBatch(records, Date.now(), this.kafka.crc32c);
      const answer = await connection.ask((to) => this.produce(to, { topic, partition, batch, timeoutMs }));
      return answer.responses.flatMap(({ name, partitionResponses }) =>
        partitionResponses.map(({ index, errorCode, baseOffset }) => ({
          topicName: name,
          partition: index,
          errorCode,
          baseOffset: String(baseOffset),
        })),
      );
    } catch (error) {
      this.leader = undefined;
      throw error;
    }
  }

  sever(cause: Error): void {
    this.connections.sever(cause);
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  /** Undefined when the topic has no such partition. */
  private async findLeader(): Promise<BrokerAddress | undefined> {
    const { brokers, topic } = this.options;
    const connection = await this.connections.toAny(brokers);
    const metadata = await connection.ask((to) => this.kafka.metadataV9.api.async(to, [topic], false));
    const partitions = metadata.topics.find(({ name }) => name === topic)?.partitions;
    const found = partitions?.find(({ partitionIndex }) => partitionIndex === this.partition);
    if (found === undefined) return undefined;
    const leader = metadata.brokers.find(({ nodeId }) => nodeId === found.leaderId);
    if (leader === undefined) throw new LeaderNotAvailable(`partition ${this.partition} has no leader`);
    return leader;
  }
}
