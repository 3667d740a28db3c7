import type { EvidenceIndex } from '../evidence-index.ts';
import type { LogRecord } from '../evidence.ts';
import { sequenceOf } from '../read-headers.ts';

/** How the events of one order first appeared in the log. Repeats, and what the simulator put there, are left out. */
export interface OrderAppearances {
  readonly orderId: string;
  /** In log order. */
  readonly first: readonly { readonly sequence: number; readonly record: LogRecord }[];
  /** Records whose sequence cannot be read. */
  readonly unreadable: readonly LogRecord[];
  /** Sequences below the highest one seen that never appeared. */
  readonly gaps: readonly number[];
  /** First appearances that came after one with a higher sequence. */
  readonly late: readonly { readonly sequence: number; readonly record: LogRecord; readonly after: LogRecord }[];
}

/** A skip counts as the appearance of its sequence, whichever of the two event IDs comes first. */
export const appearancesOf = (evidence: EvidenceIndex, orderId: string): OrderAppearances => {
  const seen = new Set<number>();
  const first: { sequence: number; record: LogRecord }[] = [];
  const late: { sequence: number; record: LogRecord; after: LogRecord }[] = [];
  const unreadable: LogRecord[] = [];
  let highest: { sequence: number; record: LogRecord } | undefined;
  for (const record of evidence.logByOrder.get(orderId) ?? []) {
    if (evidence.isInjected(record) !== undefined) continue;
    const sequence = sequenceOf(record.headers);
    if (sequence === null) {
      unreadable.push(record);
      continue;
    }
    if (seen.has(sequence)) continue;
    seen.add(sequence);
    first.push({ sequence, record });
    if (highest !== undefined && sequence < highest.sequence) late.push({ sequence, record, after: highest.record });
    else highest = { sequence, record };
  }
  const gaps: number[] = [];
  for (let sequence = 1; sequence < (highest?.sequence ?? 0); sequence += 1)
    if (!seen.has(sequence)) gaps.push(sequence);
  return { orderId, first, unreadable, gaps, late };
};
