import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Committer } from './committer.ts';

interface Waiting {
  readonly resolve: (at: number) => void;
  readonly reject: (cause: Error) => void;
}

/** Lets the process that listens on `port` commit: a line with the event's number there, one with the time as well back. */
export const openRemoteCommitter = async (port: number): Promise<Committer> => {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const waiting = new Map<number, Waiting>();
  socket.once('error', () => socket.destroy());
  const closed = once(socket, 'close').then(() => {
    for (const { reject } of waiting.values()) reject(new Error('the process that commits is gone'));
  });
  createInterface({ input: socket }).on('line', (line) => {
    const [index = Number.NaN, at = Number.NaN] = line.split(' ').map(Number);
    waiting.get(index)?.resolve(at);
    waiting.delete(index);
  });
  return {
    commit: (index) =>
      new Promise((resolve, reject) => {
        waiting.set(index, { resolve, reject });
        socket.write(`${index}\n`);
      }),
    close: () => {
      socket.end();
      return closed;
    },
  };
};
