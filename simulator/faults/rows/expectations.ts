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
