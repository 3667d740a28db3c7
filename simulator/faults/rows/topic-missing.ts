import { Kafka, logLevel } from 'kafkajs';
import { startEnvironment } from '../../../tools/environment/start-environment.ts';
import { createTopic } from '../../../tools/environment/topic.ts';
import type { AloneContext, Sighting } from '../fault.ts';
import { alone } from './alone.ts';
import { didHappen } from './did-happen.ts';

const NOTICED_MS = 60_000;
const READY_MS = 60_000;
const ROLES = ['api', 'relay'] as const;

const readiness = async (url: string): Promise<{ readonly status: number; readonly text: string }> => {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) });
  return { status: answer.status, text: await answer.text() };
};

const topicsOf = async (brokers: string): Promise<readonly string[]> => {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
};

/** Service and broker are there, the topic is not; it is created at last, and everything becomes ready. */
const run = async ({ reportDir, say, signal }: AloneContext): Promise<readonly Sighting[]> => {
  const environment = await startEnvironment({
    roles: [],
    topic: { create: false },
    logDirectory: reportDir,
    progress: say,
  });
  try {
    const { topic, kafkaBrokers } = environment;
    for (const role of ROLES) await environment.addRole(role, { untilReady: false });
    const isReported = async (role: string): Promise<boolean> => {
      const { status, text } = await readiness(environment.urlOf(role));
      return status === 503 && text.includes(topic) && /not exist/.test(text);
    };
    const reported: boolean[] = [];
    for (const role of ROLES)
      reported.push(await didHappen(`the finding of ${role}`, NOTICED_MS, () => isReported(role), signal));
    const isMissing = !(await topicsOf(kafkaBrokers)).includes(topic);
    await createTopic(kafkaBrokers, { name: topic, partitions: 6, config: {} });
    const areReady = async (): Promise<boolean> => {
      const answers = await Promise.all(ROLES.map((role) => readiness(environment.urlOf(role))));
      return answers.every(({ status }) => status === 200);
    };
    const becameReady = await didHappen('readiness', READY_MS, areReady, signal);
    return [
      ...ROLES.map((role, index) => ({
        what: `${role} is not ready and says that topic ${topic} does not exist`,
        holds: reported[index],
      })),
      { what: 'nothing created the topic meanwhile', holds: isMissing },
      { what: 'both are ready once it was created', holds: becameReady },
    ];
  } finally {
    await environment.stop();
  }
};

export const topicMissing = alone(
  {
    name: 'topic-missing',
    describe: 'API and relay start before the topic was created',
    tells: 'the topic is missing',
    number: 25,
    expected: 'clear error, topic not created by itself; ready once it was created',
  },
  run,
);
