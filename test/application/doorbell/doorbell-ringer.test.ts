import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import { DoorbellRinger } from '../../../src/infrastructure/doorbell/doorbell-ringer.ts';
import type { KnownDoorbell } from '../../../src/infrastructure/doorbell/doorbell-ringer.ts';
import { decodeRing } from '../../../src/infrastructure/doorbell/ring-datagram.ts';
import type { RungLane } from '../../../src/infrastructure/doorbell/ring-datagram.ts';
import { VirtualClock } from '../../../src/infrastructure/in-memory/virtual-clock.ts';
import { DoorbellRecorder } from './doorbell-recorder.ts';

const LANES = 6;
const KNOWN_FOR_MS = 2_000;
const IN_DOUBT_FOR_MS = 250;
const LEFT_ALONE_MS = 5_000;

/** Past the flush at the end of this turn of the event loop, and what follows from it. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** A ringer among relays that can come, go and fail. */
class House {
  readonly clock = new VirtualClock();
  readonly observer = new DoorbellRecorder();
  readonly heard = new Map<string, (readonly RungLane[])[]>();
  readonly open = new Set<string>();
  readonly breaks = new Map<string, () => void>();
  relays: readonly string[] = [];
  reads = 0;
  databaseIsUp = true;
  readonly ringer = new DoorbellRinger({
    owner: 'self',
    lanes: LANES,
    doorbells: () => {
      this.reads += 1;
      return this.databaseIsUp
        ? TE.right(this.relays.map((owner) => this.doorbellOf(owner)))
        : TE.left(storageUnavailable('read', new Error('down')));
    },
    openLine: ({ port }, failed) => {
      const owner = `relay-${port}`;
      this.open.add(owner);
      this.breaks.set(owner, () => failed(new Error('refused')));
      return {
        send: (datagram) => {
          this.heard.set(owner, [...(this.heard.get(owner) ?? []), decodeRing(datagram, LANES) ?? []]);
        },
        close: () => this.open.delete(owner),
      };
    },
    clock: this.clock,
    observer: this.observer,
  });

  private doorbellOf(owner: string): KnownDoorbell {
    return { owner, address: { host: '127.0.0.1', port: Number(owner.replace(/\D/g, '') || 1) } };
  }

  /** What each relay has heard since this was last called. */
  heardBy(owner: string): readonly (readonly RungLane[])[] {
    const heard = this.heard.get(owner) ?? [];
    this.heard.delete(owner);
    return heard;
  }

  async ring(...lanes: readonly RungLane[]): Promise<void> {
    for (const lane of lanes) this.ringer.ring(lane);
    await turn();
  }

  /** With lines to these relays. */
  static async of(...relays: readonly string[]): Promise<House> {
    const house = new House();
    house.relays = relays;
    await house.ring(0);
    for (const relay of relays) house.heardBy(relay);
    return house;
  }
}

describe('who commits rings', () => {
  it('every relay it knows of, once for all that was committed in one turn of the event loop', async () => {
    const house = await House.of('relay-1', 'relay-2');
    await house.ring(3, 1, 3, 5, 1);
    for (const relay of ['relay-1', 'relay-2']) expect(house.heardBy(relay)).to.deep.equal([[1, 3, 5]]);
    await house.ring(2, 'any');
    expect(house.heardBy('relay-1')).to.deep.equal([['any']]);
    expect(house.observer.counts.sent).to.equal(6);
  });

  it('not itself', async () => {
    const house = await House.of('self', 'relay-1');
    expect([...house.open]).to.deep.equal(['relay-1']);
  });

  it('also with the first ring of all, as soon as it knows where', async () => {
    const house = new House();
    house.relays = ['relay-1'];
    await house.ring(4, 2);
    expect(house.heardBy('relay-1')).to.deep.equal([[2, 4]]);
  });

  it('and asks where to only when something was rung, at most every two seconds', async () => {
    const house = await House.of('relay-1');
    for (let i = 0; i < 100; i += 1) await house.ring(i % LANES);
    expect(house.reads).to.equal(1);
    await house.clock.advance(KNOWN_FOR_MS);
    await turn();
    expect(house.reads, 'for those who may have missed what was rung').to.equal(2);
    await house.clock.advance(10 * KNOWN_FOR_MS);
    await turn();
    expect(house.reads, 'nothing was rung').to.equal(2);
    await house.ring(1);
    expect(house.reads).to.equal(3);
  });

  it('given a relay that joined and one that left / then it rings the one and no longer the other', async () => {
    const house = await House.of('relay-1');
    house.relays = ['relay-2'];
    await house.ring(1);
    expect(house.heardBy('relay-2')).to.deep.equal([]);
    await house.clock.advance(KNOWN_FOR_MS);
    await turn();
    expect(house.heardBy('relay-2'), 'what it was not told, though nothing more is rung').to.deep.equal([[1]]);
    expect([...house.open]).to.deep.equal(['relay-2']);
    await house.ring(2);
    expect(house.heardBy('relay-2')).to.deep.equal([[2]]);
  });

  it('given a line that fails / then it asks again at once, and leaves that relay alone for a while', async () => {
    const house = await House.of('relay-1');
    await house.clock.advance(IN_DOUBT_FOR_MS);
    await house.ring(3);
    house.relays = ['relay-1', 'relay-2'];
    house.breaks.get('relay-1')?.();
    await turn();
    expect(house.heardBy('relay-2'), 'what the other may have missed').to.deep.equal([[3]]);
    expect(house.observer.failures).to.deep.equal(['ring a relay']);
    house.heardBy('relay-1');
    await house.clock.advance(LEFT_ALONE_MS - 1);
    await house.ring(4);
    expect(house.heardBy('relay-1')).to.deep.equal([]);
    await house.clock.advance(KNOWN_FOR_MS);
    await house.ring(5);
    expect(house.heardBy('relay-1')).to.deep.equal([[5]]);
  });

  it('given lines that fail all the time / then it does not ask all the time', async () => {
    const house = await House.of('relay-1');
    const before = house.reads;
    for (let owner = 2; owner < 100; owner += 1) {
      house.relays = [`relay-${owner}`];
      for (const fail of house.breaks.values()) fail();
      house.breaks.clear();
      await house.ring(1);
      await house.clock.advance(10);
    }
    expect(house.reads - before).to.be.within(2, 1 + (98 * 10) / IN_DOUBT_FOR_MS);
  });

  it('given the database cannot say where / then that is told, and made up for when it can', async () => {
    const house = new House();
    house.relays = ['relay-1'];
    house.databaseIsUp = false;
    await house.ring(1);
    await house.ring(2);
    expect(house.observer.failures).to.deep.equal(['read where to ring']);
    house.databaseIsUp = true;
    await house.clock.advance(KNOWN_FOR_MS);
    await turn();
    expect(house.heardBy('relay-1')).to.deep.equal([[1, 2]]);
  });

  it('no more once it is closed', async () => {
    const house = await House.of('relay-1');
    house.ringer.close();
    await house.ring(1);
    expect(house.heardBy('relay-1')).to.deep.equal([]);
    expect(house.open.size).to.equal(0);
  });
});
