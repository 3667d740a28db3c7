import { expect } from 'chai';
import type { Relay } from '../../../src/application/relay/relay.ts';
import type { RelaySettings } from '../../../src/application/relay/relay-settings.ts';
import { AskedOutbox } from './asked-outbox.ts';
import { RelayHouse, SETTINGS } from './relay-house.ts';

const SECOND = 1_000;
const RING_GAP_MS = 5;
/** Polls that do not count here: what is seen is what rings do. */
const HARDLY_POLLS = { pollMinMs: 30_000, pollMaxMs: 30_000 };

/** A relay that leads the only lane and has nothing to do, and what it asks the outbox. */
class RungRelay {
  readonly house = new RelayHouse();
  readonly asked = new AskedOutbox(this.house.relayOutbox);
  readonly relay: Relay;

  constructor(settings: Partial<RelaySettings>) {
    this.relay = this.house.relay(settings, { outbox: this.asked.outbox });
  }

  static async idle(settings: Partial<RelaySettings> = {}): Promise<RungRelay> {
    const made = new RungRelay(settings);
    made.relay.start();
    await made.house.clock.advance(10 * SECOND);
    made.asked.forget();
    return made;
  }

  /** Does something every `ms` for so long. */
  async every(ms: number, forMs: number, act: () => Promise<void> | void): Promise<void> {
    for (let elapsed = 0; elapsed < forMs; elapsed += ms) {
      await act();
      await this.house.clock.advance(ms);
    }
  }
}

describe('a relay that is rung', () => {
  it('given a lane that it leads / then it drains it without asking where there is work', async () => {
    const made = await RungRelay.idle(HARDLY_POLLS);
    await made.house.append('a', 3);
    made.relay.wake(0);
    expect(await made.house.settled(RING_GAP_MS)).to.equal(true);
    expect(made.asked.times('lanesWithWork')).to.equal(0);
  });

  it('given a ring while it drains the lane / then what was committed meanwhile is out as well', async () => {
    const { house, relay } = await RungRelay.idle(HARDLY_POLLS);
    await house.append('a');
    relay.wake(0);
    await house.append('b');
    relay.wake(0);
    expect(await house.settled(2 * RING_GAP_MS)).to.equal(true);
  });

  it('given rings without end by anyone, and nothing to do / then looks keep their distance', async () => {
    const made = await RungRelay.idle(HARDLY_POLLS);
    await made.every(1, SECOND, () => {
      for (let i = 0; i < 50; i += 1) made.relay.wake(0);
    });
    expect(made.asked.times('claim')).to.be.within(1, SECOND / RING_GAP_MS + 1);
    expect(made.asked.times('lanesWithWork')).to.equal(0);
    await made.every(1, SECOND, () => made.relay.wake());
    expect(made.asked.times('lanesWithWork')).to.be.within(1, SECOND / RING_GAP_MS + 1);
  });

  it('given lanes that it does not lead, or that there are not / then nothing happens', async () => {
    const made = await RungRelay.idle(HARDLY_POLLS);
    await made.house.append('a');
    for (const lane of [1, 99, -1, 0.5, Number.NaN]) made.relay.wake(lane);
    await made.house.clock.advance(SECOND);
    expect(made.asked.asked.size).to.equal(0);
  });

  it('given every commit is rung, some within the gap / then polls stay as rare as when there is nothing to do', async () => {
    const made = await RungRelay.idle();
    await made.every(8, 10 * SECOND, async () => {
      for (const pauseMs of [0, 2]) {
        await made.house.clock.advance(pauseMs);
        await made.house.append('a');
        made.relay.wake(0);
      }
    });
    expect(made.house.count('PENDING')).to.be.at.most(2);
    expect(made.asked.times('lanesWithWork')).to.be.within(15, 28);
  });

  it('given no commit is rung / then it polls often while that finds something, and hardly when it no longer does', async () => {
    const made = await RungRelay.idle();
    await made.house.append('a');
    expect(await made.house.settled(SETTINGS.pollMaxMs + RING_GAP_MS)).to.equal(true);
    let most = 0;
    await made.every(10, 10 * SECOND, async () => {
      await made.house.append('a');
      most = Math.max(most, made.house.count('PENDING'));
    });
    const waitMs = SETTINGS.pollMinMs + RING_GAP_MS;
    expect(most, 'none waits longer than a short poll').to.be.at.most(Math.ceil(waitMs / 10) + 1);
    expect(await made.house.settled(waitMs)).to.equal(true);
    made.asked.forget();
    await made.house.clock.advance(20 * SECOND);
    expect(made.asked.times('lanesWithWork')).to.be.within(35, 50);
  });
});
