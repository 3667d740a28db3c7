import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { apiDiesBeforeCommit, failpoints } from '../../../simulator/faults/failpoints.ts';
import type { FaultContext, Heal } from '../../../simulator/faults/fault.ts';
import type { Ending } from '../../../simulator/run/house.ts';
import { seeded } from '../../../simulator/workload/seeded.ts';
import { consumerFailpointNames } from '../../../src/infrastructure/consumer-failpoints.ts';
import { failpointFrom } from '../../../src/infrastructure/failpoints.ts';
import { contextForTests, houseForTests } from './house-for-tests.ts';

/** Does what it is told and notes it; a role that is restarted ends as given, or not at all. */
const contextOf = (ending: Ending | undefined): { context: FaultContext; done: string[]; abort: () => void } => {
  const done: string[] = [];
  const aborting = new AbortController();
  const note = (what: string): Promise<void> => {
    done.push(what);
    return Promise.resolve();
  };
  const house = houseForTests({
    kill: (name) => note(`kill ${name}`),
    revive: (name) => note(`revive ${name}`),
    restartWith: async (name, env) => {
      await note(`restart ${name} with ${env['FAILPOINT'] ?? ''}`);
      return { ended: ending === undefined ? new Promise(() => undefined) : Promise.resolve(ending) };
    },
  });
  const context = contextForTests({ house, signal: aborting.signal });
  return { context, done, abort: () => aborting.abort() };
};

const injection = { kind: 'failpoints', target: 'relay at after-publish', waitMs: 0, lastsMs: 0 };

const failureOf = (heal: Promise<Heal>): Promise<string> =>
  heal.then(
    () => 'no failure',
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
  );

describe('dying at a named moment', () => {
  const targets = failpoints
    .plan({ random: seeded(1, 'plan'), loadMs: 1_000, relays: 1, outageMs: 60_000 })
    .flat()
    .map(({ target }) => target.split(' at '));

  it('is planned once for every moment that a role knows', () => {
    const service = [
      'before-commit',
      'after-commit',
      'before-publish',
      'after-publish',
      'before-settle',
      'after-settle',
    ];
    const of = (...roles: string[]): string[] =>
      targets.flatMap(([role = '', point = '']) => (roles.includes(role) ? [point] : []));
    expect(of('api', 'relay')).to.have.members(service);
    for (const point of service) expect(E.isRight(failpointFrom({ FAILPOINT: `${point}:5` })), point).to.be.true;
    for (const role of ['payment', 'shipping']) expect(of(role)).to.have.members([...consumerFailpointNames]);
  });

  it('given a process that dies there / then it is healed when its successor is ready', async () => {
    const { context, done } = contextOf({ code: null, signal: 'SIGKILL' });
    const heal = await failpoints.inject(context, injection);
    expect(done).to.have.length(1);
    expect(done[0]).to.match(/^restart relay with after-publish:[1-5]$/);
    await heal();
    expect(done[1]).to.equal('revive relay');
  });

  it('given a process that ends in another way / then it says so: that is no death at the moment', async () => {
    const { context } = contextOf({ code: 2, signal: null });
    expect(await failureOf(failpoints.inject(context, injection))).to.match(/relay ended with code 2 instead/);
  });

  it('given a moment that is never reached / then the armed process is replaced, and it says so', async () => {
    const { context, done, abort } = contextOf(undefined);
    const failed = failureOf(failpoints.inject(context, injection));
    abort();
    expect(await failed).to.match(/relay never reached after-publish/);
    expect(done.slice(1)).to.deep.equal(['kill relay', 'revive relay']);
  });

  it('can be had for a single row of the fault matrix', () => {
    const [track = []] = apiDiesBeforeCommit.plan({
      random: seeded(1, 'plan'),
      loadMs: 1_000,
      relays: 1,
      outageMs: 60_000,
    });
    expect(track.map(({ target }) => target)).to.deep.equal(Array(3).fill('api at before-commit'));
  });
});
