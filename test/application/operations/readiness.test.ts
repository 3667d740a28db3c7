import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { Readiness } from '../../../src/application/operations/readiness.ts';
import { RelayGate } from '../../../src/application/operations/relay-gate.ts';
import type { GatedRelay } from '../../../src/application/operations/relay-gate.ts';
import type { Finding, StartCheck } from '../../../src/application/ports/start-check.ts';
import { systemClock } from '../../../src/infrastructure/clock.ts';
import { eventually } from '../../support/eventually.ts';

type Answer = 'fine' | 'unreachable' | 'wrong' | 'warning' | 'defect';

/** A check whose answer the test decides, asked again and again without a pause worth speaking of. */
const scriptedCheck = (name: string, answer: () => Answer): StartCheck => ({
  name,
  recheckMs: 1,
  run: () => {
    const finding: Finding = { problem: `${name} is wrong`, mend: 'mend it' };
    switch (answer()) {
      case 'fine':
        return TE.right<never, readonly Finding[]>([])();
      case 'warning':
        return TE.right<never, readonly Finding[]>([{ ...finding, isWarning: true }])();
      case 'wrong':
        return TE.right<never, readonly Finding[]>([finding])();
      case 'unreachable':
        return TE.left({ _tag: 'Unreachable' as const, reason: `${name} is away`, cause: undefined })();
      case 'defect':
        return Promise.reject(new Error('a defect'));
    }
  },
});

/** Pauses of one turn of the event loop. */
const quickClock = { ...systemClock, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };

describe('readiness', () => {
  let database: Answer;
  let topic: Answer;
  let readiness: Readiness;

  beforeEach(() => {
    database = 'fine';
    topic = 'fine';
    readiness = new Readiness(
      [scriptedCheck('database', () => database), scriptedCheck('topic', () => topic)],
      quickClock,
    );
  });
  afterEach(() => readiness.stop());

  const until = (ready: boolean, admits: boolean): Promise<unknown> =>
    eventually(() => expect([readiness.report().ready, readiness.admits()]).to.deep.equal([ready, admits]));

  it('before any answer / then neither ready nor admitting', () => {
    expect([readiness.report().ready, readiness.admits()]).to.deep.equal([false, false]);
  });

  it('given all checks pass, one with a warning / then ready and admitting', async () => {
    topic = 'warning';
    readiness.start();
    await until(true, true);
  });

  it('given a server that is away at the start / then it waits, and goes on when the server is there', async () => {
    database = 'unreachable';
    readiness.start();
    await eventually(() =>
      expect(readiness.report().checks[0]?.state).to.deep.equal({ _tag: 'Failing', reason: 'database is away' }),
    );
    expect(readiness.admits()).to.equal(false);
    database = 'fine';
    await until(true, true);
  });

  it('given a server that goes away later / then not ready, but work is still admitted', async () => {
    readiness.start();
    await until(true, true);
    database = 'unreachable';
    await until(false, true);
  });

  it('given something that is set up wrongly later / then work is refused until it is mended', async () => {
    readiness.start();
    await until(true, true);
    topic = 'wrong';
    await until(false, false);
    topic = 'fine';
    await until(true, true);
  });

  it('given a check with a defect / then it fails and is asked again', async () => {
    topic = 'defect';
    readiness.start();
    await eventually(() =>
      expect(readiness.report().checks[1]?.state).to.have.property('reason').that.includes('a defect'),
    );
    topic = 'fine';
    await until(true, true);
  });

  it('given a probe with a problem / then not ready, but work is admitted', async () => {
    let problem: string | undefined = 'stalled';
    const probed = new Readiness([], quickClock, [{ name: 'event loop', problem: () => problem }]);
    expect([probed.report().ready, probed.admits()]).to.deep.equal([false, true]);
    problem = undefined;
    expect(probed.report().ready).to.equal(true);
    await probed.stop();
  });

  describe('and the relay behind it', () => {
    let running: number;
    let made: number;
    let gate: RelayGate;
    const makeRelay = (): GatedRelay => {
      made += 1;
      return {
        start: () => {
          running += 1;
        },
        wake: () => undefined,
        stop: () => {
          running -= 1;
          return Promise.resolve();
        },
      };
    };

    beforeEach(() => {
      running = 0;
      made = 0;
      gate = new RelayGate(readiness, makeRelay, 1_000);
    });

    it('starts when the checks have passed, stops while one finds something wrong, starts anew when mended', async () => {
      topic = 'wrong';
      gate.start();
      readiness.start();
      await eventually(() => expect(readiness.report().checks[1]?.state._tag).to.equal('Misconfigured'));
      expect(running).to.equal(0);
      topic = 'fine';
      await eventually(() => expect([made, running]).to.deep.equal([1, 1]));
      topic = 'wrong';
      await eventually(() => expect(running).to.equal(0));
      topic = 'fine';
      await eventually(() => expect([made, running]).to.deep.equal([2, 1]));
      await gate.stop(1_000);
      expect(running).to.equal(0);
    });

    it('goes on while a server is away', async () => {
      gate.start();
      readiness.start();
      await eventually(() => expect(running).to.equal(1));
      database = 'unreachable';
      await until(false, true);
      expect([made, running]).to.deep.equal([1, 1]);
      await gate.stop(1_000);
    });

    it('once stopped stays stopped', async () => {
      gate.start();
      await gate.stop(1_000);
      readiness.start();
      await until(true, true);
      expect(made).to.equal(0);
    });
  });
});
