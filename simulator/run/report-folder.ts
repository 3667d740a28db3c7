import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';

/** `.order/reports/demo-20260131T093000Z-seed4711`, so that no run overwrites another. */
export const defaultReportFolder = (kind: 'demo' | 'simulate', seed: number, now: Date): string =>
  join('.order', 'reports', `${kind}-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-seed${seed}`);

/** Makes the folder and proves that it can be written; Left says in one line why not. */
export const prepareReportFolder = (path: string): Either<string, string> => {
  const folder = resolve(path);
  try {
    mkdirSync(folder, { recursive: true });
    const probe = join(folder, `.probe-${randomUUID()}`);
    writeFileSync(probe, '');
    rmSync(probe);
    return E.right(folder);
  } catch (cause) {
    return E.left(`--report: ${folder} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
};
