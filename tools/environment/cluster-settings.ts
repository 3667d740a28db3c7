import { brokerSettings } from './broker-settings.ts';

const CONTROLLER_ID = 100;

/** Records are acknowledged by two of three brokers: the loss of any one of them loses and stops nothing. */
const REPLICATED = {
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  'share.coordinator.state.topic.replication.factor': '3',
  'share.coordinator.state.topic.min.isr': '2',
};

/** A node of a cluster with a controller of its own, so that leaders can be chosen however many brokers are left. */
export interface ClusterNode {
  readonly nodeId: number;
  readonly properties: Readonly<Record<string, string>>;
}

/** Of brokers alone: the controller has no clients. */
const OF_BROKERS: readonly string[] = ['advertised.listeners', 'inter.broker.listener.name'];

/** The controller keeps no records of topics. */
export const controllerNode = (port: number): ClusterNode => {
  const settings = brokerSettings({ listen: '127.0.0.1', advertise: '127.0.0.1', client: port, controller: port });
  return {
    nodeId: CONTROLLER_ID,
    properties: {
      ...Object.fromEntries(Object.entries(settings).filter(([name]) => !OF_BROKERS.includes(name))),
      ...REPLICATED,
      'process.roles': 'controller',
      'node.id': String(CONTROLLER_ID),
      'controller.quorum.voters': `${CONTROLLER_ID}@127.0.0.1:${port}`,
      listeners: `CONTROLLER://127.0.0.1:${port}`,
    },
  };
};

/** Broker `nodeId` (from 1), told of the controller by its port. */
export const brokerNode = (nodeId: number, port: number, controller: number): ClusterNode => ({
  nodeId,
  properties: {
    ...brokerSettings({ listen: '127.0.0.1', advertise: '127.0.0.1', client: port, controller }),
    ...REPLICATED,
    'process.roles': 'broker',
    'node.id': String(nodeId),
    'controller.quorum.voters': `${CONTROLLER_ID}@127.0.0.1:${controller}`,
    listeners: `CLIENT://127.0.0.1:${port}`,
  },
});
