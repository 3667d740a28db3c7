import { isRight } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../application/ports/clock.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { DoorbellAddress } from './doorbell-address.ts';
import { doorbellText } from './doorbell-address.ts';
import type { DoorbellObserver } from './doorbell-observer.ts';
import { encodeRing } from './ring-datagram.ts';
import type { RungLane } from './ring-datagram.ts';
import type { OpenRingLine, RingLine } from './ring-line.ts';

/** Where a relay that is alive hears of commits. */
export interface KnownDoorbell {
  readonly owner: string;
  readonly address: DoorbellAddress;
}

export interface DoorbellRingerParts {
  /** This process, which needs no ring from itself. */
  readonly owner: string;
  readonly lanes: number;
  /** Of the relays that are alive. */
  readonly doorbells: () => TaskEither<StorageUnavailable, readonly KnownDoorbell[]>;
  readonly openLine: OpenRingLine;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly observer: DoorbellObserver;
}

/** Addresses are read again after so long, when something was rung; milliseconds. */
const KNOWN_FOR_MS = 2_000;
/** The same once a line has failed: its relay is gone, and another one may be there. */
const IN_DOUBT_FOR_MS = 250;
/** A relay whose line failed is not tried before, milliseconds: the database takes it for alive until its lease ends. */
const LEFT_ALONE_MS = 5_000;

/**
 * The side of those who commit: rings every relay it knows of, once for all that is committed in one turn of the event
 * loop. It asks for addresses only when something was rung, also when nothing more is rung after it: a relay that it
 * learns of too late hears what was rung meanwhile.
 */
export class DoorbellRinger {
  readonly #parts: DoorbellRingerParts;
  /** By owner and address. */
  readonly #lines = new Map<string, RingLine>();
  readonly #leftAloneUntil = new Map<string, number>();
  #rung = new Set<RungLane>();
  /** Since the last look at the addresses began. */
  #rungSinceRead = new Set<RungLane>();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading = false;
  #inDoubt = false;
  /** Monotonic milliseconds of the next look that waits for its time; undefined while none does. */
  #readsAt: number | undefined;
  readonly #closed = new AbortController();

  constructor(parts: DoorbellRingerParts) {
    this.#parts = parts;
  }

  ring(lane: RungLane): void {
    if (this.#rung.size === 0)
      setImmediate(() => {
        this.#flush();
      });
    this.#rung.add(lane);
  }

  close(): void {
    this.#closed.abort();
    for (const line of this.#lines.values()) line.close();
    this.#lines.clear();
  }

  #flush(): void {
    const rung = this.#rung;
    this.#rung = new Set();
    if (this.#closed.signal.aborted) return;
    for (const lane of rung) this.#rungSinceRead.add(lane);
    this.#send([...this.#lines.values()], rung);
    this.#readWhenDue();
  }

  #send(lines: readonly RingLine[], rung: ReadonlySet<RungLane>): void {
    if (lines.length === 0 || rung.size === 0) return;
    const datagram = encodeRing(rung, this.#parts.lanes);
    for (const line of lines) line.send(datagram);
    this.#parts.observer.sent(lines.length);
  }

  /** One at a time. Never rejects. */
  async #read(): Promise<void> {
    if (this.#reading || this.#closed.signal.aborted) return;
    this.#reading = true;
    this.#inDoubt = false;
    this.#readAt = this.#parts.clock.monotonic();
    const missed = this.#rungSinceRead;
    this.#rungSinceRead = new Set();
    const known = await this.#known();
    const rung = new Set([...missed, ...this.#rungSinceRead]);
    if (known === undefined) this.#rungSinceRead = rung;
    else this.#send(this.#adjust(known), rung);
    this.#reading = false;
  }

  /** Undefined when it could not be read, which is told. */
  async #known(): Promise<readonly KnownDoorbell[] | undefined> {
    const { doorbells, observer } = this.#parts;
    try {
      const known = await doorbells()();
      if (isRight(known)) return known.right;
      observer.failed('read where to ring', known.left.cause);
    } catch (cause) {
      observer.failed('read where to ring', cause);
    }
    return undefined;
  }

  /** Closes the lines to relays that are gone; answers those to relays that are new. */
  #adjust(known: readonly KnownDoorbell[]): readonly RingLine[] {
    if (this.#closed.signal.aborted) return [];
    const { owner: self, openLine, clock } = this.#parts;
    const others = known.filter(({ owner }) => owner !== self);
    const wanted = new Map(others.map(({ owner, address }) => [`${owner} ${doorbellText(address)}`, address]));
    for (const [name, line] of this.#lines) {
      if (wanted.has(name)) continue;
      line.close();
      this.#lines.delete(name);
    }
    for (const [name, until] of this.#leftAloneUntil) if (until <= clock.monotonic()) this.#leftAloneUntil.delete(name);
    return [...wanted].flatMap(([name, address]) => {
      if (this.#lines.has(name) || this.#leftAloneUntil.has(name)) return [];
      const line = openLine(address, (cause) => {
        this.#failed(name, cause);
      });
      this.#lines.set(name, line);
      return [line];
    });
  }

  #failed(name: string, cause: Error): void {
    const { clock, observer } = this.#parts;
    observer.failed('ring a relay', cause);
    this.#lines.delete(name);
    this.#leftAloneUntil.set(name, clock.monotonic() + LEFT_ALONE_MS);
    this.#inDoubt = true;
    this.#readWhenDue();
  }

  #readWhenDue(): void {
    const dueAt = this.#readAt + (this.#inDoubt ? IN_DOUBT_FOR_MS : KNOWN_FOR_MS);
    const wait = dueAt - this.#parts.clock.monotonic();
    if (wait <= 0) void this.#read();
    else if (this.#readsAt === undefined || dueAt < this.#readsAt) void this.#readLater(dueAt, wait);
  }

  async #readLater(at: number, wait: number): Promise<void> {
    this.#readsAt = at;
    await this.#parts.clock.sleep(wait, this.#closed.signal);
    if (this.#readsAt !== at) return;
    this.#readsAt = undefined;
    if (this.#rungSinceRead.size > 0) this.#readWhenDue();
  }
}
