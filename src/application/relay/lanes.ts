const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;
const utf8 = new TextEncoder();

/** Kafka's murmur2 of `bytes`, as a signed 32-bit integer. */
export const murmur2 = (bytes: Uint8Array): number => {
  const byte = (index: number): number => bytes[index] ?? 0;
  const { length } = bytes;
  const tail = length & ~3;
  let hash = SEED ^ length;
  for (let i = 0; i < tail; i += 4) {
    let block = byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24);
    block = Math.imul(block, MIX);
    block ^= block >>> 24;
    hash = Math.imul(hash, MIX) ^ Math.imul(block, MIX);
  }
  const rest = length - tail;
  if (rest === 3) hash ^= byte(tail + 2) << 16;
  if (rest >= 2) hash ^= byte(tail + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ byte(tail), MIX);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MIX);
  return hash ^ (hash >>> 15);
};

/**
 * The lane of a key: the partition, 0 to `partitions` - 1, that every Kafka client's default partitioner gives a
 * record with this key (UTF-8). It is computed once, at append, and stored: with another partition count the
 * same key would get another lane and lose its order.
 */
export const laneOf = (orderKey: string, partitions: number): number => {
  if (!Number.isSafeInteger(partitions) || partitions < 1)
    throw new RangeError(`partitions must be a positive integer, not ${partitions}`);
  return (murmur2(utf8.encode(orderKey)) & 0x7fffffff) % partitions;
};
