/** Commits an event of the bench. */
export interface Committer {
  /** Answers when its COMMIT was answered, milliseconds since 1970 with fractions. */
  commit(index: number): Promise<number>;
  close(): Promise<void>;
}

/** Compares between processes of one machine. */
export const preciseNow = (): number => performance.timeOrigin + performance.now();
