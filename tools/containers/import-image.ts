import { spawn } from 'node:child_process';
import { request } from 'node:http';
import type { DockerEngine } from '../environment/docker-engine.ts';

const IMPORT_MS = 120_000;

/**
 * Makes an image of one layer from a directory, as `docker import` does; `changes` are instructions of a Dockerfile. Everything in it
 * belongs to root.
 */
export const importImage = (
  { connection }: DockerEngine,
  directory: string,
  image: string,
  changes: readonly string[],
): Promise<void> =>
  new Promise((resolve, reject) => {
    const query = new URLSearchParams([
      ['fromSrc', '-'],
      ['repo', image],
      ...changes.map((change): [string, string] => ['changes', change]),
    ]);
    const tar = spawn('tar', ['--directory', directory, '--owner=0', '--group=0', '--numeric-owner', '--create', '.'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const call = request(
      {
        ...connection,
        method: 'POST',
        path: `/images/create?${query.toString()}`,
        headers: { 'content-type': 'application/x-tar' },
        agent: false,
        signal: AbortSignal.timeout(IMPORT_MS),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.once('error', reject);
        response.once('end', () => {
          if (response.statusCode === 200 && !body.includes('"error"')) resolve();
          else reject(new Error(`the image ${image} could not be made: ${body.trim()}`));
        });
      },
    );
    call.once('error', reject);
    tar.once('error', reject);
    tar.once('exit', (code) => {
      if (code !== 0) call.destroy(new Error(`tar of ${directory} ended with code ${String(code)}`));
    });
    tar.stdout.pipe(call);
  });
