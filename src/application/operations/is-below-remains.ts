import type { LedgerRemains } from '../ports/outbox-ledger.ts';

/** Whether a purge may have removed that event: purges leave of an order its highest sequences, without a gap. */
export const isBelowRemains = (sequence: number, remains: LedgerRemains | undefined): boolean =>
  remains !== undefined && sequence >= 1 && sequence < (remains.first ?? remains.version + 1);
