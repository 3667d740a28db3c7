import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../src/application/ports/clock.ts';

export type Blow = 'kill' | 'pause';

/**
 * A process that can be killed or paused (SIGSTOP) wherever it waits for something outside itself. A killed one runs
 * no more code, a paused one goes on where it was; what either had sent is carried out all the same. Code that waits
 * for nothing cannot be interrupted: it has no effect outside before it waits.
 */
export class SimulatedProcess {
  private dead = false;
  private paused: { readonly promise: Promise<void>; readonly resume: () => void } | undefined;
  private pending: { readonly blow: Blow; left: number } | undefined;
  private readonly startedAt: number;
  private wallSkew = 0;

  /** `skewMs`: how far its wall clock is off. */
  constructor(
    private readonly world: Clock,
    skewMs = 0,
  ) {
    this.startedAt = world.monotonic();
    this.wallSkew = skewMs;
  }

  /** A wall clock that is off and may jump; a monotonic one that begins anew in each process. */
  readonly clock: Clock = {
    now: () => this.world.now() + this.wallSkew,
    monotonic: () => this.world.monotonic() - this.startedAt,
    sleep: (ms, signal) => this.running(() => this.world.sleep(ms, signal)),
  };

  get isDead(): boolean {
    return this.dead;
  }

  kill(): void {
    this.dead = true;
    this.pending = undefined;
  }

  pause(): void {
    if (this.paused !== undefined) return;
    let resume = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      resume = resolve;
    });
    this.paused = { promise, resume };
  }

  resume(): void {
    this.pending = undefined;
    this.paused?.resume();
    this.paused = undefined;
  }

  /** Kills or pauses it when it has waited `waits` more times, before or after whatever it waits for; 0: at once. */
  strike(blow: Blow, waits: number): void {
    this.pending = { blow, left: waits };
    if (waits === 0) this.deal();
  }

  jumpWallClock(ms: number): void {
    this.wallSkew += ms;
  }

  task<E, A>(inner: TaskEither<E, A>): TaskEither<E, A> {
    return () => this.running(inner);
  }

  /** Does `act` outside the process: it is done even when the process dies meanwhile. */
  async running<A>(act: () => Promise<A>): Promise<A> {
    if (this.isHeldUp()) await this.untilRunning();
    const result = await act();
    if (this.isHeldUp()) await this.untilRunning();
    return result;
  }

  private isHeldUp(): boolean {
    if (this.pending !== undefined) {
      this.pending.left -= 1;
      if (this.pending.left <= 0) this.deal();
    }
    return this.dead || this.paused !== undefined;
  }

  private async untilRunning(): Promise<void> {
    if (this.paused !== undefined) await this.paused.promise;
    if (this.dead) await new Promise<never>(() => undefined);
  }

  private deal(): void {
    const { pending } = this;
    this.pending = undefined;
    if (pending === undefined) return;
    if (pending.blow === 'kill') this.kill();
    else this.pause();
  }
}
