import { OUTBOX_MOVES } from '../../src/application/ports/outbox-status.ts';

const OUTSIDE = '[*]';

/** Every move that the adapters make, as they make it. */
export const outboxStateDiagram = (): string =>
  [
    '```mermaid',
    'stateDiagram-v2',
    ...Object.values(OUTBOX_MOVES).map(({ from, to, when }) => `  ${from ?? OUTSIDE} --> ${to ?? OUTSIDE}: ${when}`),
    '```',
  ].join('\n');
