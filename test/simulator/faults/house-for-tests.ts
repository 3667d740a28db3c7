import { Kafka, logLevel } from 'kafkajs';
import type { FaultContext } from '../../../simulator/faults/fault.ts';
import type { House } from '../../../simulator/run/house.ts';
import { OperatorApi } from '../../../simulator/run/operator-api.ts';
import { seeded } from '../../../simulator/workload/seeded.ts';

const nothing = (): Promise<void> => Promise.resolve();

/** A house without servers: whatever is asked of it succeeds at once, but for its broker, which is not there. */
export const houseForTests = (parts: Partial<House> = {}): House => ({
  apiUrl: 'http://127.0.0.1:9',
  operatorToken: 'token',
  topic: 'topic',
  mysqlUrl: 'mysql://127.0.0.1:9/orders',
  paymentMysqlUrl: 'mysql://127.0.0.1:9/payment',
  replicaUrl: undefined,
  followReplica: () => undefined,
  kafka: new Kafka({ brokers: ['127.0.0.1:9'], logLevel: logLevel.NOTHING }),
  proxies: {},
  nextVersion: '/next',
  disks: {},
  progress: () => Promise.resolve(undefined),
  kill: nothing,
  revive: nothing,
  signal: nothing,
  addRole: nothing,
  removeRole: nothing,
  restartWith: () => Promise.reject(new Error('nothing is restarted here')),
  pidOf: () => undefined,
  urlOf: () => 'http://127.0.0.1:9',
  admin: () => Promise.reject(new Error('there is no broker')),
  ...parts,
});

export const contextForTests = (parts: Partial<FaultContext> = {}): FaultContext => ({
  house: houseForTests(),
  operator: new OperatorApi('http://127.0.0.1:9', 'token'),
  poisoned: Promise.resolve(undefined),
  recordInjected: () => undefined,
  random: seeded(1, 'test'),
  saw: () => undefined,
  say: () => undefined,
  signal: new AbortController().signal,
  ...parts,
});
