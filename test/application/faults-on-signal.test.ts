import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { faultsOnSignalFrom, inTurn, stallEventLoop } from '../../src/infrastructure/faults-on-signal.ts';

const ROOT = join(import.meta.dirname, '../..');
const MODULE = join(ROOT, 'src/infrastructure/faults-on-signal.ts');
const HOUR_MS = 3_600_000;

/** Tells what it takes for the present each time it is asked, and once at first. */
const PROCESS = `
  import { obeyFaultSignal } from ${JSON.stringify(MODULE)};
  obeyFaultSignal([{ _tag: 'ClockJumps', ms: ${HOUR_MS} }, { _tag: 'ClockJumps', ms: ${-HOUR_MS} }]);
  const tell = () => console.log(JSON.stringify([Date.now(), new Date().getTime(), performance.now()]));
  process.stdin.on('data', tell);
  tell();
`;

describe('faults on a signal', () => {
  it('are none unless ON_SIGUSR2 is set', () => {
    expect(faultsOnSignalFrom({})).to.deep.equal(E.right([]));
  });

  it('are read in their order', () => {
    expect(faultsOnSignalFrom({ ON_SIGUSR2: 'jump:3600000,stall:9000,jump:-3600000' })).to.deep.equal(
      E.right([
        { _tag: 'ClockJumps', ms: HOUR_MS },
        { _tag: 'LoopStalls', ms: 9_000 },
        { _tag: 'ClockJumps', ms: -HOUR_MS },
      ]),
    );
  });

  for (const text of ['', 'stall', 'stall:0', 'stall:-5', 'stall:60001', 'jump:86400001', 'jump:1h', 'stall:1,', 'x:1'])
    it(`ON_SIGUSR2=${JSON.stringify(text)} is refused with what to set`, () => {
      const read = faultsOnSignalFrom({ ON_SIGUSR2: text });
      expect(E.isLeft(read) && read.left).to.match(/^is ".*": set it to a list such as jump:3600000,/);
    });

  it('are refused in production', () => {
    expect(E.isLeft(faultsOnSignalFrom({ ON_SIGUSR2: 'stall:9000', NODE_ENV: 'production' }))).to.equal(true);
  });

  it('come about one by one, and then no more', () => {
    const done: string[] = [];
    const next = inTurn(
      [
        { _tag: 'LoopStalls', ms: 2 },
        { _tag: 'ClockJumps', ms: 1 },
      ],
      (ms) => done.push(`jump ${ms}`),
      (ms) => done.push(`stall ${ms}`),
    );
    expect(done).to.deep.equal([]);
    next();
    expect(done).to.deep.equal(['stall 2']);
    next();
    next();
    expect(done).to.deep.equal(['stall 2', 'jump 1']);
  });

  it('given a stall / then nothing else runs meanwhile', async () => {
    const startedAt = performance.now();
    let ranAt = 0;
    const timer = new Promise<void>((resolve) => {
      setTimeout(() => {
        ranAt = performance.now();
        resolve();
      }, 1);
    });
    stallEventLoop(80);
    await timer;
    expect(ranAt - startedAt).to.be.at.least(80);
  });

  it('given a process that gets the signal / then its wall clock jumps there and back, and the monotonic one does not', async function () {
    this.timeout(20_000);
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', PROCESS], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const told = async (): Promise<readonly number[]> => {
      const line: IteratorResult<string, unknown> = await lines.next();
      const numbers: unknown = JSON.parse(String(line.value));
      if (!Array.isArray(numbers)) throw new Error('the process told no numbers');
      return numbers.map(Number);
    };
    /** A signal and a question have no order: asks until the clock has moved. */
    const toldAfterSignal = async (isThere: (offsetMs: number) => boolean): Promise<readonly number[]> => {
      child.kill('SIGUSR2');
      for (;;) {
        child.stdin.write('?');
        const numbers = await told();
        if (isThere((numbers[0] ?? NaN) - Date.now())) return numbers;
      }
    };
    try {
      const [first = NaN, , startedAt = NaN] = await told();
      expect(Math.abs(first - Date.now())).to.be.lessThan(HOUR_MS / 2);
      const [now = NaN, made = NaN, later = NaN] = await toldAfterSignal((ms) => ms > HOUR_MS / 2);
      expect(Math.abs(made - now)).to.be.lessThan(HOUR_MS / 2);
      expect(later - startedAt).to.be.within(0, HOUR_MS / 2);
      await toldAfterSignal((ms) => ms < HOUR_MS / 2);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
});
