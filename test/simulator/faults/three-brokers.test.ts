import { expect } from 'chai';
import {
  areLedByPreference,
  judgePublishing,
  leadersMove,
  movesBetween,
  rotated,
} from '../../../simulator/faults/rows/leaders-move.ts';
import { notEnoughReplicas } from '../../../simulator/faults/rows/not-enough-replicas.ts';
import { isWhole, lackingForThreeBrokers } from '../../../simulator/faults/rows/three-brokers.ts';
import type { PartitionState } from '../../../simulator/faults/rows/three-brokers.ts';
import { check } from '../../../simulator/checker/check.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import { buildReport } from '../../../simulator/report/run-report.ts';
import { aRun, DELIVERED, START } from '../checker/evidence-builder.ts';

const state = (partition: number, leader: number, isr: readonly number[] = [1, 2, 3]): PartitionState => ({
  partition,
  leader,
  replicas: [1, 2, 3],
  isr,
});

const aftermathOf = (evidence: Evidence) => ({
  report: buildReport({ evidence, result: check(evidence), reproduce: 'again' }),
  evidence,
  answers: [],
});
const movedBetween = (at: number, healedAt: number): Evidence => {
  const run = aRun(DELIVERED);
  return { ...run, faults: { rows: [{ kind: 'leaders-move', target: 'kafka', at, healedAt }], missing: [] } };
};

describe('rows with three brokers', () => {
  it('leaders move by turns: the second replica is asked to lead', () => {
    expect(rotated([state(0, 1)])).to.deep.equal([{ partition: 0, replicas: [2, 3, 1] }]);
  });

  it('a move is counted where another broker leads, not where nobody does', () => {
    const before = [state(0, 1), state(1, 2), state(2, 3)];
    expect(movesBetween(before, [state(0, 2), state(1, 2), state(2, -1)])).to.equal(1);
    expect(movesBetween(before, before)).to.equal(0);
  });

  it('are whole when every partition has all its replicas', () => {
    expect(isWhole([state(0, 1), state(1, 2)])).to.equal(true);
    expect(isWhole([state(0, 1), state(1, 2, [1, 2])])).to.equal(false);
    expect(isWhole([])).to.equal(false);
  });

  it('are at rest when every first replica leads', () => {
    expect(areLedByPreference([state(0, 1), state(1, 1)])).to.equal(true);
    expect(areLedByPreference([state(0, 1), state(1, 2)])).to.equal(false);
  });

  it('demand that records were published while leaders moved', () => {
    expect(judgePublishing(aftermathOf(movedBetween(START - 1_000, START + 600_000))).holds).to.equal(true);
    expect(judgePublishing(aftermathOf(movedBetween(START - 2_000, START - 1_000))).holds).to.equal(false);
  });

  it('ask for an environment of their own making, and say why they cannot have it', async () => {
    expect([leadersMove.row?.house?.brokers, notEnoughReplicas.row?.house?.brokers]).to.deep.equal([3, 3]);
    const names = ['MYSQL_URL', 'KAFKA_BROKERS', 'ORDERLY_SERVERS'] as const;
    const saved = names.map((name) => [name, process.env[name]] as const);
    try {
      for (const name of names) Reflect.deleteProperty(process.env, name);
      expect(await lackingForThreeBrokers()).to.equal(undefined);
      process.env['ORDERLY_SERVERS'] = 'docker';
      expect(await lackingForThreeBrokers()).to.match(/only started natively/);
      process.env['KAFKA_BROKERS'] = '127.0.0.1:9';
      expect(await lackingForThreeBrokers()).to.match(/KAFKA_BROKERS is set/);
    } finally {
      for (const [name, value] of saved)
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
    }
  });
});
