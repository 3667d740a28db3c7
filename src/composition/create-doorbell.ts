import type { Registry } from 'prom-client';
import type { Logger } from 'pino';
import type { WakeUp } from '../application/ports/wake-up.ts';
import { laneOf } from '../application/relay/lanes.ts';
import { systemClock } from '../infrastructure/clock.ts';
import type { ServiceConfig } from '../infrastructure/config.ts';
import { doorbellText } from '../infrastructure/doorbell/doorbell-address.ts';
import { DoorbellRinger } from '../infrastructure/doorbell/doorbell-ringer.ts';
import { Doorbell } from '../infrastructure/doorbell/doorbell.ts';
import { openRingLine } from '../infrastructure/doorbell/ring-line.ts';
import { mysqlDoorbells } from '../infrastructure/mysql/mysql-doorbells.ts';
import type { MySqlPool } from '../infrastructure/mysql/mysql-pool.ts';
import { DoorbellTelemetry } from '../infrastructure/telemetry/doorbell-telemetry.ts';
import type { Role } from '../interfaces/cli/service-cli.ts';

export interface ProcessDoorbellParts {
  readonly config: ServiceConfig;
  readonly role: Role;
  /** Names this process among the relays. */
  readonly name: string;
  readonly pool: MySqlPool;
  readonly registry: Registry;
  readonly log: Logger;
  /** Wakes the relay of this process, if it has one. */
  readonly wakeOwn: (lane?: number) => void;
}

export interface ProcessDoorbell {
  /** Rings the relay of this process and, unless that is switched off, those of others. */
  readonly wakeUp: WakeUp;
  /** Where this process listens; undefined while it does not. */
  address(): string | undefined;
  /** Resolves when it listens, as far as it can and is to. Never rejects. */
  open(): Promise<void>;
  close(): void;
}

/** What a process of this role has of the doorbell: relays listen, whoever commits rings. */
export const createDoorbell = (parts: ProcessDoorbellParts): ProcessDoorbell => {
  const { role, name, pool, registry, log, wakeOwn } = parts;
  const { doorbell: settings, kafka } = parts.config;
  const lanes = kafka.partitions;
  const observer = new DoorbellTelemetry(registry, log);
  const listens = settings.isOn && (role === 'relay' || role === 'all');
  const rings = settings.isOn && (role === 'api' || role === 'all');
  const bell = new Doorbell({
    listen: settings.listen,
    lanes,
    observer,
    rung: (lane) => {
      wakeOwn(lane === 'any' ? undefined : lane);
    },
  });
  const ringer = new DoorbellRinger({
    owner: name,
    lanes,
    doorbells: mysqlDoorbells(pool),
    openLine: openRingLine,
    clock: systemClock,
    observer,
  });
  return {
    wakeUp: {
      ring: (orderKey) => {
        const lane = orderKey === undefined ? undefined : laneOf(orderKey, lanes);
        wakeOwn(lane);
        if (rings) ringer.ring(lane ?? 'any');
      },
    },
    address: () => bell.address && doorbellText(bell.address),
    open: () => (listens ? bell.open() : Promise.resolve()),
    close: () => {
      ringer.close();
      bell.close();
    },
  };
};
