import { expect } from 'chai';
import { AskedOutbox } from './asked-outbox.ts';
import { MINUTE, RelayHouse } from './relay-house.ts';
import type { Relay } from '../../../src/application/relay/relay.ts';

/** Twice as long as a batch takes. */
const restMs = (batchMs: number): number => 2 * batchMs;
const LONGEST_REST_MS = 100;
const RARELY = { pollMinMs: MINUTE, pollMaxMs: MINUTE };

/** A relay that has just published and settled one event, for which all that took time was the broker. */
const afterOneEvent = async (
  brokerMs: number,
): Promise<{ readonly house: RelayHouse; readonly relay: Relay; readonly claims: () => number }> => {
  const house = new RelayHouse(1, { latencyMs: () => brokerMs });
  const asked = new AskedOutbox(house.relayOutbox);
  const relay = house.relay(RARELY, { outbox: asked.outbox });
  relay.start();
  await house.clock.advance(1_000);
  await house.append('a');
  asked.forget();
  relay.wake(0);
  expect(await house.settled()).to.equal(true);
  return { house, relay, claims: () => asked.times('claim') };
};

describe('a lane after a batch that was not full', () => {
  it('rests for twice as long as the batch took, and then sends what was committed meanwhile as one', async () => {
    const { house, relay, claims } = await afterOneEvent(10);
    for (let events = 0; events < 4; events += 1) {
      await house.append('b');
      relay.wake(0);
      await house.clock.advance(4);
    }
    await house.clock.advance(restMs(10) - 16 - 1);
    expect(claims(), 'still resting').to.equal(1);
    await house.clock.advance(1);
    expect(claims()).to.equal(2);
    expect(await house.settled()).to.equal(true);
    expect(house.observer.lines).to.include('published 4 in lane 0');
    await house.stop(relay);
  });

  it('never rests longer than a tenth of a second, however long the batch took', async () => {
    const { house, relay, claims } = await afterOneEvent(1_000);
    await house.append('b');
    relay.wake(0);
    await house.clock.advance(LONGEST_REST_MS - 1);
    expect(claims()).to.equal(1);
    await house.clock.advance(1);
    expect(claims()).to.equal(2);
    await house.stop(relay);
  });

  it('does not rest when a ring comes later', async () => {
    const { house, relay, claims } = await afterOneEvent(10);
    await house.clock.advance(restMs(10));
    expect(claims(), 'one that finds no more').to.equal(2);
    await house.append('b');
    relay.wake(0);
    await house.clock.advance(0);
    expect(claims()).to.equal(3);
    await house.stop(relay);
  });

  it('given the relay stops / then the rest ends at once', async () => {
    const { house, relay } = await afterOneEvent(1_000);
    const before = house.clock.monotonic();
    await house.stop(relay);
    expect(house.clock.monotonic() - before).to.be.below(10);
  });
});
