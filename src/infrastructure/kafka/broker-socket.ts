import net from 'node:net';
import tls from 'node:tls';

export interface BrokerDoor {
  readonly host: string;
  readonly port: number;
  /** Null or undefined: in clear. */
  readonly ssl?: tls.ConnectionOptions | null | undefined;
}

/** A socket to a broker, not connected yet; `onConnect` is called once it is, and its certificate is verified. */
export const openBrokerSocket = ({ host, port, ssl }: BrokerDoor, onConnect: () => void): net.Socket =>
  ssl === null || ssl === undefined
    ? net.connect({ host, port }, onConnect)
    : tls.connect({ host, port, ...(net.isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect);
