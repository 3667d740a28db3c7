export interface BrokerAddresses {
  /** The address to listen on, and the one that clients are told. */
  readonly listen: string;
  readonly advertise: string;
  readonly client: number;
  readonly controller: number;
  /** A listener of its own for clients that are to come through something else: where it listens, what they are told. */
  readonly interposed?: { readonly port: number; readonly advertise: string };
  /** Port of the secure listener. */
  readonly secure?: number;
}

/**
 * Settings of one broker that is its own controller, however it is started.
 *
 * Acknowledged records survive the death of the broker process: they are in the page cache of the machine. They are not
 * synced to disk one by one; against the death of a machine Kafka relies on replicas, which one broker does not have.
 */
export const brokerSettings = (addresses: BrokerAddresses): Readonly<Record<string, string>> => ({
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': `1@127.0.0.1:${addresses.controller}`,
  'controller.listener.names': 'CONTROLLER',
  listeners: [
    `CLIENT://${addresses.listen}:${addresses.client}`,
    `CONTROLLER://127.0.0.1:${addresses.controller}`,
    ...(addresses.interposed === undefined ? [] : [`INTERPOSED://127.0.0.1:${addresses.interposed.port}`]),
    ...(addresses.secure === undefined ? [] : [`SECURE://127.0.0.1:${addresses.secure}`]),
  ].join(','),
  'advertised.listeners': [
    `CLIENT://${addresses.advertise}:${addresses.client}`,
    ...(addresses.interposed === undefined ? [] : [`INTERPOSED://${addresses.interposed.advertise}`]),
    ...(addresses.secure === undefined ? [] : [`SECURE://localhost:${addresses.secure}`]),
  ].join(','),
  'inter.broker.listener.name': 'CLIENT',
  'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,INTERPOSED:PLAINTEXT,SECURE:SASL_SSL',
  // A killed broker may only register anew when the session of its former life has run out (9 s by default).
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '400',
  'auto.create.topics.enable': 'false',
  'unclean.leader.election.enable': 'false',
  'num.partitions': '6',
  'default.replication.factor': '1',
  'min.insync.replicas': '1',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '4',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
  'num.network.threads': '2',
  'num.io.threads': '4',
  'background.threads': '2',
  'log.cleaner.dedupe.buffer.size': '4194304',
});
