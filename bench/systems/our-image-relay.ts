import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { buildImageRoot } from '../../tools/image/build-image-root.ts';
import { PARTITIONS } from '../events/outbox-row.ts';
import { startProgram } from '../processes/program.ts';
import type { BenchSystem } from './system.ts';

/** A heap that is collected sooner and kept small. Large events need more: docs/performance.md says how much. */
const SMALL_HEAP = ['--max-old-space-size=96', '--max-semi-space-size=2'];

/** Our relay as the image runs it, with a small heap. */
export const ourImageRelay: BenchSystem = {
  name: 'orderly-image',
  describe: `our relay as the image runs it: compiled, without tsx, and with ${SMALL_HEAP.join(' ')}`,
  start: async (environment, logDirectory) => {
    const directory = await mkdtemp(join(tmpdir(), 'orderly-bench-'));
    const app = join(directory, 'app');
    await buildImageRoot(app);
    const relay = startProgram({
      command: process.execPath,
      args: [...SMALL_HEAP, join(app, 'start.mjs'), 'relay'],
      env: {
        MYSQL_URL: environment.mysqlUrl,
        KAFKA_BROKERS: environment.kafkaBrokers,
        ORDER_TOPIC: environment.topic,
        ORDER_PARTITIONS: `${PARTITIONS}`,
        RELAY_HTTP_PORT: '0',
        LOG_LEVEL: 'warn',
      },
      name: 'orderly-image',
      logDirectory,
    });
    return {
      processes: new Map([['orderly-image', relay.pid]]),
      stop: async () => {
        await relay.stop();
        await rm(directory, { recursive: true });
      },
    };
  },
};
