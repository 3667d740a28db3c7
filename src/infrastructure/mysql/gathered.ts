interface Waiting<Call, Answer> {
  readonly call: Call;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Calls that come while others are under way wait for those to end, and are then done together, at most `most` at once:
 * a lone call goes at once, and the busier the database, the more calls share a statement. When a statement fails, it
 * fails for each of them.
 */
export class Gathered<Call, Answer> {
  readonly #together: (calls: readonly Call[]) => Promise<(call: Call) => Answer>;
  readonly #most: number;
  readonly #waiting: Waiting<Call, Answer>[] = [];
  #busy = false;

  /** `together` does all of the calls, and then knows the answer to each. */
  constructor(most: number, together: (calls: readonly Call[]) => Promise<(call: Call) => Answer>) {
    this.#most = most;
    this.#together = together;
  }

  ask(call: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, resolve, reject });
      if (!this.#busy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let calls = this.#next(); calls.length > 0; calls = this.#next()) await this.#answer(calls);
    this.#busy = false;
  }

  #next(): readonly Waiting<Call, Answer>[] {
    return this.#waiting.splice(0, this.#most);
  }

  async #answer(calls: readonly Waiting<Call, Answer>[]): Promise<void> {
    try {
      const answerTo = await this.#together(calls.map(({ call }) => call));
      for (const { call, resolve } of calls) resolve(answerTo(call));
    } catch (cause) {
      for (const { reject } of calls) reject(cause);
    }
  }
}
