/** Offsets of one topic to be committed: of each partition the next record to be read. */
export type PartitionPositions = readonly { readonly partition: number; readonly offset: string }[];

export type CommitPositions = (positions: PartitionPositions) => Promise<void>;

/**
 * Gathers how far the partitions are and commits all of them by one request now and then, instead of one for each batch.
 * What is committed is never beyond what was noted. After a crash the records of the time in between are read again,
 * and found in the inbox.
 */
export class OffsetCommits {
  private readonly due = new Map<number, number>();
  /** One request at a time: an older one that arrives last would take the group back. */
  private underWay: Promise<void> = Promise.resolve();

  /** All records of the partition before `next` are done. */
  note(partition: number, next: number): void {
    this.due.set(partition, next);
  }

  /** Whoever has the partitions now goes on from what was committed. */
  forget(): void {
    this.due.clear();
  }

  /** Rejects with what `commit` rejects with; the offsets then stay due, unless newer ones were noted or they were forgotten. */
  flush(commit: CommitPositions): Promise<void> {
    const flushed = this.underWay.then(() => this.commitDue(commit));
    this.underWay = flushed.catch(() => undefined);
    return flushed;
  }

  private async commitDue(commit: CommitPositions): Promise<void> {
    const positions = [...this.due];
    if (positions.length === 0) return;
    await commit(positions.map(([partition, next]) => ({ partition, offset: String(next) })));
    for (const [partition, next] of positions) if (this.due.get(partition) === next) this.due.delete(partition);
  }
}
