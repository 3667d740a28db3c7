import { isRight } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { WakeUp } from '../../application/ports/wake-up.ts';
import type { DoorbellObserver } from './doorbell-observer.ts';
import type { KnownDoorbell } from './doorbell-ringer.ts';
import { encodeRing } from './ring-datagram.ts';
import type { SendDatagram } from './send-datagram.ts';

export interface PassingRingerParts {
  /** Of the relays that are alive. */
  readonly doorbells: () => TaskEither<StorageUnavailable, readonly KnownDoorbell[]>;
  readonly send: SendDatagram;
  readonly observer: Pick<DoorbellObserver, 'failed'>;
}

/**
 * Rings for a process that commits and ends, a command of an operator say: every relay there is, for any lane, as it
 * knows of no partitions. It keeps no line, and asks each time who is there.
 */
export class PassingRinger implements WakeUp {
  readonly #parts: PassingRingerParts;
  #rings: Promise<void> = Promise.resolve();

  constructor(parts: PassingRingerParts) {
    this.#parts = parts;
  }

  ring(): void {
    const ring = this.#ringAll();
    this.#rings = this.#rings.then(() => ring);
  }

  /** Resolves when every ring has left, or has failed, which is told. Never rejects. */
  rung(): Promise<void> {
    return this.#rings;
  }

  async #ringAll(): Promise<void> {
    const { doorbells, send, observer } = this.#parts;
    const datagram = encodeRing(new Set(['any']), 0);
    try {
      const known = await doorbells()();
      if (!isRight(known)) {
        observer.failed('read where to ring', known.left.cause);
        return;
      }
      await Promise.all(
        known.right.map(({ address }) =>
          send(datagram, address).catch((cause: unknown) => {
            observer.failed('ring a relay', cause);
          }),
        ),
      );
    } catch (cause) {
      observer.failed('read where to ring', cause);
    }
  }
}
