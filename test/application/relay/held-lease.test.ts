import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Lease, RelayLeases } from '../../../src/application/ports/relay-lease.ts';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { HeldLease } from '../../../src/application/relay/held-lease.ts';
import { LaneKeeper } from '../../../src/application/relay/lane-keeper.ts';
import { HOUR, RelayHouse, SETTINGS, seededRandom } from './relay-house.ts';

const LANES = 2;
const ANSWER_TAKES = 2_000;
type Renewal = Either<StorageUnavailable, readonly number[]>;
const RENEWED: Renewal = E.right([]);
const FIRST_LOST: Renewal = E.right([0]);
const UNAVAILABLE: Renewal = E.left(storageUnavailable('renew leases', new Error('gone away')));

describe('a lease of 10 s held for each of two lanes', () => {
  /** Renewals are sent from 2.5 s on, and each answer takes 2 s; the last answer given (lanes lost) is repeated. */
  const given = async (answers: Renewal[]) => {
    const house = new RelayHouse(LANES);
    const renewed: number[] = [];
    const leases: RelayLeases = Object.create(house.leases) as RelayLeases;
    leases.renew = (held: readonly Lease[]) => async () => {
      renewed.push(held.length);
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? UNAVAILABLE;
      await house.clock.sleep(ANSWER_TAKES);
      return E.map((lost: readonly number[]) => held.filter(({ name }) => lost.some((n) => name === `lane-${n}`)))(
        answer,
      );
    };
    const { clock, observer, relayOutbox: outbox, publisher } = house;
    const settings = { ...SETTINGS, lanes: LANES };
    const parts = { leases, clock, observer, outbox, publisher, random: seededRandom(1), settings };
    const keeper = new LaneKeeper(parts, () => undefined);
    const stopping = new AbortController();
    const running = keeper.run(stopping.signal);
    await clock.advance(0);
    const [first, second] = keeper.leading().map(({ held }) => held);
    if (first === undefined || second === undefined) throw new Error('the lanes were not taken');
    const end = async (): Promise<void> => {
      stopping.abort();
      // A renewal of both under way, and then one of each alone.
      await clock.advance(2 * ANSWER_TAKES);
      await running;
    };
    return { clock, observer, first, second, renewed, end };
  };
  const forEach = (held: readonly HeldLease[], durationMs: number): readonly boolean[] =>
    held.map((lease) => lease.covers(durationMs));

  it('covers what ends before it does, counted from before it was asked for', async () => {
    const { clock, first, second, end } = await given([UNAVAILABLE]);
    expect(forEach([first, second], 9_999)).to.deep.equal([true, true]);
    expect(forEach([first, second], 10_000)).to.deep.equal([false, false]);
    await clock.advance(4_000);
    expect(first.covers(5_999)).to.equal(true);
    expect(first.covers(6_000)).to.equal(false);
    await end();
  });

  it('when renewed / all are at once, and cover from before the renewal was sent, not from its answer', async () => {
    const { clock, first, second, renewed, end } = await given([RENEWED, UNAVAILABLE]);
    await clock.advance(4_400);
    expect(first.covers(5_600), 'no answer yet').to.equal(false);
    await clock.advance(200);
    expect(renewed).to.deep.equal([2]);
    expect(forEach([first, second], 7_899), 'sent at 2,500: ends at 12,500').to.deep.equal([true, true]);
    expect(forEach([first, second], 7_900)).to.deep.equal([false, false]);
    await end();
  });

  it('while the database is away / is expired but not lost, and says what failed; a later renewal revives it', async () => {
    const answers = [UNAVAILABLE];
    const { clock, first, second, observer, end } = await given(answers);
    await clock.advance(30_000);
    expect(forEach([first, second], 0)).to.deep.equal([false, false]);
    expect([first.lost, second.lost]).to.deep.equal([false, false]);
    expect(observer.count(/^failed to renew the leases/)).to.be.within(5, 15);
    answers[0] = RENEWED;
    await clock.advance(6_000);
    expect(forEach([first, second], 3_000)).to.deep.equal([true, true]);
    await end();
  });

  it('when the database says one is lost / it covers nothing any more, and the other is renewed as before', async () => {
    const answers = [FIRST_LOST];
    const { clock, first, second, end } = await given(answers);
    await clock.advance(4_600);
    expect([first.lost, second.lost]).to.deep.equal([true, false]);
    answers[0] = RENEWED;
    await clock.advance(30_000);
    expect(first.covers(0)).to.equal(false);
    expect(second.covers(3_000)).to.equal(true);
    await end();
  });

  it('when the wall clock jumps / is judged as before', async () => {
    const { clock, first, end } = await given([UNAVAILABLE]);
    clock.jumpWallClock(-HOUR);
    await clock.advance(1_000);
    expect(first.covers(8_999)).to.equal(true);
    clock.jumpWallClock(2 * HOUR);
    expect(first.covers(8_999)).to.equal(true);
    expect(first.covers(9_000)).to.equal(false);
    await end();
  });
});
