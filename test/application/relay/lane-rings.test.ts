import { expect } from 'chai';
import { LaneRings } from '../../../src/application/relay/lane-rings.ts';
import { VirtualClock } from '../../../src/infrastructure/in-memory/virtual-clock.ts';

const GAP_MS = 5;

describe('rings of lanes', () => {
  const rings = (): {
    readonly clock: VirtualClock;
    readonly looks: string[];
    readonly stopping: AbortController;
    readonly ring: (lane: number) => void;
    readonly told: (lane: number) => boolean;
  } => {
    const clock = new VirtualClock();
    const looks: string[] = [];
    const stopping = new AbortController();
    const made = new LaneRings(clock, (lane) => looks.push(`${lane} at ${clock.monotonic()}`));
    return {
      clock,
      looks,
      stopping,
      ring: (lane) => made.ring(lane, stopping.signal),
      told: (lane) => made.told(lane),
    };
  };

  it('given quiet before / then a ring causes a look at once', () => {
    const { ring, looks } = rings();
    ring(3);
    expect(looks).to.deep.equal(['3 at 0']);
  });

  it('given many rings at once / then one look now and one at the end of the gap stand for all of them', async () => {
    const { ring, looks, clock } = rings();
    for (let i = 0; i < 1_000; i += 1) ring(3);
    await clock.advance(1_000);
    expect(looks).to.deep.equal(['3 at 0', `3 at ${GAP_MS}`]);
  });

  it('given rings without end / then looks keep their distance, and the last ring still gets one', async () => {
    const { ring, looks, clock } = rings();
    for (let ms = 0; ms <= 100; ms += 1) {
      ring(0);
      await clock.advance(1);
    }
    await clock.advance(1_000);
    expect(looks).to.deep.equal(Array.from({ length: 21 + 1 }, (_, index) => `0 at ${index * GAP_MS}`));
  });

  it('given rings of different lanes / then none waits for another', () => {
    const { ring, looks } = rings();
    for (const lane of [2, 0, 1]) ring(lane);
    expect(looks).to.deep.equal(['2 at 0', '0 at 0', '1 at 0']);
  });

  it('tells whether a ring has just told of a lane, or will', async () => {
    const { ring, told, clock } = rings();
    expect(told(1)).to.equal(false);
    ring(1);
    ring(1);
    await clock.advance(GAP_MS - 1);
    expect([told(1), told(2)]).to.deep.equal([true, false]);
    await clock.advance(GAP_MS);
    expect(told(1), 'the second look').to.equal(true);
    await clock.advance(GAP_MS);
    expect(told(1)).to.equal(false);
  });

  it('given the relay stops / then what waits for the end of a gap is not looked for any more', async () => {
    const { ring, looks, stopping, clock } = rings();
    ring(1);
    ring(1);
    stopping.abort();
    await clock.advance(1_000);
    expect(looks).to.deep.equal(['1 at 0']);
  });
});
