import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { check } from '../../../simulator/checker/check.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import type { Talk } from '../../../simulator/console/talk.ts';
import type { AloneContext, MatrixRow, Sighting } from '../../../simulator/faults/fault.ts';
import { matrixTable } from '../../../simulator/matrix/matrix-table.ts';
import { recoveryMs } from '../../../simulator/matrix/recovery.ts';
import type { RowFault, RowResult } from '../../../simulator/matrix/row-result.ts';
import { runMatrix, seedOfRow } from '../../../simulator/matrix/run-matrix.ts';
import { buildMatrix, writeMatrix } from '../../../simulator/matrix/write-matrix.ts';
import { buildReport } from '../../../simulator/report/run-report.ts';
import type { Simulation, SimulationResult } from '../../../simulator/run/run-simulation.ts';
import { adding, aRun, DELIVERED, eventId, ofEvent, START, withRow, without } from '../checker/evidence-builder.ts';
import { elementsOf } from '../report/well-formed-xml.ts';

const silent: Talk = {
  line: () => undefined,
  status: () => undefined,
  paints: false,
  paint: (_, text) => text,
  close: () => undefined,
};

const row = (number: number, parts: Partial<MatrixRow> = {}): RowFault => ({
  name: `fault-${number}`,
  describe: `breaks ${number}`,
  tell: () => 'breaks',
  needs: [],
  plan: () => [],
  inject: () => Promise.resolve(() => Promise.resolve()),
  row: { number, expected: 'holds', mixes: false, ...parts },
});

const good = aRun(DELIVERED);
const lossy = without(good, 'log', ofEvent(1, 2));

const resultOf = (evidence: Evidence, sightings: readonly Sighting[] = []): SimulationResult => ({
  report: buildReport({ evidence, result: check(evidence), reproduce: 'again' }),
  json: '',
  html: '',
  junit: '',
  evidence,
  sightings,
  answers: [],
});

