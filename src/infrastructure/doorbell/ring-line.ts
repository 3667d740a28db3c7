import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { DoorbellAddress } from './doorbell-address.ts';

/** A way to one doorbell. */
export interface RingLine {
  send(datagram: Uint8Array): void;
  close(): void;
}

/** `failed` is called once, when it is known that nobody listens there; the line is closed then. */
export type OpenRingLine = (to: DoorbellAddress, failed: (cause: Error) => void) => RingLine;

/**
 * A connected UDP socket: the system then tells that a port is closed, which it does not for one that sends to anywhere.
 * Keeps no process alive.
 */
export const openRingLine: OpenRingLine = ({ host, port }, failed) => {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  socket.unref();
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    socket.close();
  };
  const fail = (cause: Error): void => {
    if (closed) return;
    close();
    failed(cause);
  };
  socket.on('error', fail);
  let early: Uint8Array[] | undefined = [];
  const send = (datagram: Uint8Array): void => {
    if (closed) return;
    if (early !== undefined) early.push(datagram);
    else
      socket.send(datagram, (cause) => {
        if (cause !== null) fail(cause);
      });
  };
  socket.once('connect', () => {
    const waiting = early ?? [];
    early = undefined;
    for (const datagram of waiting) send(datagram);
  });
  socket.connect(port, host);
  return { send, close };
};
