import type { Evidence } from '../checker/evidence.ts';

/**
 * Milliseconds from the heal of a fault until the last event that was committed before it, and not yet on the topic,
 * was: the end of the backlog. The longest over all faults of the run; 0 when nothing was waiting, null when nothing was
 * healed.
 */
export const recoveryMs = ({ faults, outbox, log }: Evidence): number | null => {
  const appendedAt = new Map<string, number>();
  for (const { headers, appendedAt: at } of log.rows) {
    const eventId = headers['ce_id'];
    if (eventId !== undefined) appendedAt.set(eventId, Math.min(at, appendedAt.get(eventId) ?? Infinity));
  }
  const heals = faults.rows.flatMap(({ healedAt }) => healedAt ?? []);
  if (heals.length === 0) return null;
  const waits = heals.flatMap((healedAt) =>
    outbox.rows
      .filter(({ createdAt }) => createdAt < healedAt)
      .map(({ eventId }) => Math.max(0, (appendedAt.get(eventId) ?? 0) - healedAt)),
  );
  return waits.reduce((longest, wait) => Math.max(longest, wait), 0);
};
