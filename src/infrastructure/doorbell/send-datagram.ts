import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { DoorbellAddress } from './doorbell-address.ts';

/** Resolves when the datagram has left this machine, which says nothing of its arrival. */
export type SendDatagram = (datagram: Uint8Array, to: DoorbellAddress) => Promise<void>;

/** By a socket that is closed after it. */
export const sendDatagram: SendDatagram = (datagram, { host, port }) =>
  new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const end = (cause: Error | null): void => {
      socket.close();
      if (cause === null) resolve();
      else reject(cause);
    };
    socket.once('error', end);
    socket.send(datagram, port, host, end);
  });
