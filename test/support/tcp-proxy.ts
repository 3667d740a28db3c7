import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** From the first client bytes that contain `text`: they still reach the server, but its answers vanish. */
  readonly dropAnswersTo: (text: string) => void;
  /** As above, and the client's connection is closed once the server has answered. With `times`, only so often. */
  readonly closeAfter: (text: string, times?: number) => void;
  /** Nothing moves any more in either direction; connections stay open, new ones too. */
  readonly freeze: () => void;
  /** New connections are refused, for good; those that are open go on. */
  readonly refuseNew: () => void;
  /** New connections work as usual; those that were cut or frozen stay so. */
  readonly heal: () => void;
  readonly close: () => Promise<void>;
}

type Fault = { readonly text: string; readonly close: boolean; times: number } | undefined;

/** Stands between a client and a server on this machine, and can lose what the server says. */
export const startTcpProxy = async (target: { readonly host: string; readonly port: number }): Promise<TcpProxy> => {
  const sockets = new Set<Socket>();
  let fault: Fault;
  let frozen = false;

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    return socket;
  };
  const server = createServer((clientSocket) => {
    const client = keep(clientSocket);
    const upstream = keep(connect(target.port, target.host));
    let struck: Fault;
    client.on('data', (data) => {
      if (frozen) return;
      if (fault !== undefined && fault.times > 0 && data.includes(fault.text)) {
        fault.times -= 1;
        struck = fault;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (frozen) return;
      if (struck === undefined) client.write(data);
      else if (struck.close) client.destroy();
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => {
      if (struck === undefined) client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    dropAnswersTo: (text) => {
      fault = { text, close: false, times: Infinity };
    },
    closeAfter: (text, times = Infinity) => {
      fault = { text, close: true, times };
    },
    freeze: () => {
      frozen = true;
    },
    refuseNew: () => {
      server.close();
    },
    heal: () => {
      frozen = false;
      fault = undefined;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
};
