/** The database could not be reached or did not answer in time. Nothing was committed. */
export interface StorageUnavailable {
  readonly _tag: 'StorageUnavailable';
  /** What was tried, e.g. `load order`. */
  readonly action: string;
  readonly cause: unknown;
}

/**
 * COMMIT was sent and its answer never came: neither success nor failure. The transaction may have
 * happened. Rerun only what is idempotent.
 */
export interface CommitOutcomeUnknown {
  readonly _tag: 'CommitOutcomeUnknown';
  readonly action: string;
  readonly cause: unknown;
}

/** Deadlocks or lock waits ended every rerun of the unit. Nothing was committed. */
export interface ContentionExhausted {
  readonly _tag: 'ContentionExhausted';
  readonly action: string;
  readonly reruns: number;
  readonly cause: unknown;
}

export const storageUnavailable = (action: string, cause: unknown): StorageUnavailable => ({
  _tag: 'StorageUnavailable',
  action,
  cause,
});
