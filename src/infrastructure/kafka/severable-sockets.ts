import type net from 'node:net';
import type tls from 'node:tls';
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs';
import { openBrokerSocket } from './broker-socket.ts';
import { cutSocket } from './cut-socket.ts';

const KEEP_ALIVE_DELAY_MS = 10_000;

/** kafkajs hands over null when TLS is off, which its types leave out. */
type SocketArgs = Omit<ISocketFactoryArgs, 'ssl'> & { readonly ssl?: tls.ConnectionOptions | null };

/**
 * Makes the sockets of one Kafka client and can cut them all. kafkajs leaves a connection open after a request
 * on it has timed out, and its own close lets unsent bytes go out later. A cut sends a reset and drops them.
 */
export class SeverableSockets {
  private readonly open = new Set<net.Socket>();

  readonly factory: ISocketFactory = ({ onConnect, ...door }: SocketArgs) => {
    const socket = openBrokerSocket(door, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    socket.setNoDelay(true);
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    return socket;
  };

  /** kafkajs does not listen to `close`; it is told by `error`, so that it rejects what was in flight at once. */
  sever(cause: Error): void {
    for (const socket of this.open) if (cutSocket(socket, cause) === 'reset') socket.emit('error', cause);
    this.open.clear();
  }
}
