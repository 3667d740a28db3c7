/** Why a unit of work was begun anew. Nothing of it was committed, but for `unknown_commit`, where nobody knows. */
export const RERUN_CAUSES = ['deadlock', 'lock_wait', 'connection_lost', 'unknown_commit'] as const;
export type RerunCause = (typeof RERUN_CAUSES)[number];

/** Is told what happens to a pool of connections and the units of work on it. Must not throw. */
export interface MySqlObserver {
  /** A connection was handed out, so long after somebody asked for it. */
  acquired(waitedMs: number): void;
  /** Nobody got one: none came free or could be opened in time, or the server could not be reached. */
  notAcquired(outcome: 'timeout' | 'refused'): void;
  reran(cause: RerunCause): void;
}
