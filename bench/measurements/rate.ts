const WARM_UP_SHARE = 0.1;

/** How many happened per second, given when each happened in milliseconds. The first tenth is left out, while everything warms up. */
export const rateOf = (at: readonly number[]): number => {
  const measured = [...at].sort((a, b) => a - b).slice(Math.floor(at.length * WARM_UP_SHARE));
  const [first, last] = [measured[0], measured.at(-1)];
  if (first === undefined || last === undefined || last <= first) return Number.NaN;
  return (measured.length * 1_000) / (last - first);
};
