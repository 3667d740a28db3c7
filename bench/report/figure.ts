import * as t from 'io-ts';

/** One figure of a bench, the median of its runs. */
export const Figure = t.readonly(
  t.strict({
    /** Stable from one version to the next: `drain orderly`, `publish p99 600/s orderly`. */
    name: t.string,
    unit: t.string,
    better: t.keyof({ higher: null, lower: null }),
    value: t.number,
  }),
);
export type Figure = t.TypeOf<typeof Figure>;
