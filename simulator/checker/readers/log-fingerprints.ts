/** Which offsets of one partition were read, and what was there: four bytes for each. */
export class LogFingerprints {
  readonly #from: number;
  #seen = new Uint32Array(1_024);
  #count = 0;

  /** `from`: the first offset there is. */
  constructor(from: number) {
    this.#from = from;
  }

  get count(): number {
    return this.#count;
  }

  has(offset: number): boolean {
    return (this.#seen[offset - this.#from] ?? 0) !== 0;
  }

  /** `new`: the first reading of this offset. `same` and `other`: it was read before, as this record or as another one. */
  note(offset: number, fingerprint: number): 'new' | 'same' | 'other' {
    // Zero stands for an offset that was not read.
    const mark = fingerprint >>> 0 || 1;
    const at = offset - this.#from;
    if (at >= this.#seen.length) {
      const larger = new Uint32Array(Math.max(at + 1, 2 * this.#seen.length));
      larger.set(this.#seen);
      this.#seen = larger;
    }
    const before = this.#seen[at] ?? 0;
    if (before !== 0) return before === mark ? 'same' : 'other';
    this.#seen[at] = mark;
    this.#count += 1;
    return 'new';
  }

  /** Offsets read that are below `end`. */
  countBelow(end: number): number {
    return this.#seen.subarray(0, Math.max(0, end - this.#from)).reduce((sum, mark) => (mark === 0 ? sum : sum + 1), 0);
  }
}
