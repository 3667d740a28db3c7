import type { EvidenceIndex } from '../evidence-index.ts';
import type { AttemptRow, AuditRow, OutboxRow } from '../evidence.ts';
import { MAX_ATTEMPTS } from '../facts/quarantine.ts';
import type { Invariant, Violation } from './invariant.ts';

/** The attempt history cut where it begins again from 1. */
const rounds = (attempts: readonly AttemptRow[]): readonly (readonly number[])[] => {
  const cut: number[][] = [];
  for (const { attempt } of attempts) {
    const last = cut.at(-1);
    if (last === undefined || attempt === 1) cut.push([attempt]);
    else last.push(attempt);
  }
  return cut;
};

const isCounted = (round: readonly number[]): boolean =>
  round.length <= MAX_ATTEMPTS && round.every((attempt, index) => attempt === index + 1);

const orderOf = (evidence: EvidenceIndex, eventId: string): string | undefined =>
  (evidence.outboxByEvent.get(eventId) ?? evidence.skippedByEvent.get(eventId))?.orderId ??
  evidence.logByEvent.get(eventId)?.[0]?.key ??
  undefined;

const checkHistory = (evidence: EvidenceIndex, eventId: string): readonly Violation[] => {
  const history = rounds(evidence.attemptsByEvent.get(eventId) ?? []);
  const redrives = (evidence.auditByEvent.get(eventId) ?? []).filter(({ action }) => action === 'redrive').length;
  const about = {
    orderId: orderOf(evidence, eventId),
    eventId,
    seen: `attempts ${history.map((round) => round.join(', ')).join(' | ')}; ${redrives} redrives`,
  };
  if (history.some((round) => round.length > MAX_ATTEMPTS || round.some((attempt) => attempt > MAX_ATTEMPTS)))
    return [
      {
        ...about,
        summary: 'An event was tried more often than allowed.',
        expected: `at most ${MAX_ATTEMPTS} attempts`,
      },
    ];
  if (!history.every(isCounted))
    return [
      {
        ...about,
        summary: 'The attempts of an event are not counted 1, 2, 3 ….',
        expected: '1, 2, 3 …, again from 1 after a redrive',
        absentFrom: ['attempts'],
      },
    ];
  if (history.length - 1 > redrives)
    return [
      {
        ...about,
        summary: 'The attempts of an event began anew without an audited redrive.',
        expected: `${history.length - 1} redrives`,
        absentFrom: ['audit'],
      },
    ];
  return [];
};

const checkRow = (evidence: EvidenceIndex, row: OutboxRow): readonly Violation[] => {
  const about = { orderId: row.orderId, eventId: row.eventId };
  const published = row.publishedAt !== null || row.offset !== null;
  const seen = `${row.status}, ${row.attempts} attempts, ${published ? 'with' : 'without'} a place in the log`;
  const violations: Violation[] = [];
  if ((row.status === 'COMPLETED') !== published)
    violations.push({
      ...about,
      summary: 'A status and what goes with it contradict each other.',
      expected: 'a place in the log for COMPLETED, and only for it',
      seen,
    });
  if ((row.status === 'QUARANTINED') !== (row.attempts === MAX_ATTEMPTS))
    violations.push({
      ...about,
      summary: 'An event is not QUARANTINED after exactly seven attempts.',
      expected: `QUARANTINED if and only if ${MAX_ATTEMPTS} attempts failed`,
      seen,
    });
  const lastRound = rounds(evidence.attemptsByEvent.get(row.eventId) ?? []).at(-1)?.length ?? 0;
  if (row.attempts > lastRound)
    violations.push({
      ...about,
      summary: 'Attempts were counted that are not in the attempt history.',
      expected: `${row.attempts} attempts in the history`,
      seen: `${lastRound}`,
      absentFrom: ['attempts'],
    });
  return violations;
};

const releasedSilently = (evidence: EvidenceIndex): readonly Violation[] =>
  evidence.quarantines.rows.flatMap(({ eventId, firstSeenAt }): readonly Violation[] => {
    const row = evidence.outboxByEvent.get(eventId);
    const audits = evidence.auditByEvent.get(eventId) ?? [];
    if (row?.status === 'QUARANTINED' || audits.some(({ at }) => at >= firstSeenAt)) return [];
    return [
      {
        summary: 'An event left quarantine and no operator released it.',
        orderId: orderOf(evidence, eventId),
        eventId,
        expected: 'an audited redrive or skip',
        seen: `QUARANTINED at ${new Date(firstSeenAt).toISOString()}, now ${row?.status ?? 'gone from the outbox'}`,
        absentFrom: ['audit', 'outbox'],
      },
    ];
  });

const auditMatches = (evidence: EvidenceIndex): readonly Violation[] => {
  const skips = evidence.audit.rows.filter((row): row is AuditRow & { eventId: string } => row.action === 'skip');
  const audited = new Set(skips.map(({ eventId }) => eventId));
  return [
    ...skips
      .filter(({ eventId }) => !evidence.skippedByEvent.has(eventId))
      .map(({ eventId }): Violation => ({
        summary: 'A skip was audited and not done.',
        eventId,
        orderId: orderOf(evidence, eventId),
        expected: 'a row in outbox_skipped',
        seen: 'none',
        absentFrom: ['skipped'],
      })),
    ...evidence.skipped.rows
      .filter(({ eventId }) => !audited.has(eventId))
      .map((skip): Violation => ({
        summary: 'A skip was done and not audited.',
        eventId: skip.eventId,
        orderId: skip.orderId,
        expected: 'a row in operator_audit',
        seen: 'none',
        absentFrom: ['audit'],
      })),
    ...evidence.skipped.rows
      .filter(({ eventId }) => evidence.outboxByEvent.has(eventId))
      .map((skip): Violation => ({
        summary: 'A skipped event is in the outbox all the same.',
        eventId: skip.eventId,
        orderId: skip.orderId,
        expected: 'only its replacement',
        seen: `the event itself, ${evidence.outboxByEvent.get(skip.eventId)?.status ?? ''}`,
      })),
  ];
};

export const attempts: Invariant = {
  id: 9,
  name: 'No event is tried more than 7 times, and statuses change only as allowed',
  needs: ['outbox', 'skipped', 'attempts', 'audit', 'quarantines'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => ({
    checked: evidence.outbox.rows.length,
    violations: [
      ...[...evidence.attemptsByEvent.keys()].flatMap((eventId) => checkHistory(evidence, eventId)),
      ...evidence.outbox.rows.flatMap((row) => checkRow(evidence, row)),
      ...releasedSilently(evidence),
      ...auditMatches(evidence),
    ],
  }),
};
