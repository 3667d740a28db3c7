import type { EvidenceIndex } from './evidence-index.ts';
import { systemFaults } from './facts/faults.ts';
import { sequenceOf } from './read-headers.ts';
import type { TimelineEntry } from './verdict.ts';

const short = (text: string): string => (text.length > 160 ? `${text.slice(0, 157)}…` : text);

/** Everything the evidence tells about one order, by time. */
export const orderTimeline = (evidence: EvidenceIndex, orderId: string): readonly TimelineEntry[] => {
  const entries: TimelineEntry[] = [];
  const add = (at: number | null, where: string, what: string): void => {
    if (at !== null) entries.push({ at, where, what });
  };
  for (const operation of evidence.operationsByOrder.get(orderId) ?? []) {
    add(operation.invokedAt, 'client', `asks to ${operation.kind}`);
    const status = operation.status === null ? 'no answer' : `status ${operation.status}`;
    add(operation.completedAt, 'client', `${operation.kind}: ${operation.outcome}, ${status}, sent ${operation.sent}×`);
  }
  const committed = [...(evidence.outboxByOrder.get(orderId) ?? []), ...(evidence.skippedByOrder.get(orderId) ?? [])];
  for (const row of committed) {
    add(row.createdAt, 'outbox', `${row.sequence} ${row.type} written`);
    for (const { attempt, failedAt, error } of evidence.attemptsByEvent.get(row.eventId) ?? [])
      add(failedAt, 'relay', `${row.sequence} ${row.type}: attempt ${attempt} failed: ${short(error)}`);
    for (const { at, action, actor } of evidence.auditByEvent.get(row.eventId) ?? [])
      add(at, 'operator', `${row.sequence} ${row.type}: ${action} by ${short(actor)}`);
    if ('publishedAt' in row && row.publishedAt !== null)
      add(
        row.publishedAt,
        'outbox',
        `${row.sequence} ${row.type} ${row.status}, at partition ${row.partition}, offset ${row.offset ?? 'none'}`,
      );
    else if ('status' in row)
      add(evidence.outboxReadAt, 'outbox', `${row.sequence} ${row.type} is ${row.status} when the run was read`);
  }
  for (const record of evidence.logByOrder.get(orderId) ?? []) {
    const sequence = sequenceOf(record.headers) ?? '?';
    const type = record.headers['ce_type'] ?? 'no type';
    const injected = evidence.isInjected(record) === undefined ? '' : ', put there by the simulator';
    add(
      record.appendedAt,
      'log',
      `${sequence} ${short(type)} at partition ${record.partition}, offset ${record.offset}${injected}`,
    );
  }
  for (const row of evidence.effectsByOrder.get(orderId) ?? [])
    add(row.appliedAt, row.consumer, `${row.sequence}: ${row.kind}`);
  const from = Math.min(...entries.map(({ at }) => at));
  const to = Math.max(...entries.map(({ at }) => at));
  for (const { kind, target, at, healedAt } of systemFaults(evidence)) {
    if (at > to || (healedAt ?? Infinity) < from) continue;
    const name = kind.includes(target) ? kind : `${kind} ${target}`;
    add(at, 'fault', name);
    add(healedAt, 'fault', `${name} healed`);
  }
  return entries.sort((a, b) => a.at - b.at);
};
