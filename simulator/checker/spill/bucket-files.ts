import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TEXT_BUFFER = 32_768;
const PAIR_BUFFER = 1_024;

/** Text in numbered buckets: little of it in memory, the rest in one file for each bucket that has much. */
export class TextBuckets {
  readonly #path: (bucket: number) => string;
  readonly #buffers: string[];

  constructor(directory: string, name: string, count: number) {
    this.#path = (bucket) => join(directory, `${name}-${bucket}`);
    this.#buffers = new Array<string>(count).fill('');
  }

  append(bucket: number, text: string): void {
    const buffer = `${this.#buffers[bucket] ?? ''}${text}`;
    const full = buffer.length >= TEXT_BUFFER;
    if (full) appendFileSync(this.#path(bucket), buffer);
    this.#buffers[bucket] = full ? '' : buffer;
  }

  read(bucket: number): string {
    const path = this.#path(bucket);
    return `${existsSync(path) ? readFileSync(path, 'utf8') : ''}${this.#buffers[bucket] ?? ''}`;
  }
}

/** Pairs of numbers in numbered buckets, 16 bytes each. */
export class PairBuckets {
  readonly #path: (bucket: number) => string;
  readonly #buffers: ({ readonly values: Float64Array; used: number } | undefined)[];

  constructor(directory: string, name: string, count: number) {
    this.#path = (bucket) => join(directory, `${name}-${bucket}`);
    this.#buffers = new Array<undefined>(count).fill(undefined);
  }

  append(bucket: number, first: number, second: number): void {
    const buffer = (this.#buffers[bucket] ??= { values: new Float64Array(2 * PAIR_BUFFER), used: 0 });
    buffer.values[buffer.used] = first;
    buffer.values[buffer.used + 1] = second;
    buffer.used += 2;
    if (buffer.used < buffer.values.length) return;
    appendFileSync(this.#path(bucket), new Uint8Array(buffer.values.buffer));
    buffer.used = 0;
  }

  forEach(bucket: number, visit: (first: number, second: number) => void): void {
    const visitAll = (values: Float64Array, used: number): void => {
      for (let index = 0; index + 1 < used; index += 2) visit(values[index] ?? 0, values[index + 1] ?? 0);
    };
    const path = this.#path(bucket);
    if (existsSync(path)) {
      const bytes = new Uint8Array(readFileSync(path));
      visitAll(new Float64Array(bytes.buffer), bytes.length / 8);
    }
    const buffer = this.#buffers[bucket];
    if (buffer !== undefined) visitAll(buffer.values, buffer.used);
  }
}
