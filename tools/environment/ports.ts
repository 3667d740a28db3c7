import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/*
 * Ports are drawn below the range from which the kernel takes the ports of outgoing connections (32768 and up on Linux,
 * 49152 and up elsewhere). A port inside that range could be taken by any client while its server is down, and a client
 * that keeps trying to reach a dead server there can end up connected to itself.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const TRIES = 200;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });

/**
 * A port of 127.0.0.1 that is free at this moment. Another process can take it before it is used, so whoever starts a
 * server on it must be ready to draw again.
 */
export const findPort = async (): Promise<number> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found between ${LOWEST} and ${HIGHEST} on 127.0.0.1`);
};
