import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openHistoryFile } from '../../../simulator/history/history-file.ts';
import { History } from '../../../simulator/history/history.ts';
import type { HistoryEntry, Invocation } from '../../../simulator/history/history.ts';

const place: Invocation = { kind: 'place', idempotencyKey: 'k1', orderId: null, marker: 'customer-1', totalMinor: 990 };

const recorded = (): { history: History; lines: HistoryEntry[] } => {
  let now = 1_000;
  const lines: HistoryEntry[] = [];
  return {
    history: new History(
      () => now++,
      (entry) => lines.push(entry),
    ),
    lines,
  };
};

describe('the client history', () => {
  it('given a request sent twice before its answer, counts one operation with both sendings', () => {
    const { history } = recorded();
    const operation = history.invoke(place);
    operation.sent();
    operation.unanswered('connection refused');
    operation.sent();
    operation.answered(201, 'order-1');
    operation.completed('ok');
    expect(history.operations()).to.deep.equal([
      {
        index: 0,
        ...place,
        orderId: 'order-1',
        invokedAt: 1_000,
        completedAt: 1_005,
        sent: 2,
        outcome: 'ok',
        status: 201,
      },
    ]);
  });

  it('given a request whose outcome never came, keeps it as unknown', () => {
    const { history } = recorded();
    history.invoke(place).sent();
    expect(history.operations()[0]).to.include({ outcome: 'unknown', status: null, sent: 1 });
  });

  it('given an answer that was followed by silence, shows no status of the older one', () => {
    const { history } = recorded();
    const operation = history.invoke(place);
    operation.sent();
    operation.answered(503, null);
    operation.sent();
    operation.unanswered('timeout');
    operation.completed('unknown');
    expect(history.operations()[0]).to.include({ outcome: 'unknown', status: null });
  });

  it('writes every step as a line of its own', () => {
    const { history, lines } = recorded();
    const operation = history.invoke(place);
    operation.sent();
    operation.answered(201, 'order-1');
    operation.completed('ok');
    expect(lines.map(({ event }) => event)).to.deep.equal(['invoked', 'sent', 'answered', 'completed']);
  });

  it('keeps its lines in a file, one JSON object each', () => {
    const folder = mkdtempSync(join(tmpdir(), 'history-'));
    try {
      const file = openHistoryFile(join(folder, 'history.jsonl'));
      new History(() => 5, file.append).invoke(place).sent();
      file.close();
      const lines = readFileSync(join(folder, 'history.jsonl'), 'utf8').trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line) as unknown)).to.deep.equal([
        { index: 0, at: 5, event: 'invoked', kind: 'place', idempotencyKey: 'k1', orderId: null, marker: 'customer-1' },
        { index: 0, at: 5, event: 'sent', attempt: 1 },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
