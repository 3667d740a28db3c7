import { expect } from 'chai';
import { ClockWatch } from '../../../src/application/consumer/clock-watch.ts';

const HOUR_MS = 3_600_000;

describe('the watch of the wall clock', () => {
  const TOLERANCE_MS = 3_000;
  let wall: number;
  let monotonic: number;
  let watch: ClockWatch;
  const passes = (ms: number): void => {
    wall += ms;
    monotonic += ms;
  };
  beforeEach(() => {
    wall = 1_800_000_000_000;
    monotonic = 50;
    watch = new ClockWatch({ now: () => wall, monotonic: () => monotonic }, TOLERANCE_MS);
  });

  it('given time that passes, however much / then nothing was set back', () => {
    for (const ms of [0, 1, HOUR_MS]) {
      passes(ms);
      expect(watch.setBackMs()).to.equal(undefined);
    }
  });

  it('given a clock that was set back, and time that passed / then says by how much, once', () => {
    wall -= HOUR_MS;
    passes(5_000);
    expect(watch.setBackMs()).to.equal(HOUR_MS);
    passes(5_000);
    expect(watch.setBackMs()).to.equal(undefined);
  });

  it('given a clock that was set ahead / then nothing was set back, until it is set right again', () => {
    wall += HOUR_MS;
    expect(watch.setBackMs()).to.equal(undefined);
    wall -= HOUR_MS;
    expect(watch.setBackMs()).to.equal(HOUR_MS);
  });

  it('leaves alone what is within its tolerance', () => {
    wall -= TOLERANCE_MS;
    expect(watch.setBackMs()).to.equal(undefined);
    wall -= TOLERANCE_MS + 1;
    expect(watch.setBackMs()).to.equal(TOLERANCE_MS + 1);
  });
});
