import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { DoorbellAddress } from './doorbell-address.ts';
import type { DoorbellObserver } from './doorbell-observer.ts';
import { decodeRing } from './ring-datagram.ts';
import type { RungLane } from './ring-datagram.ts';

export interface DoorbellParts {
  /** Port 0 takes any free one. */
  readonly listen: DoorbellAddress;
  readonly lanes: number;
  readonly observer: DoorbellObserver;
  readonly rung: (lane: RungLane) => void;
}

/**
 * The relay's side: a UDP socket on which it hears of commits in other processes. Whoever can send to it can cause a look
 * at the outbox and nothing else; the relay bounds how fast those follow each other.
 */
export class Doorbell {
  readonly #parts: DoorbellParts;
  #socket: Socket | undefined;

  constructor(parts: DoorbellParts) {
    this.#parts = parts;
  }

  /** Undefined while it hears nothing. */
  get address(): DoorbellAddress | undefined {
    const bound = this.#socket?.address();
    return bound && { host: bound.address, port: bound.port };
  }

  /** Resolves when it hears, or when it cannot, which is told: the relay polls then. Never rejects. */
  open(): Promise<void> {
    const { listen, observer } = this.#parts;
    const socket = createSocket(isIPv6(listen.host) ? 'udp6' : 'udp4');
    socket.on('message', (datagram) => {
      this.#hear(datagram);
    });
    return new Promise((resolve) => {
      socket.once('listening', () => {
        this.#socket = socket;
        resolve();
      });
      socket.once('error', (cause) => {
        observer.failed('listen for rings', cause);
        this.#socket = undefined;
        socket.close();
        resolve();
      });
      socket.bind({ address: listen.host, port: listen.port, exclusive: true });
    });
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #hear(datagram: Uint8Array): void {
    const { lanes, observer, rung } = this.#parts;
    const decoded = decodeRing(datagram, lanes);
    if (decoded === undefined) {
      observer.malformed();
      return;
    }
    observer.received();
    for (const lane of decoded) rung(lane);
  }
}
