import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

/** Shows what a process writes, each line under the name it belongs to, as two run at the same time. */
export const showLines = (stream: Readable, name: string): void => {
  createInterface({ input: stream }).on('line', (line) => {
    if (line.trim() !== '') process.stdout.write(`${name.padEnd(12)} ${line}\n`);
  });
};
