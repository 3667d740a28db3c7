import type { Publisher } from './publisher.ts';

/** `real`, but for the way it publishes. */
export const publisherWith = (real: Publisher, publish: Publisher['publish']): Publisher => ({
  publish,
  sizeOf: (record) => real.sizeOf(record),
  maxBatchBytes: () => real.maxBatchBytes(),
  refreshLimits: () => real.refreshLimits(),
});
