import { request, type RequestOptions } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { exists } from './cache.ts';
import { messageOf } from './environment-error.ts';

const PROBE_MS = 1_500;

export interface EngineAnswer {
  readonly status: number;
  readonly body: string;
}

/** A Docker engine that answers. */
export interface DockerEngine {
  /** Where it listens, for people. */
  readonly at: string;
  /** Where it listens, for `node:http`. */
  readonly connection: Pick<RequestOptions, 'socketPath' | 'host' | 'port'>;
  /** Whether an image that is not there yet may be pulled. */
  readonly mayPull: boolean;
}

/** Sends one request to the engine; fails when the answer is not complete within `timeoutMs`, if that is given. */
export const askEngine = (
  connection: DockerEngine['connection'],
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  timeoutMs?: number,
): Promise<EngineAnswer> =>
  new Promise((resolve, reject) => {
    const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
    const bound = timeout === undefined ? {} : { signal: timeout };
    const call = request({ ...connection, ...bound, method, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.once('error', reject);
    });
    call.once('error', (cause) => {
      reject(
        timeout?.aborted === true ? new Error(`no answer within ${(timeoutMs ?? 0) / 1_000} s`, { cause }) : cause,
      );
    });
    // A request without a bound waits for an end that may never come; it must not keep this process alive.
    if (timeout === undefined) call.once('socket', (socket) => socket.unref());
    call.end();
  });

const candidates = async (): Promise<readonly Omit<DockerEngine, 'mayPull'>[] | string> => {
  const host = process.env['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    const url = URL.canParse(host) ? new URL(host) : undefined;
    if (url?.protocol === 'unix:') return [{ at: host, connection: { socketPath: url.pathname } }];
    if (url?.protocol === 'tcp:' || url?.protocol === 'http:')
      return [{ at: host, connection: { host: url.hostname, port: url.port === '' ? 2375 : Number(url.port) } }];
    return `DOCKER_HOST is ${host}: only unix:// and tcp:// are supported`;
  }
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const sockets = [
    '/var/run/docker.sock',
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'docker.sock')]),
    join(homedir(), '.docker/run/docker.sock'),
  ];
  const present: Omit<DockerEngine, 'mayPull'>[] = [];
  for (const socketPath of sockets)
    if (await exists(socketPath)) present.push({ at: socketPath, connection: { socketPath } });
  return present.length > 0 ? present : `no engine: DOCKER_HOST is not set and there is none of ${sockets.join(', ')}`;
};

/** The engine of DOCKER_HOST or of a well-known socket, or why there is none. Costs nothing where no socket exists. */
export const findDockerEngine = async (mayPull: boolean): Promise<DockerEngine | string> => {
  const found = await candidates();
  if (typeof found === 'string') return found;
  const reasons: string[] = [];
  for (const candidate of found)
    try {
      const { status } = await askEngine(candidate.connection, 'GET', '/_ping', PROBE_MS);
      if (status === 200) return { ...candidate, mayPull };
      reasons.push(`${candidate.at} answers with status ${status}`);
    } catch (cause) {
      reasons.push(`${candidate.at}: ${messageOf(cause)}`);
    }
  return `no engine: ${reasons.join('; ')}`;
};
