import * as t from 'io-ts';

/** Seeds `from` to `from + count - 1`. */
export const Task = t.type({ from: t.Integer, count: t.Integer });
export type Task = t.TypeOf<typeof Task>;

const FailingSeed = t.type({
  seed: t.Integer,
  /** The first invariant that failed, or that could not be decided. */
  invariantId: t.Integer,
  verdict: t.keyof({ fail: null, unknown: null }),
});
export type FailingSeed = t.TypeOf<typeof FailingSeed>;

/** What came of a task. */
export const Outcome = t.type({ histories: t.Integer, events: t.Integer, failing: t.array(FailingSeed) });
export type Outcome = t.TypeOf<typeof Outcome>;
