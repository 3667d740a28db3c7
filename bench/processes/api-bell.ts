import { Registry } from 'prom-client';
import { createDoorbell } from '../../src/composition/create-doorbell.ts';
import { createMySqlPool } from '../../src/infrastructure/mysql/mysql-pool.ts';
import { createLogger } from '../../src/infrastructure/telemetry/logger.ts';
import { serviceConfig } from './service-config.ts';

/** Rings relays in other processes as a process of the API does, by the same code. */
export const openApiBell = (): { readonly ring: (orderKey: string) => void; readonly close: () => Promise<void> } => {
  const config = serviceConfig();
  const pool = createMySqlPool({ ...config.mysql, connections: 1 });
  const doorbell = createDoorbell({
    config,
    role: 'api',
    name: 'driver',
    pool,
    registry: new Registry(),
    log: createLogger(config.logLevel),
    wakeOwn: () => undefined,
  });
  return {
    ring: (orderKey) => doorbell.wakeUp.ring(orderKey),
    close: () => {
      doorbell.close();
      return pool.end();
    },
  };
};
