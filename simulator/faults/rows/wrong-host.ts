import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEnvironment } from '../../../tools/environment/start-environment.ts';
import type { Environment } from '../../../tools/environment/environment.ts';
import { ROLE_KINDS } from '../../../tools/environment/roles.ts';
import type { RoleKind } from '../../../tools/environment/roles.ts';
import type { AloneContext, Sighting } from '../fault.ts';
import { alone } from './alone.ts';
import { didHappen } from './did-happen.ts';

/** Names below `invalid` never resolve (RFC 6761). */
const HOST = 'nowhere.invalid';
/** Planted into the wrong URL: no answer and no log may carry it. */
const PASSWORD = 'not-to-be-shown';
const SAID_MS = 60_000;
/** A role that gives up does so within its first tries; their time-outs are up to 5 s. */
const STAYS_UP_MS = 10_000;

type Server = 'MySQL' | 'Kafka';

/** What a role said of a host name that does not exist. */
export interface WrongHostSeen {
  readonly role: string;
  readonly server: Server;
  /** Last answer of `/readyz`; undefined: none came. */
  readonly answer: { readonly status: number; readonly text: string } | undefined;
  /** The same process answered all the time. */
  readonly stayedUp: boolean;
  readonly log: string;
}

/** How a role calls its server, wherever it speaks of it. */
const NAMES: Readonly<Record<Server, RegExp>> = { MySQL: /MySQL|database/, Kafka: /Kafka/ };

const says = (server: Server, { status, text }: NonNullable<WrongHostSeen['answer']>): boolean =>
  status === 503 && text.includes(HOST) && NAMES[server].test(text);

export const judgeWrongHost = ({ role, server, answer, stayedUp, log }: WrongHostSeen): readonly Sighting[] => [
  {
    what: `${role} with a wrong ${server} host is not ready and names server and host`,
    holds: answer !== undefined && says(server, answer),
  },
  { what: 'it stays up', holds: stayedUp },
  { what: 'it shows no password', holds: ![answer?.text ?? '', log].some((text) => text.includes(PASSWORD)) },
];

/** The settings that point a role to a server that is not there. */
const wrongSettings = (role: RoleKind, server: Server, { mysqlUrl }: Environment): Readonly<Record<string, string>> => {
  if (server === 'Kafka') return { KAFKA_BROKERS: `${HOST}:9092` };
  const url = new URL(mysqlUrl);
  url.hostname = HOST;
  url.password = PASSWORD;
  return { [role === 'payment' || role === 'shipping' ? 'CONSUMER_MYSQL_URL' : 'MYSQL_URL']: url.toString() };
};

/** A janitor speaks to MySQL only. */
const rolesAt = (server: Server): readonly RoleKind[] =>
  ROLE_KINDS.filter((role) => server === 'MySQL' || role !== 'janitor');

const readiness = async (url: string): Promise<{ readonly status: number; readonly text: string }> => {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(8_000) });
  return { status: answer.status, text: await answer.text() };
};

/** Every role at once, each with the wrong host; they are ended again. */
const watchWrong = async (
  environment: Environment,
  server: Server,
  { reportDir, say, signal }: AloneContext,
): Promise<readonly WrongHostSeen[]> => {
  const roles = rolesAt(server);
  await Promise.all(
    roles.map((role) =>
      environment.addRole(role, { env: wrongSettings(role, server, environment), untilReady: false }),
    ),
  );
  say(`every role looks for ${server} at ${HOST}`);
  const pids = await Promise.all(
    roles.map(async (role) => {
      const hasSaid = async (): Promise<boolean> => says(server, await readiness(environment.urlOf(role)));
      await didHappen(`the finding of ${role}`, SAID_MS, hasSaid, signal);
      return environment.pidOf(role);
    }),
  );
  await sleep(STAYS_UP_MS, undefined, { signal });
  return Promise.all(
    roles.map(async (role, index) => {
      const answer = await readiness(environment.urlOf(role)).catch(() => undefined);
      const stayedUp = pids[index] !== undefined && environment.pidOf(role) === pids[index];
      await environment.removeRole(role);
      return { role, server, answer, stayedUp, log: await readFile(join(reportDir, `${role}.log`), 'utf8') };
    }),
  );
};

/** Every role is pointed to a MySQL and then to a Kafka that does not exist, and at last to the right ones. */
const run = async (context: AloneContext): Promise<readonly Sighting[]> => {
  const { reportDir, say } = context;
  const environment = await startEnvironment({ roles: [], logDirectory: reportDir, progress: say });
  try {
    const seen = [
      ...(await watchWrong(environment, 'MySQL', context)),
      ...(await watchWrong(environment, 'Kafka', context)),
    ];
    const becameReady = await Promise.all(ROLE_KINDS.map((role) => environment.addRole(role))).then(
      () => true,
      () => false,
    );
    return [
      ...seen.flatMap(judgeWrongHost),
      { what: 'with the right hosts every role becomes ready', holds: becameReady },
    ];
  } finally {
    await environment.stop();
  }
};

export const wrongHost = alone(
  {
    name: 'wrong-host',
    describe: 'every role is told a host name for MySQL, and then for Kafka, that does not exist',
    tells: 'a host name is wrong',
    number: 35,
    expected: 'stays up, not ready, says which server and host; ready with the right ones',
  },
  run,
);
