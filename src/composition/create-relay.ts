import type { Container } from 'inversify';
import { Relay } from '../application/relay/relay.ts';
import type { ServiceConfig } from '../infrastructure/config.ts';
import { TOKENS } from './tokens.ts';

/** The relay of a process, over what the container holds; `owner` names it in leases. */
export const createRelay = (container: Container, { kafka, relay }: ServiceConfig, owner: string): Relay =>
  new Relay(
    {
      outbox: container.get(TOKENS.RelayOutbox),
      leases: container.get(TOKENS.RelayLeases),
      publisher: container.get(TOKENS.Publisher),
      observer: container.get(TOKENS.RelayObserver),
      clock: container.get(TOKENS.Clock),
      random: { next: Math.random },
    },
    {
      owner,
      lanes: kafka.partitions,
      leaseMs: relay.leaseMs,
      publishTimeoutMs: kafka.requestTimeoutMs,
      pollMinMs: relay.pollMinMs,
      pollMaxMs: relay.pollMaxMs,
      batchRecords: relay.batchRecords,
      retry: { baseMs: relay.retryBaseMs, capMs: relay.retryCapMs },
    },
  );
