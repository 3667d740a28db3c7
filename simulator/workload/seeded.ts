import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random choices that depend on the seed alone. Reading one advances the stream. */
export interface Seeded {
  /** Uniform whole number, both ends included. */
  int(from: number, to: number): number;
  /** Uniform in [0, 1). */
  unit(): number;
  /** True with the probability given. */
  chance(probability: number): boolean;
  pick<T>(values: readonly [T, ...(readonly T[])]): T;
  /** A new array in random order. */
  shuffle<T>(values: readonly T[]): T[];
  /** Version 4 UUID, lower case. */
  uuid(): string;
}

/** FNV-1a: folds the seed and a name into 32 bits. */
const hash = (text: string): number => {
  let h = 0x811c9dc5;
  for (const byte of Buffer.from(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h;
};

/**
 * An independent stream for each `purpose`, so that one more random choice in the workload does not move the
 * faults, and the reverse.
 */
export const seeded = (seed: number, purpose: string): Seeded => {
  const generator = xoroshiro128plus(hash(`${seed}/${purpose}`));
  const int = (from: number, to: number): number => uniformInt(generator, from, to);
  const unit = (): number => uniformFloat64(generator);
  return {
    int,
    unit,
    chance: (probability) => unit() < probability,
    pick: (values) => values[int(0, values.length - 1)] ?? values[0],
    shuffle: (values) => {
      const left = [...values];
      const shuffled = [];
      while (left.length > 0) shuffled.push(...left.splice(int(0, left.length - 1), 1));
      return shuffled;
    },
    uuid: () => {
      const hex = Array.from({ length: 16 }, () => int(0, 255));
      hex[6] = ((hex[6] ?? 0) & 0x0f) | 0x40;
      hex[8] = ((hex[8] ?? 0) & 0x3f) | 0x80;
      return Buffer.from(hex)
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
};
