import { rmSync } from 'node:fs';
import { PairBuckets, TextBuckets } from './bucket-files.ts';
import { hash53 } from './hash.ts';
import { routes, SHARDED } from './routes.ts';
import type { RowOf, ShardedName } from './routes.ts';

export const BUCKETS = 256;

/** Takes rows, one at a time. */
export interface RowSink {
  add<Name extends ShardedName>(name: Name, row: RowOf<Name>): void;
}

/**
 * Rows on disk, by a hash of their order, so that each bucket can be judged by itself. What ties orders together is
 * kept beside them, by a hash of the tie. Writes at once and without waiting: when the disk is full, `add` throws
 * and the rows of that bucket are lost.
 */
export class Spill implements RowSink {
  readonly #directory: string;
  readonly #rows: TextBuckets;
  /** Rows that do not name their order, by what they name instead. */
  readonly #loose: TextBuckets;
  readonly #ties: PairBuckets;
  readonly #counts: Uint32Array;
  readonly #written = new Map<ShardedName, number>();
  readonly buckets: number;

  constructor(directory: string, buckets = BUCKETS) {
    this.#directory = directory;
    this.buckets = buckets;
    this.#rows = new TextBuckets(directory, 'rows', buckets);
    this.#loose = new TextBuckets(directory, 'loose', buckets);
    this.#ties = new PairBuckets(directory, 'ties', buckets);
    this.#counts = new Uint32Array(buckets);
  }

  /** Rows of a source come back in the order in which they were added. */
  add<Name extends ShardedName>(name: Name, row: RowOf<Name>): void {
    const ordinal = this.#written.get(name) ?? 0;
    this.#written.set(name, ordinal + 1);
    const route = routes[name](row);
    const line = `${SHARDED.indexOf(name)} ${ordinal} ${JSON.stringify(row)}\n`;
    if (route.order === null) {
      const joint = hash53(route.joint);
      this.#loose.append(joint % this.buckets, `${joint} ${line}`);
      return;
    }
    const order = hash53(route.order);
    this.#append(order, line);
    for (const joint of route.joints.map(hash53)) this.#ties.append(joint % this.buckets, joint, order);
  }

  count(bucket: number): number {
    return this.#counts[bucket] ?? 0;
  }

  /** @throws DamagedOnDisk */
  read(bucket: number): string {
    return this.#rows.read(bucket);
  }

  /** Visits each joint of a bucket with the hash of an order that names it. @throws DamagedOnDisk */
  forEachTie(bucket: number, visit: (joint: number, order: number) => void): void {
    this.#ties.forEach(bucket, visit);
  }

  /** Puts the rows that name no order where `orderOf` their joint is. To be done once, when all rows are written. @throws when they cannot be read or written. */
  settle(bucket: number, orderOf: (joint: number) => number): void {
    for (const line of this.#loose.read(bucket).split('\n')) {
      if (line === '') continue;
      const end = line.indexOf(' ');
      this.#append(orderOf(Number(line.slice(0, end))), `${line.slice(end + 1)}\n`);
    }
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #append(order: number, line: string): void {
    const bucket = order % this.buckets;
    this.#rows.append(bucket, line);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }
}
