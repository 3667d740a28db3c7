import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DamagedOnDisk } from './damaged-on-disk.ts';

const TEXT_BUFFER = 32_768;
const PAIR_BUFFER = 1_024;

/** One file for each bucket that has something to keep. What comes back is what was written, or nothing does. */
class BucketFiles {
  readonly #path: (bucket: number) => string;
  readonly #checksums = new Map<number, number>();

  /** The directory is made when it is first written to. */
  constructor(directory: string, name: string) {
    this.#path = (bucket) => join(directory, `${name}-${bucket}`);
  }

  /** @throws when it cannot be written; what the bucket has may then be damaged. */
  append(bucket: number, bytes: Uint8Array): void {
    const path = this.#path(bucket);
    const before = this.#checksums.get(bucket);
    if (before === undefined) mkdirSync(dirname(path), { recursive: true });
    this.#checksums.set(bucket, crc32(bytes, before ?? 0));
    appendFileSync(path, bytes);
  }

  /** @throws DamagedOnDisk */
  read(bucket: number): Buffer {
    const checksum = this.#checksums.get(bucket);
    if (checksum === undefined) return Buffer.alloc(0);
    const path = this.#path(bucket);
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    if (crc32(bytes) !== checksum) throw new DamagedOnDisk(`${path} is not as it was written`);
    return bytes;
  }
}

/** Text in numbered buckets: little of it in memory, the rest in one file for each bucket that has much. */
export class TextBuckets {
  readonly #files: BucketFiles;
  readonly #buffers: string[];

  constructor(directory: string, name: string, count: number) {
    this.#files = new BucketFiles(directory, name);
    this.#buffers = new Array<string>(count).fill('');
  }

  append(bucket: number, text: string): void {
    const buffer = `${this.#buffers[bucket] ?? ''}${text}`;
    const full = buffer.length >= TEXT_BUFFER;
    if (full) this.#files.append(bucket, Buffer.from(buffer));
    this.#buffers[bucket] = full ? '' : buffer;
  }

  /** @throws DamagedOnDisk */
  read(bucket: number): string {
    return `${this.#files.read(bucket).toString()}${this.#buffers[bucket] ?? ''}`;
  }
}

/** Pairs of numbers in numbered buckets, 16 bytes each. */
export class PairBuckets {
  readonly #files: BucketFiles;
  readonly #buffers: ({ readonly values: Float64Array; used: number } | undefined)[];

  constructor(directory: string, name: string, count: number) {
    this.#files = new BucketFiles(directory, name);
    this.#buffers = new Array<undefined>(count).fill(undefined);
  }

  append(bucket: number, first: number, second: number): void {
    const buffer = (this.#buffers[bucket] ??= { values: new Float64Array(2 * PAIR_BUFFER), used: 0 });
    buffer.values[buffer.used] = first;
    buffer.values[buffer.used + 1] = second;
    buffer.used += 2;
    if (buffer.used < buffer.values.length) return;
    buffer.used = 0;
    this.#files.append(bucket, new Uint8Array(buffer.values.buffer));
  }

  /** @throws DamagedOnDisk, before anything is visited. */
  forEach(bucket: number, visit: (first: number, second: number) => void): void {
    const visitAll = (values: Float64Array, used: number): void => {
      for (let index = 0; index + 1 < used; index += 2) visit(values[index] ?? 0, values[index + 1] ?? 0);
    };
    const bytes = new Uint8Array(this.#files.read(bucket));
    visitAll(new Float64Array(bytes.buffer), bytes.length / 8);
    const buffer = this.#buffers[bucket];
    if (buffer !== undefined) visitAll(buffer.values, buffer.used);
  }
}
