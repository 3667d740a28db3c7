const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/** Kafka's hash of a record key (MurmurHash2, 32 bit), as a signed integer. */
export const murmur2 = (bytes: Uint8Array): number => {
  const length = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  let h = SEED ^ length;
  const whole = length - (length % 4);
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(view.getInt32(i, true), M);
    k = Math.imul(k ^ (k >>> R), M);
    h = Math.imul(h, M) ^ k;
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i -= 1) tail = (tail << 8) | view.getUint8(i);
  if (whole < length) h = Math.imul(h ^ tail, M);
  h = Math.imul(h ^ (h >>> 13), M);
  return (h ^ (h >>> 15)) | 0;
};

/** The partition Kafka's default partitioner gives to a key. */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(new TextEncoder().encode(key)) & 0x7fffffff) % partitions;
