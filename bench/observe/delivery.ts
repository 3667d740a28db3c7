import type { Appended } from './read-topic.ts';

/** Whether what lies on the topic is what it should be: a fast system that loses or disorders events is not fast. */
export interface Delivery {
  readonly events: number;
  readonly missing: number;
  /** Records beyond the first of their event. */
  readonly duplicates: number;
  /** First appearances that came before an earlier one of their order. */
  readonly disorder: number;
}

/** `expected`: IDs of all events that were committed. */
export const deliveryOf = (appended: readonly Appended[], expected: Iterable<string>): Delivery => {
  const seen = new Set<string>();
  const next = new Map<string, number>();
  let duplicates = 0;
  let disorder = 0;
  for (const { eventId, orderKey, sequence } of appended) {
    if (seen.has(eventId)) {
      duplicates += 1;
      continue;
    }
    seen.add(eventId);
    const due = next.get(orderKey) ?? 1;
    if (sequence !== due) disorder += 1;
    next.set(orderKey, Math.max(due, sequence + 1));
  }
  let missing = 0;
  let events = 0;
  for (const eventId of expected) {
    events += 1;
    if (!seen.has(eventId)) missing += 1;
  }
  return { events, missing, duplicates, disorder };
};

export const isWhole = ({ missing, disorder }: Delivery): boolean => missing === 0 && disorder === 0;
