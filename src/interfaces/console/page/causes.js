import { html } from './lib/lit-html/lit-html.js';

/** Why consumers park orders: the kind, its name, and what helps before they are re-processed. */
export const CAUSES = [
  [
    'handler-failed',
    'The handler failed',
    html`The consumer’s own code failed five times. Its team mends it, or what it needs; then re-process.`,
  ],
  [
    'unknown-version',
    'Unknown version',
    html`The event is newer than the consumer. Upgrade the consumer; then re-process all of this cause.`,
  ],
  [
    'unknown-type',
    'Unknown type',
    html`The consumer knows no such event. Upgrade the consumer; then re-process all of this cause.`,
  ],
  [
    'invalid-event',
    'Invalid event',
    html`The payload is not what its type and version say. Find out which producer wrote it; as long as the consumer
    reads it in the same way, it will be parked again.`,
  ],
  [
    'broken-record',
    'Broken record',
    html`The record is no event. It is kept and is not tried again: to re-process lets the order go on without it.`,
  ],
  [
    'contradiction',
    'Contradiction',
    html`The record contradicts what the consumer has seen: a restored database, or another producer. Look which is
    right first. It is kept and is not tried again: to re-process lets the order go on without it.`,
  ],
];

export const causeName = (cause) => CAUSES.find(([known]) => known === cause)?.[1] ?? 'Other';

/** Undefined for a cause that is not known here. */
export const whatHelps = (cause) => CAUSES.find(([known]) => known === cause)?.[2];
