import type { PublishingOptions } from '../kafka/publishing-client.ts';
import { BrokerConnection } from './broker-connection.ts';
import type { BrokerAddress } from './broker-connection.ts';
import type { PlatformaticKafka } from './load-platformatic-kafka.ts';

const addressOf = (broker: string): BrokerAddress => {
  const { hostname, port } = new URL(`kafka://${broker}`);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
};

/** The connections of one user, one for each broker that it asked, all cut or closed together and for good. */
export class BrokerConnections {
  private readonly open = new Map<string, BrokerConnection>();
  private ended: Error | undefined;

  constructor(
    private readonly kafka: PlatformaticKafka,
    private readonly client: Pick<PublishingOptions, 'clientId' | 'access'>,
  ) {}

  /** The connection to `address`, made anew when there is none that works. Throws when they have ended. */
  to(address: BrokerAddress): BrokerConnection {
    if (this.ended !== undefined) throw this.ended;
    const key = `${address.host}:${address.port}`;
    const known = this.open.get(key);
    if (known?.isUsable() === true) return known;
    const made = new BrokerConnection(this.kafka, this.client.clientId, address, this.client.access);
    this.open.set(key, made);
    return made;
  }

  /** A connection to the first of `brokers` (`host:port`) that can be reached. Rejects with the failure of the last. */
  async toAny(brokers: readonly string[]): Promise<BrokerConnection> {
    let failure: unknown = new Error('no broker is named');
    for (const broker of brokers) {
      try {
        const connection = this.to(addressOf(broker));
        await connection.ready();
        return connection;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  sever(cause: Error): void {
    this.ended ??= cause;
    for (const connection of this.open.values()) connection.sever(cause);
  }

  async close(): Promise<void> {
    this.ended ??= new Error('the connections were closed');
    await Promise.all([...this.open.values()].map((connection) => connection.close()));
  }
}
