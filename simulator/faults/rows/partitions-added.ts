import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { Admin } from 'kafkajs';
import { startEnvironment } from '../../../tools/environment/start-environment.ts';
import { planWorkload } from '../../workload/plan.ts';
import type { AloneContext, Sighting } from '../fault.ts';
import { alone } from './alone.ts';
import { didHappen } from './did-happen.ts';

const BEFORE = 6;
const AFTER = 8;
const ORDERS = 20;
const BOUND_MS = 60_000;
const ROLES = ['api', 'relay'] as const;

/** Orders are placed and published; then somebody adds partitions, which nobody can take away again. */
const run = async ({ seed, reportDir, say, signal }: AloneContext): Promise<readonly Sighting[]> => {
  const environment = await startEnvironment({ roles: ROLES, logDirectory: reportDir, progress: say });
  const { topic, kafkaBrokers, apiUrl } = environment;
  const admin: Admin = new Kafka({ brokers: kafkaBrokers.split(','), logLevel: logLevel.NOTHING }).admin();
  const place = async (body: unknown): Promise<number> => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    return (await fetch(`${apiUrl}/orders`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  };
  const published = async (): Promise<readonly number[]> =>
    (await admin.fetchTopicOffsets(topic)).flatMap(({ partition, high }) =>
      Array.from({ length: Number(high) }, () => partition),
    );
  const [last, ...others] = planWorkload({ seed, orders: ORDERS, ratePerSecond: ORDERS, cancelRatio: 0 });
  try {
    await admin.connect();
    let accepted = 0;
    for (const { body } of others) accepted += (await place(body)) === 201 ? 1 : 0;
    const hasArrived = async (): Promise<boolean> => (await published()).length === accepted;
    const arrived = await didHappen('publication', BOUND_MS, hasArrived, signal);
    await admin.createPartitions({ topicPartitions: [{ topic, count: AFTER }] });
    const isRefused = async (role: string): Promise<boolean> => {
      const answer = await fetch(`${environment.urlOf(role)}/readyz`, { signal });
      return answer.status === 503 && (await answer.text()).includes(`${AFTER} partitions`);
    };
    const refusals = await Promise.all(
      ROLES.map((role) => didHappen(`the finding of ${role}`, BOUND_MS, () => isRefused(role), signal)),
    );
    const status = await place(last?.body);
    const partitions = await published();
    return [
      { what: `${accepted} orders were accepted and published before`, holds: arrived && accepted > 0 },
      ...ROLES.map((role, index) => ({
        what: `${role} is not ready and says that the topic has ${AFTER} partitions, not ${BEFORE}`,
        holds: refusals[index],
      })),
      { what: `a new order is refused (${status})`, holds: status === 503 },
      { what: 'the new partitions stayed empty', holds: partitions.every((partition) => partition < BEFORE) },
    ];
  } finally {
    await admin.disconnect();
    await environment.stop();
  }
};

export const partitionsAdded = alone(
  {
    name: 'partitions-added',
    describe: `the topic gets ${AFTER} partitions instead of ${BEFORE} while the service is at work`,
    tells: 'partitions are added to the topic',
    number: 26,
    expected: 'ends refused and says why; nothing goes to the new partitions',
  },
  run,
);
