import type { EvidenceIndex } from '../evidence-index.ts';
import type { LogRecord } from '../evidence.ts';

/** Second and later appearances of an event, without those that the simulator put there. */
export const duplicatesPublished = (evidence: EvidenceIndex): readonly LogRecord[] =>
  [...evidence.logByEvent.values()].flatMap((records) =>
    records.filter((record) => evidence.isInjected(record) === undefined).slice(1),
  );
