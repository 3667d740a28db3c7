import type { Aftermath, Sighting } from '../fault.ts';

/** The API said "not now" instead of hanging or lying. */
export const answered503 = ({ answers }: Aftermath): Sighting => {
  const count = answers.filter(({ status }) => status === 503).length;
  return { what: `requests were answered 503 meanwhile (${count})`, holds: count > 0 };
};

/** It serves again without a restart by hand. */
export const servedAgain = ({ answers, evidence }: Aftermath): Sighting => {
  const healedAt = Math.max(...evidence.faults.rows.map(({ healedAt }) => healedAt ?? Infinity));
  const count = answers.filter(({ at, status }) => at > healedAt && status >= 200 && status < 300).length;
  return { what: `requests succeeded after the heal (${count})`, holds: count > 0 };
};

/** An outage is nobody's attempt. */
export const noAttemptSpent = ({ report, evidence }: Aftermath): Sighting => ({
  what: `nothing quarantined, no attempt spent (${report.events.quarantined} and ${evidence.attempts.rows.length})`,
  holds: evidence.attempts.missing.length > 0 ? undefined : evidence.attempts.rows.length === 0,
});

/** What the broker acknowledged, or may have, was sent again. */
export const sentAgain = ({ report }: Aftermath): Sighting => ({
  what: `events were sent again (${report.events.duplicatesPublished} duplicates)`,
  holds: report.events.duplicatesPublished > 0,
});

/** The faults of this kind did their damage and were mended, as often as planned. */
export const deathsAt = ({ evidence }: Aftermath, kind: string, times: number): Sighting => {
  const done = evidence.faults.rows.filter((fault) => fault.kind === kind && fault.healedAt !== null).length;
  return { what: `it died at that moment and came back ${done} of ${times} times`, holds: done === times };
};

/** Whatever waited when a relay died was published by the next one. */
export const allPublished = ({ report, evidence }: Aftermath): Sighting => {
  const left = evidence.outbox.rows.filter(({ status }) => status !== 'COMPLETED').length;
  return {
    what: `all ${report.events.published} events were published, ${left} were left`,
    holds: evidence.outbox.missing.length > 0 ? undefined : left === 0 && report.events.published > 0,
  };
};

/** Requests whose answer never came were sent again under their key, and each placed one order. */
export const cutOffAndSentAgain = ({ evidence }: Aftermath): Sighting => {
  const again = evidence.history.rows.filter(({ kind, sent }) => kind === 'place' && sent > 1);
  const ordersOf = (marker: string): number =>
    evidence.orders.rows.filter(({ customerId }) => customerId === marker).length;
  const once = again.filter(({ outcome, marker }) => outcome === 'ok' && ordersOf(marker) === 1).length;
  const isComplete = evidence.history.missing.length === 0 && evidence.orders.missing.length === 0;
  return {
    what: `${again.length} requests for an order were sent again, ${once} of them placed exactly one`,
    holds: !isComplete ? undefined : again.length > 0 && once === again.length,
  };
};

/** No consumer did twice what an event asks for. */
export const oneEffectEach = ({ evidence }: Aftermath): Sighting => {
  const { rows, missing } = evidence.effects;
  const different = new Set(rows.map(({ consumer, eventId, kind }) => `${consumer}/${eventId}/${kind}`)).size;
  return {
    what: `${rows.length} effects, ${different} different ones`,
    holds: missing.length > 0 ? undefined : rows.length > 0 && rows.length === different,
  };
};
