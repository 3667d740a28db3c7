import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkStored } from '../../../simulator/checker/check-stored.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import { Spill } from '../../../simulator/checker/spill/spill.ts';
import { StoredEvidence } from '../../../simulator/checker/spill/stored-evidence.ts';
import type { CheckResult } from '../../../simulator/checker/verdict.ts';
import { aRun, DELIVERED, ofEvent, orderId, without } from './evidence-builder.ts';
import { frameOf, storedOf } from './stored-of.ts';

/* A disk that gives back something else, or takes nothing, leaves the run undecided: it neither passes nor fails. */

const ORDERS = 400;
const good = aRun(...Array.from({ length: ORDERS }, () => DELIVERED));

const judgedAfter = async (damage: (file: (name: string) => string) => void, evidence = good): Promise<CheckResult> => {
  const directory = mkdtempSync(join(tmpdir(), 'checker-'));
  try {
    const spill = storedOf(evidence, directory, { buckets: 4, rowsPerShard: 0 });
    damage((name) => join(directory, name));
    return (await checkStored(spill, () => [])).result;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const flip = (path: string, find: string, put: string): void => {
  const text = readFileSync(path, 'utf8');
  expect(text).to.contain(find);
  writeFileSync(path, text.replace(find, put));
};

const failing = ({ invariants }: CheckResult): readonly number[] =>
  invariants.flatMap(({ id, verdict }) => (verdict === 'fail' ? [id] : []));
const doubtsOf = ({ invariants }: CheckResult, id: number): readonly string[] =>
  invariants.find((invariant) => invariant.id === id)?.doubts ?? [];

describe('evidence that the disk does not give back as it was', () => {
  const damages: Readonly<Record<string, (file: (name: string) => string) => void>> = {
    'a row that is another, and still a row': (file) => flip(file('rows-1'), '"sequence":2,', '"sequence":3,'),
    'a line that cannot be read': (file) => flip(file('rows-1'), '{', '#'),
    'a file that is cut off': (file) => truncateSync(file('rows-1'), 1_000),
    'a file that is gone': (file) => rmSync(file('rows-1')),
  };
  for (const [what, damage] of Object.entries(damages))
    it(`is told of, and decides nothing: ${what}`, async () => {
      const result = await judgedAfter(damage);
      expect(failing(result)).to.deep.equal([]);
      expect(result.verdict).to.equal('unknown');
      for (const id of [1, 2, 3, 4, 5, 7, 10, 11, 16, 17, 18])
        expect(doubtsOf(result, id).join()).to.contain('1 of 4 parts kept on disk came back damaged');
    });

  it('does not excuse what the rest proves', async () => {
    const result = await judgedAfter(
      (file) => {
        const rows = readdirSync(file('.')).filter((name) => name.startsWith('rows-'));
        const other = rows.find((name) => !readFileSync(file(name), 'utf8').includes(orderId(3)));
        rmSync(file(other ?? 'no other bucket'));
      },
      without(good, 'log', ofEvent(3, 2)),
    );
    expect(failing(result)).to.include(3);
  });

  it('decides nothing when it cannot be told which orders belong together', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'checker-'));
    const spill = new Spill(directory, 1);
    for (const row of good.inbox.rows) spill.add('inbox', row);
    truncateSync(join(directory, 'ties-0'), 160);
    const stored = new StoredEvidence(frameOf(good), [spill], directory);
    const { result } = await checkStored(stored, () => []);
    rmSync(directory, { recursive: true });
    expect(result.verdict).to.equal('unknown');
    expect(failing(result)).to.deep.equal([]);
    expect(doubtsOf(result, 10).join()).to.contain('the evidence on disk could not be put in order');
  });
});

describe('rows on a disk that takes nothing', () => {
  it('are refused as soon as they would have to be written', () => {
    const directory = mkdtempSync(join(tmpdir(), 'checker-'));
    const spill = new Spill(join(directory, 'a-file'), 1);
    writeFileSync(join(directory, 'a-file'), '');
    const addAll = (rows: Evidence['log']['rows']): void => rows.forEach((row) => spill.add('log', row));
    expect(() => addAll(good.log.rows)).to.throw();
    rmSync(directory, { recursive: true });
  });
});