describe('the fault matrix', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'matrix-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = async (
    rows: readonly RowFault[],
    simulate: (simulation: Simulation) => Promise<SimulationResult>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<readonly RowResult[]> =>
    runMatrix({ rows, seed: 7, reportDir: folder, talk: silent, signal, done: () => undefined }, simulate);
  const verdictOf = async (fault: RowFault, result: SimulationResult): Promise<RowResult | undefined> =>
    (await run([fault], () => Promise.resolve(result)))[0];

  it('given a run that passes and everything that had to be seen, passes', async () => {
    const seen = await verdictOf(
      row(1, { judge: () => [{ what: '503 was answered', holds: true }] }),
      resultOf(good, [{ what: 'it was fenced', holds: true }]),
    );
    expect(seen).to.include({ number: 1, verdict: 'pass', duplicates: 0, report: '01-fault-1' });
    expect(seen?.seen).to.include('it was fenced; 503 was answered');
  });

  it('given a run that the checker fails, fails and names the invariant', async () => {
    const seen = await verdictOf(row(1), resultOf(lossy));
    expect(seen?.verdict).to.equal('fail');
    expect(seen?.seen).to.match(/invariant 3 .*broken/);
  });

  it('given a run that passes but lacks what had to be seen, fails; undecided is unknown', async () => {
    const lacking = await verdictOf(row(1), resultOf(good, [{ what: 'it was fenced', holds: false }]));
    expect(lacking).to.include({ verdict: 'fail' });
    expect(lacking?.seen).to.include('NOT: it was fenced');
    const undecided = await verdictOf(row(1, { judge: () => [{ what: 'x', holds: undefined }] }), resultOf(good));
    expect(undecided?.verdict).to.equal('unknown');
  });

  it('given a machine that cannot run a row, says why, does not run it, and counts it as unknown', async () => {
    let runs = 0;
    const rows = [row(15, { cannotRun: () => Promise.resolve('no tmpfs may be mounted') }), row(2)];
    const results = await run(rows, () => {
      runs += 1;
      return Promise.resolve(resultOf(good));
    });
    expect(results.map(({ verdict }) => verdict)).to.deep.equal(['unknown', 'pass']);
    expect(results[0]?.seen).to.equal('cannot run on this machine: no tmpfs may be mounted');
    expect(runs).to.equal(1);
  });

  it('given a row with an environment of its own, judges what it saw and asks for no other run', async () => {
    const alone = (sightings: readonly Sighting[]): RowFault => row(25, { alone: () => Promise.resolve(sightings) });
    const results = await run(
      [alone([{ what: 'it said so', holds: true }]), alone([{ what: 'it said so', holds: false }]), alone([])],
      () => Promise.reject(new Error('there is no such run')),
    );
    expect(results.map(({ verdict }) => verdict)).to.deep.equal(['pass', 'fail', 'unknown']);
    expect(results.map(({ seen }) => seen)).to.deep.equal(['it said so', 'NOT: it said so', '']);
  });

  it('given a row that breaks down, counts it as unknown and goes on', async () => {
    const results = await run([row(1), row(2)], ({ reproduce }) =>
      reproduce.includes('fault-1') ? Promise.reject(new Error('no\nMySQL')) : Promise.resolve(resultOf(good)),
    );
    expect(results.map(({ verdict }) => verdict)).to.deep.equal(['unknown', 'pass']);
    expect(results[0]?.seen).to.equal('broke down: no MySQL');
  });

  it('given an end before its time, counts what was not run as unknown', async () => {
    const stop = new AbortController();
    const results = await run(
      [row(1), row(2)],
      () => {
        stop.abort();
        return Promise.resolve(resultOf(good));
      },
      stop.signal,
    );
    expect(results.map(({ verdict }) => verdict)).to.deep.equal(['pass', 'unknown']);
  });

  it('given an end in the middle of a row with an environment of its own, leaves it undecided; a breakdown then is told', async () => {
    const seenWhen = async (end: (signal: AbortSignal) => void): Promise<string | undefined> => {
      const stop = new AbortController();
      const alone = async ({ signal }: AloneContext): Promise<readonly Sighting[]> => {
        stop.abort();
        await Promise.resolve();
        end(signal);
        return [{ what: 'it said so', holds: true }];
      };
      const [result] = await run([row(25, { alone })], () => Promise.reject(new Error('no such run')), stop.signal);
      expect(result?.verdict).to.equal('unknown');
      return result?.seen;
    };
    expect(await seenWhen((signal) => signal.throwIfAborted())).to.equal('not decided: the matrix was ended early');
    const breakDown = (): never => {
      throw new Error('it would not end');
    };
    expect(await seenWhen(breakDown)).to.equal('broke down: it would not end');
  });

  it('gives a row the same seed alone as in the whole matrix, and its own house', async () => {
    const seen: Simulation[] = [];
    const house = { relays: 3, proxies: ['kafka' as const] };
    await run([row(1), row(9, { house })], (simulation) => {
      seen.push(simulation);
      return Promise.resolve(resultOf(good));
    });
    expect(seen.map(({ seed }) => seed)).to.deep.equal([seedOfRow(7, 1), seedOfRow(7, 9)]);
    expect(seen[1]).to.deep.include({ relays: 3, needs: house });
    expect(seen[1]?.reproduce).to.include('--rows fault-9 --seed 7');
  });

  it('writes a table, matrix.json, a page and JUnit with one entry for each row', async () => {
    const rows = await run(
      [row(1), row(2), row(3, { cannotRun: () => Promise.resolve('<no> "way"') })],
      ({ reproduce }) => Promise.resolve(resultOf(reproduce.includes('fault-2') ? lossy : good)),
    );
    const at = new Date(START).toISOString();
    const matrix = buildMatrix({ seed: 7, startedAt: at, finishedAt: at, reproduce: 'again', rows });
    expect(matrix.verdict).to.equal('fail');
    expect(buildMatrix({ ...matrix, rows: rows.filter(({ number }) => number !== 2) }).verdict).to.equal('unknown');
    expect(buildMatrix({ ...matrix, rows: [] }).verdict).to.equal('unknown');

    const lines = matrixTable(rows).trimEnd().split('\n');
    expect(lines).to.have.length(4);
    expect(lines[0]).to.match(/#.*fault.*verdict.*recovery.*duplicates.*expected.*seen/);
    expect(lines[2]).to.match(/^2 +fault-2 +fail/);

    const page = await writeMatrix(folder, matrix);
    expect(JSON.parse(await readFile(join(folder, 'matrix.json'), 'utf8'))).to.deep.equal(
      JSON.parse(JSON.stringify(matrix)),
    );
    const html = await readFile(page, 'utf8');
    expect(html).to.include('01-fault-1/report.html').and.not.to.include('<no>');
    const names = elementsOf(await readFile(join(folder, 'matrix-junit.xml'), 'utf8')).map(({ name }) => name);
    expect(names.filter((name) => name === 'testcase')).to.have.length(3);
    expect(names.filter((name) => name === 'failure')).to.have.length(1);
    expect(names.filter((name) => name === 'skipped')).to.have.length(1);
  });
});

describe('the recovery time', () => {
  const record = good.log.rows.find(({ headers }) => headers['ce_id'] === eventId(1, 2));
  const event = good.outbox.rows.find((each) => each.eventId === eventId(1, 2));
  const healing = (evidence: Evidence, healedAt: number | null): Evidence =>
    adding(evidence, 'faults', { kind: 'x', target: 'kafka', at: START, healedAt });

  it('is the time from the heal to the last event that had been waiting', () => {
    const createdAt = event?.createdAt ?? 0;
    const late = withRow(good, 'log', ({ headers }) => headers['ce_id'] === eventId(1, 2) && record !== undefined, {
      appendedAt: createdAt + 5_000,
    });
    expect(recoveryMs(healing(late, createdAt + 3_000))).to.equal(2_000);
  });

  it('is 0 when nothing was waiting, and none when nothing was healed', () => {
    expect(recoveryMs(healing(good, good.run.finishedAt))).to.equal(0);
    expect(recoveryMs(healing(good, null))).to.equal(null);
  });
});
