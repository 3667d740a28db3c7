import { hostname } from 'node:os';
import { uuidV7Ids } from '../infrastructure/ids.ts';

/** Names this process in leases and client IDs: another one after each start. */
export const processName = (): string =>
  `${hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 60)}-${process.pid}-${uuidV7Ids.next().slice(-8)}`;
