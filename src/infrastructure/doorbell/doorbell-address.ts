import { isIP, isIPv6 } from 'node:net';

/** Where a relay hears of commits. */
export interface DoorbellAddress {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(?:\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)\]|([0-9.]+)):([1-9]\d{0,4})$/;

/** `127.0.0.1:40123`, `[::1]:40123` */
export const doorbellText = ({ host, port }: DoorbellAddress): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;

/** Undefined when `text` is no such address. */
export const parseDoorbell = (text: string): DoorbellAddress | undefined => {
  const [, v6, v4, digits] = ADDRESS.exec(text) ?? [];
  const host = v6 ?? v4 ?? '';
  const port = Number(digits);
  return isIP(host) !== 0 && port <= 65_535 ? { host, port } : undefined;
};
