/** Where one partition stands. Offsets are those of the next record. */
export interface PartitionPosition {
  readonly partition: number;
  /** Next record to be processed. */
  readonly next: number;
  /** End of the partition's log. */
  readonly end: number;
  /** Paused on purpose, or a record of it is at work right now. */
  readonly excused: boolean;
}

/**
 * Finds partitions that stand still although there is something to read. The Kafka client has been seen to go on
 * heartbeating, and so to keep its partitions, while it fetches nothing.
 */
export class StallDetector {
  private readonly seen = new Map<number, { readonly next: number; readonly since: number }>();

  constructor(private readonly stallMs: number) {}

  /** `now` is monotonic. Returns the partitions that have not moved for `stallMs` with lag. */
  observe(now: number, positions: readonly PartitionPosition[]): readonly number[] {
    const current = new Set(positions.map(({ partition }) => partition));
    for (const partition of this.seen.keys()) if (!current.has(partition)) this.seen.delete(partition);
    return positions.flatMap(({ partition, next, end, excused }) => {
      const before = this.seen.get(partition);
      if (before === undefined || excused || next >= end || next !== before.next) {
        this.seen.set(partition, { next, since: now });
        return [];
      }
      return now - before.since >= this.stallMs ? [partition] : [];
    });
  }
}
