/** How fast something is removed that is removed in chunks. */
export interface Pace {
  /** Resolves when the next chunk may begin, with the most rows it may take; 0 when none may begin any more. */
  next(): Promise<number>;
}

/** One chunk after the other, as an operator wants it who waits for the end. */
export const steadyPace = (rows: number): Pace => ({ next: () => Promise.resolve(rows) });
