import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { ParkedSelection, Reprocessed } from '../../../src/application/consumer/reprocess-orders.ts';
import { ReprocessParked } from '../../../src/application/operations/reprocess-parked.ts';
import type { ReprocessRequest } from '../../../src/application/operations/reprocess-parked.ts';
import type {
  ConsumerActLog,
  IntendedActs,
  SettledAct,
  StandingAct,
} from '../../../src/application/ports/consumer-act-log.ts';
import type {
  ConsumerDidNothing,
  ConsumerOutcomeUnknown,
  ParkedDesk,
} from '../../../src/application/ports/parked-desk.ts';
import type { StorageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { UnitOfWork } from '../../../src/application/ports/unit-of-work.ts';
import { InMemoryDatabase } from '../../../src/infrastructure/in-memory/in-memory-database.ts';
import { InMemoryIdempotencyKeys } from '../../../src/infrastructure/in-memory/in-memory-idempotency-keys.ts';
import { InMemoryUnitOfWork } from '../../../src/infrastructure/in-memory/in-memory-unit-of-work.ts';
import { leftOf, rightOf } from '../../support/decoded.ts';

/** A consumer with parked orders, the audit of the service, and a list of what happened, in order. */
class House {
  readonly happened: string[] = [];
  readonly intended: IntendedActs[] = [];
  readonly noted: SettledAct[] = [];
  readonly parked = new Set(['a', 'b']);
  /** What the next request to re-process meets. */
  trouble: 'answer lost' | 'never reached' | 'audit lost meanwhile' | undefined;
  /** How long ago the acts were intended of which nothing is noted, milliseconds. */
  openForMs = 60_000;
  /** True while the audit cannot be written. */
  isDown = false;

  readonly useCase = new ReprocessParked({
    unitOfWork: this.unitOfWork(),
    idempotencyKeys: new InMemoryIdempotencyKeys(),
    acts: this.acts(),
    desk: this.desk(),
    ids: { next: () => `request-${this.intended.length + 1}` },
  });

  ask(selection: ParkedSelection, more: Partial<ReprocessRequest> = {}): ReturnType<ReprocessParked['handle']> {
    return this.useCase.handle({ consumer: 'payment', selection, actor: 'anna', reason: 'mended', ...more });
  }

  private unitOfWork(): UnitOfWork {
    const real = new InMemoryUnitOfWork(new InMemoryDatabase({ now: () => 0 }));
    return {
      run: (options, work) =>
        TE.flatMap(() => real.run(options, work))(
          TE.fromIOEither(() =>
            this.isDown
              ? E.left<StorageUnavailable>({ _tag: 'StorageUnavailable', action: 'connect', cause: 'no database' })
              : E.right(undefined),
          ),
        ),
    };
  }

  private acts(): ConsumerActLog {
    return {
      intend: (_tx, acts) =>
        TE.fromIO(() => {
          this.happened.push(`intended ${acts.orderIds.join()}`);
          this.intended.push(acts);
        }),
      settle: (_tx, _requestId, settled) => TE.fromIO(() => void this.noted.push(...settled)),
      ofRequest: (_tx, requestId) =>
        TE.right(
          this.intended
            .filter((acts) => acts.requestId === requestId)
            .flatMap(({ orderIds }) => orderIds)
            .map((orderId) => this.standing(orderId)),
        ),
    };
  }

  private standing(orderId: string): StandingAct {
    const ofOrder = this.noted.filter((act) => act.orderId === orderId);
    const final = ofOrder.find(({ outcome }) => outcome === 'released' || outcome === 'not-parked');
    const noted = final ?? ofOrder.at(-1);
    return noted === undefined
      ? { orderId, outcome: 'unknown', detail: null, openForMs: this.openForMs }
      : { ...noted, openForMs: undefined };
  }

  private desk(): ParkedDesk {
    return {
      mayReprocess: (consumer) =>
        consumer === 'payment' ? E.right(undefined) : E.left({ _tag: 'ConsumerNotFound', consumer }),
      list: () => TE.right({ orders: [], next: null }),
      rehearse: (consumer) =>
        TE.fromIOEither(() =>
          this.trouble === 'never reached'
            ? E.left<ConsumerDidNothing>({ _tag: 'ConsumerDidNothing', consumer, reason: 'refused' })
            : E.right({ done: [...this.parked].sort(), notParked: [], more: true }),
        ),
      reprocess: (consumer, orderIds) =>
        TE.fromIOEither(
          (): Either<ConsumerDidNothing | ConsumerOutcomeUnknown, Pick<Reprocessed, 'done' | 'notParked'>> => {
            this.happened.push(`asked for ${orderIds.join()}`);
            const { trouble } = this;
            this.trouble = undefined;
            if (trouble === 'never reached') return E.left({ _tag: 'ConsumerDidNothing', consumer, reason: 'refused' });
            if (trouble === 'audit lost meanwhile') this.isDown = true;
            const done = orderIds.filter((orderId) => this.parked.delete(orderId));
            if (trouble === 'answer lost')
              return E.left({ _tag: 'ConsumerOutcomeUnknown', consumer, reason: 'it hung up' });
            return E.right({ done, notParked: orderIds.filter((orderId) => !done.includes(orderId)) });
          },
        ),
    };
  }
}

const key = { method: 'POST', path: '/', key: 'k', fingerprint: 'f' };
const chosen = { orderIds: ['b', 'a', 'a'] };
const all = { cause: undefined };

describe('re-processing parked orders at a consumer', () => {
  let house: House;
  beforeEach(() => {
    house = new House();
  });

  it('is on record before the consumer is asked, and what came of it afterwards', async () => {
    const outcome = rightOf(await house.ask({ orderIds: ['a', 'z'] })());
    expect(outcome).to.deep.equal({ done: ['a'], notParked: ['z'], more: false, replayed: false });
    expect(house.happened).to.deep.equal(['intended a,z', 'asked for a,z']);
    expect(house.intended[0]).to.include({ actor: 'anna', consumer: 'payment', reason: 'mended' });
    expect(house.noted.map(({ orderId, outcome: noted }) => [orderId, noted])).to.deep.equal([
      ['a', 'released'],
      ['z', 'not-parked'],
    ]);
  });

  it('given the same key again / then nothing is asked, and the answer is the same', async () => {
    const first = rightOf(await house.ask(all, { key })());
    const second = rightOf(await house.ask(all, { key })());
    expect(first).to.deep.equal({ done: ['a', 'b'], notParked: [], more: true, replayed: false });
    expect(second).to.deep.equal({ ...first, replayed: true });
    expect(house.happened).to.deep.equal(['intended a,b', 'asked for a,b']);
  });

  it('given the answer is lost / then that is on record; the same key goes on with the orders chosen first', async () => {
    house.trouble = 'answer lost';
    expect(leftOf(await house.ask(all, { key })())).to.include({
      _tag: 'ConsumerOutcomeUnknown',
      reason: 'it hung up',
    });
    expect(house.noted.map(({ outcome, detail }) => [outcome, detail])).to.deep.equal([
      ['unknown', 'it hung up'],
      ['unknown', 'it hung up'],
    ]);
    house.parked.add('c');
    const again = rightOf(await house.ask(all, { key })());
    expect(again).to.deep.include({ done: [], notParked: ['a', 'b'], replayed: false });
    expect(house.noted.at(-1)?.detail).to.match(/^asked again.*it may have been released then$/);
    expect(house.happened).to.deep.equal(['intended a,b', 'asked for a,b', 'asked for a,b']);
  });

  it('given a consumer that was never reached / then nothing was done, on record, and the same key does it later', async () => {
    house.trouble = 'never reached';
    expect(leftOf(await house.ask(chosen, { key })())).to.include({ _tag: 'ConsumerDidNothing' });
    expect(house.noted.map(({ outcome }) => outcome)).to.deep.equal(['not-done', 'not-done']);
    expect(rightOf(await house.ask(chosen, { key })()).done).to.deep.equal(['a', 'b']);
  });

  it('given an answer that is lost, then a consumer that is not reached / then it stays unknown, on record and in the answer', async () => {
    house.trouble = 'answer lost';
    await house.ask(chosen, { key })();
    house.trouble = 'never reached';
    const error = leftOf(await house.ask(chosen, { key })());
    expect(error).to.include({ _tag: 'ConsumerOutcomeUnknown' });
    expect('reason' in error && error.reason).to.match(/still not known.*refused$/);
    expect(house.noted.map(({ outcome }) => outcome)).to.deep.equal(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('given it was done / then a repetition by filter is answered although the consumer is not reached', async () => {
    const first = rightOf(await house.ask(all, { key })());
    house.trouble = 'never reached';
    expect(rightOf(await house.ask(all, { key })())).to.deep.equal({ ...first, replayed: true });
  });

  it('given the same key is at work / then it is busy, and the consumer is not asked twice at once', async () => {
    house.trouble = 'audit lost meanwhile';
    await house.ask(chosen, { key })();
    house.isDown = false;
    house.openForMs = 5_000;
    expect(leftOf(await house.ask(chosen, { key })())).to.include({ _tag: 'IdempotencyKeyBusy', key: 'k' });
    house.openForMs = 60_000;
    expect(rightOf(await house.ask(chosen, { key })()).notParked).to.deep.equal(['a', 'b']);
    expect(house.happened).to.deep.equal(['intended a,b', 'asked for a,b', 'asked for a,b']);
  });

  it('given an audit that cannot be written / then the consumer is not asked', async () => {
    house.isDown = true;
    expect(leftOf(await house.ask(chosen)())).to.include({ _tag: 'StorageUnavailable' });
    expect(house.happened).to.deep.equal([]);
  });

  it('given an audit that is lost after the consumer has answered / then nobody is told that nothing was done', async () => {
    house.trouble = 'audit lost meanwhile';
    expect(leftOf(await house.ask(chosen)())).to.include({ _tag: 'ConsumerOutcomeUnknown' });
    expect([...house.parked]).to.deep.equal([]);
    expect(house.noted).to.deep.equal([]);
  });

  it('given nothing to choose / then nothing is asked', async () => {
    house.parked.clear();
    expect(rightOf(await house.ask(all)())).to.deep.include({ done: [], notParked: [] });
    expect(house.happened).to.deep.equal(['intended ']);
  });

  it('given a consumer that is not configured / then nothing is on record', async () => {
    expect(leftOf(await house.ask(chosen, { consumer: 'nobody' })())).to.include({ _tag: 'ConsumerNotFound' });
    expect(house.happened).to.deep.equal([]);
  });
});
