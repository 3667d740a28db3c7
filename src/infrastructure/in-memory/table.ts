/** Rows by primary key, as a reader sees them. Rows are immutable: a change replaces the row. */
export interface ReadableTable<Key, Row> {
  get(key: Key): Row | undefined;
  has(key: Key): boolean;
  /** In the order the rows were first inserted. */
  values(): IterableIterator<Row>;
}

export interface Table<Key, Row> extends ReadableTable<Key, Row> {
  set(key: Key, row: Row): void;
  delete(key: Key): void;
}

const GONE = Symbol('deleted');

/**
 * One transaction's view of a committed table: its own changes first, everything else as committed. Nothing
 * reaches the committed rows before `commit`; a staged table that is dropped never happened.
 */
export class StagedTable<Key, Row> implements Table<Key, Row> {
  /** Made at the first change: most transactions change few of the tables they are given. */
  private changes: Map<Key, Row | typeof GONE> | undefined;

  constructor(private readonly committed: Map<Key, Row>) {}

  get(key: Key): Row | undefined {
    const change = this.changes?.get(key);
    if (change === GONE) return undefined;
    return change ?? this.committed.get(key);
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined;
  }

  *values(): IterableIterator<Row> {
    for (const [key, row] of this.committed) {
      const change = this.changes?.get(key);
      if (change !== GONE) yield change ?? row;
    }
    for (const [key, change] of this.changes ?? []) {
      if (change !== GONE && !this.committed.has(key)) yield change;
    }
  }

  set(key: Key, row: Row): void {
    this.change(key, row);
  }

  delete(key: Key): void {
    this.change(key, GONE);
  }

  commit(): void {
    for (const [key, change] of this.changes ?? []) {
      if (change === GONE) this.committed.delete(key);
      else this.committed.set(key, change);
    }
    this.changes = undefined;
  }

  private change(key: Key, to: Row | typeof GONE): void {
    this.changes ??= new Map();
    this.changes.set(key, to);
  }
}
