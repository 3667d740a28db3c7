import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Ends a connection at once. In clear, a reset drops what was not yet delivered. Not so where TLS has encrypted it, and not
 * where the socket is ending already: Node would then neither reset nor close it, and the process could never exit.
 */
export const cutSocket = (socket: Socket, cause: Error): 'reset' | 'destroyed' => {
  if (socket.connecting || socket.writableEnded || socket instanceof TLSSocket) {
    socket.destroy(cause);
    return 'destroyed';
  }
  socket.resetAndDestroy();
  return 'reset';
};
