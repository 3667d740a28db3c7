import { closeSync, openSync, writeSync } from 'node:fs';
import type { HistorySink } from './history.ts';

export interface HistoryFile {
  readonly append: HistorySink;
  /** The first write that failed, if any: the file is then incomplete, the history in memory is not. */
  problem(): unknown;
  close(): void;
}

/** One JSON object per line, written at once, so that a killed run leaves what it saw. */
export const openHistoryFile = (path: string): HistoryFile => {
  const file = openSync(path, 'w');
  let problem: unknown;
  return {
    append: (entry) => {
      if (problem !== undefined) return;
      try {
        writeSync(file, `${JSON.stringify(entry)}\n`);
      } catch (cause) {
        problem = cause;
      }
    },
    problem: () => problem,
    close: () => closeSync(file),
  };
};
