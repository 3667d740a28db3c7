import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { LeaseLost, RelayLeases } from '../../../src/application/ports/relay-lease.ts';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../../src/application/ports/storage-error.ts';
import { HeldLease } from '../../../src/application/relay/held-lease.ts';
import { HOUR, RelayHouse, SETTINGS } from './relay-house.ts';

const LEASE = { name: 'relay', owner: 'relay-1', epoch: 1 };
const ANSWER_TAKES = 2_000;
type Renewal = Either<StorageUnavailable | LeaseLost, void>;
const RENEWED: Renewal = E.right(undefined);
const LOST: Renewal = E.left({ _tag: 'LeaseLost', lease: LEASE });
const UNAVAILABLE: Renewal = E.left(storageUnavailable('renew lease', new Error('gone away')));

describe('a held lease of 10 s', () => {
  /** Renewals are sent from 2.5 s on, and each answer takes 2 s; the last answer given is repeated. */
  const given = (answers: Renewal[]) => {
    const house = new RelayHouse();
    const leases: RelayLeases = Object.create(house.leases) as RelayLeases;
    leases.renew = () => async () => {
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? UNAVAILABLE;
      await house.clock.sleep(ANSWER_TAKES);
      return answer;
    };
    const { clock, observer } = house;
    const held = new HeldLease(LEASE, clock.monotonic(), { leases, clock, observer, settings: SETTINGS });
    const ended = new AbortController();
    const keeping = held.keep(ended.signal);
    const end = async (): Promise<void> => {
      ended.abort();
      await clock.advance(ANSWER_TAKES);
      await keeping;
    };
    return { clock, observer, held, end };
  };

  it('covers what ends before it does, counted from before it was asked for', async () => {
    const { clock, held, end } = given([UNAVAILABLE]);
    expect(held.covers(9_999)).to.equal(true);
    expect(held.covers(10_000)).to.equal(false);
    await clock.advance(4_000);
    expect(held.covers(5_999)).to.equal(true);
    expect(held.covers(6_000)).to.equal(false);
    await end();
  });

  it('when renewed / covers from before the renewal was sent, not from its answer', async () => {
    const { clock, held, end } = given([RENEWED, UNAVAILABLE]);
    await clock.advance(4_400);
    expect(held.covers(5_600), 'no answer yet').to.equal(false);
    await clock.advance(200);
    expect(held.covers(7_899), 'sent at 2,500: ends at 12,500').to.equal(true);
    expect(held.covers(7_900)).to.equal(false);
    await end();
  });

  it('while the database is away / is expired but not lost, and says what failed; a later renewal revives it', async () => {
    const answers = [UNAVAILABLE];
    const { clock, held, observer, end } = given(answers);
    await clock.advance(30_000);
    expect(held.covers(0)).to.equal(false);
    expect(held.lost).to.equal(false);
    expect(observer.count(/^failed to renew the relay lease/)).to.be.within(5, 15);
    answers[0] = RENEWED;
    await clock.advance(6_000);
    expect(held.covers(5_000)).to.equal(true);
    await end();
  });

  it('when the database says it is lost / covers nothing any more and renews no longer', async () => {
    const answers = [LOST];
    const { clock, held } = given(answers);
    await clock.advance(4_600);
    expect(held.lost).to.equal(true);
    expect(held.covers(0)).to.equal(false);
    answers[0] = RENEWED;
    await clock.advance(30_000);
    expect(held.covers(0)).to.equal(false);
  });

  it('when the wall clock jumps / is judged as before', async () => {
    const { clock, held, end } = given([UNAVAILABLE]);
    clock.jumpWallClock(-HOUR);
    await clock.advance(1_000);
    expect(held.covers(8_999)).to.equal(true);
    clock.jumpWallClock(2 * HOUR);
    expect(held.covers(8_999)).to.equal(true);
    expect(held.covers(9_000)).to.equal(false);
    await end();
  });
});
