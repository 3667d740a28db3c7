import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import * as E from 'fp-ts/lib/Either.js';
import type { Container } from 'inversify';
import { createService } from '../../src/composition/create-service.ts';
import { TOKENS } from '../../src/composition/tokens.ts';
import { benchEvent } from '../events/bench-event.ts';
import { preciseNow } from './committer.ts';
import { numberSetting, say, untilStopped } from './parent.ts';
import { serviceConfig } from './service-config.ts';

/*
 * The service with everything in one process, relay included, which commits the events of the bench when the driver
 * tells it to and wakes its relay as the API does.
 */

const ASK_AGAIN_MS = 50;

const containers: Container[] = [];
const service = await createService(serviceConfig(), 'all', (made) => containers.push(made));
const [container] = containers;
if (container === undefined) throw new Error('the service was made without a container');
const unitOfWork = container.get(TOKENS.UnitOfWork);
const outbox = container.get(TOKENS.Outbox);
const wakeUp = container.get(TOKENS.WakeUp);

/** Answers when COMMIT was answered. */
const commit = async (index: number): Promise<number> => {
  const event = benchEvent(index);
  const done = await unitOfWork.run({ action: 'commit', rerunAfterUnknownCommit: false }, (tx) =>
    outbox.append(tx, [event]),
  )();
  if (E.isLeft(done)) throw new Error(`event ${index} could not be committed`, { cause: done.left });
  const at = preciseNow();
  wakeUp.ring(event.orderKey);
  return at;
};

const stopped = untilStopped();
const url = await service.start();
while ((await fetch(`${url}/readyz`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
const server = createServer({ noDelay: true }, (socket) => {
  createInterface({ input: socket }).on('line', (line) => {
    void commit(Number(line)).then((at) => socket.write(`${line} ${at}\n`));
  });
});
server.listen({ host: '127.0.0.1', port: numberSetting('BENCH_COMMIT_PORT') });
await once(server, 'listening');
say('ready');
await stopped;
server.close();
await service.stop();
process.disconnect();
