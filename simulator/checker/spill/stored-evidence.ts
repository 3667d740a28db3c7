import { rmSync } from 'node:fs';
import type { Evidence, Source } from '../evidence.ts';
import { DamagedOnDisk } from './damaged-on-disk.ts';
import { hash53 } from './hash.ts';
import { guards } from './row-guards.ts';
import { SHARDED } from './routes.ts';
import type { RowOf, ShardedName } from './routes.ts';
import type { Spill } from './spill.ts';
import { withGap } from './with-gap.ts';

/** Enough to make the fixed cost of a shard small, and little enough to fit anywhere. */
const ROWS_PER_SHARD = 60_000;

/** The rows of one source, as they come from disk. */
class Shelf<Row> {
  readonly #isRow: (value: unknown) => value is Row;
  readonly #rows: { readonly ordinal: number; readonly row: Row }[] = [];

  constructor(isRow: (value: unknown) => value is Row) {
    this.#isRow = isRow;
  }

  put(ordinal: number, value: unknown): void {
    if (!this.#isRow(value)) throw new DamagedOnDisk('a row is not as it was written');
    this.#rows.push({ ordinal, row: value });
  }

  /** In the order in which they were written. */
  source({ missing }: Source<Row>): Source<Row> {
    return { rows: this.#rows.sort((a, b) => a.ordinal - b.ordinal).map(({ row }) => row), missing };
  }
}

type Shelves = { readonly [Name in ShardedName]: Shelf<RowOf<Name>> };

const emptyShelves = (): Shelves => ({
  history: new Shelf(guards.history),
  orders: new Shelf(guards.orders),
  outbox: new Shelf(guards.outbox),
  skipped: new Shelf(guards.skipped),
  attempts: new Shelf(guards.attempts),
  audit: new Shelf(guards.audit),
  quarantines: new Shelf(guards.quarantines),
  log: new Shelf(guards.log),
  effects: new Shelf(guards.effects),
  inbox: new Shelf(guards.inbox),
  waiting: new Shelf(guards.waiting),
  consumerOrders: new Shelf(guards.consumerOrders),
  callbacks: new Shelf(guards.callbacks),
});

const putLine = (shelves: Shelves, line: string): void => {
  const afterName = line.indexOf(' ');
  const afterOrdinal = line.indexOf(' ', afterName + 1);
  const name = SHARDED[Number(line.slice(0, afterName))];
  if (name === undefined) throw new DamagedOnDisk('a line is not as it was written');
  shelves[name].put(Number(line.slice(afterName + 1, afterOrdinal)), JSON.parse(line.slice(afterOrdinal + 1)));
};

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** Buckets that must be judged together, since an order in one shares an event or a customer with an order in the other. */
class Groups {
  readonly #parents: number[];

  constructor(count: number) {
    this.#parents = Array.from({ length: count }, (_, bucket) => bucket);
  }

  rootOf(bucket: number): number {
    const parent = this.#parents[bucket] ?? bucket;
    return parent === bucket ? bucket : this.rootOf(parent);
  }

  join(a: number, b: number): void {
    this.#parents[this.rootOf(a)] = this.rootOf(b);
  }
}

/**
 * The evidence of a run on disk. It comes back in shards: each has all rows of some orders, and all that is about no
 * single order. Sound evidence ties no two orders together, so a shard is about `ROWS_PER_SHARD` rows, or one of
 * the 256 buckets if that is more; whatever is tied together comes in one shard, however large. When it cannot be told which belong together, there is no
 * shard, and every source in the frame says why.
 */
export class StoredEvidence {
  /** What is about no single order; the other sources have no rows here, but their gaps. */
  readonly frame: Evidence;
  readonly #spills: readonly Spill[];
  readonly #directory: string;
  readonly #shards: readonly (readonly number[])[];

  /** All spills must have the same number of buckets, and no two of them rows of one source. Nothing may be added from now on. */
  constructor(frame: Evidence, spills: readonly Spill[], directory: string, rowsPerShard = ROWS_PER_SHARD) {
    this.#spills = spills;
    this.#directory = directory;
    try {
      const buckets = spills[0]?.buckets ?? 0;
      const groups = new Groups(buckets);
      for (let bucket = 0; bucket < buckets; bucket += 1) this.#settle(bucket, groups, buckets);
      this.#shards = this.#pack(groups, buckets, rowsPerShard);
      this.frame = frame;
    } catch (cause) {
      this.#shards = [];
      this.frame = withGap(frame, `the evidence on disk could not be put in order: ${messageOf(cause)}`);
    }
  }

  get shardCount(): number {
    return this.#shards.length;
  }

  /** Numbered from 0. @throws DamagedOnDisk */
  shard(number: number): Evidence {
    return this.#load(this.#shards[number] ?? []);
  }

  /** All of it at once, in the memory that takes. For small runs. @throws DamagedOnDisk */
  whole(): Evidence {
    return this.#load(this.#shards.flat());
  }

  /** The shard that has an order. @throws DamagedOnDisk */
  shardOf(orderId: string): Evidence {
    const bucket = hash53(orderId) % (this.#spills[0]?.buckets ?? 1);
    return this.#load(this.#shards.find((buckets) => buckets.includes(bucket)) ?? []);
  }

  /** Deletes `directory`, where all of it lies. */
  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #settle(bucket: number, groups: Groups, buckets: number): void {
    const owners = new Map<number, number>();
    for (const spill of this.#spills)
      spill.forEachTie(bucket, (joint, order) => {
        const owner = owners.get(joint);
        if (owner === undefined) owners.set(joint, order);
        else if (owner !== order) groups.join(owner % buckets, order % buckets);
      });
    for (const spill of this.#spills) spill.settle(bucket, (joint) => owners.get(joint) ?? joint);
  }

  #pack(groups: Groups, buckets: number, rowsPerShard: number): readonly (readonly number[])[] {
    const members = new Map<number, number[]>();
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const root = groups.rootOf(bucket);
      members.set(root, [...(members.get(root) ?? []), bucket]);
    }
    const shards: number[][] = [];
    let room = 0;
    for (const group of members.values()) {
      const rows = group.reduce((sum, bucket) => sum + this.#count(bucket), 0);
      if (rows > room || shards.length === 0) {
        shards.push([]);
        room = rowsPerShard;
      }
      shards.at(-1)?.push(...group);
      room -= rows;
    }
    return shards;
  }

  #count(bucket: number): number {
    return this.#spills.reduce((sum, spill) => sum + spill.count(bucket), 0);
  }

  #shelve(buckets: readonly number[]): Shelves {
    const shelves = emptyShelves();
    try {
      for (const spill of this.#spills)
        for (const bucket of buckets)
          for (const line of spill.read(bucket).split('\n')) if (line !== '') putLine(shelves, line);
    } catch (cause) {
      throw new DamagedOnDisk(messageOf(cause), { cause });
    }
    return shelves;
  }

  #load(buckets: readonly number[]): Evidence {
    const shelves = this.#shelve(buckets);
    const { frame } = this;
    return {
      ...frame,
      history: shelves.history.source(frame.history),
      orders: shelves.orders.source(frame.orders),
      outbox: shelves.outbox.source(frame.outbox),
      skipped: shelves.skipped.source(frame.skipped),
      attempts: shelves.attempts.source(frame.attempts),
      audit: shelves.audit.source(frame.audit),
      quarantines: shelves.quarantines.source(frame.quarantines),
      log: shelves.log.source(frame.log),
      effects: shelves.effects.source(frame.effects),
      inbox: shelves.inbox.source(frame.inbox),
      waiting: shelves.waiting.source(frame.waiting),
      consumerOrders: shelves.consumerOrders.source(frame.consumerOrders),
      callbacks: shelves.callbacks.source(frame.callbacks),
    };
  }
}
