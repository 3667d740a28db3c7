import { expect } from 'chai';
import { movedDate } from '../../src/infrastructure/moved-date.ts';

const HOUR_MS = 3_600_000;
/** A slow machine may take so long between two looks at its clock. */
const SLACK_MS = 60_000;

describe('a moved Date', () => {
  let offsetMs = 0;
  const Moved = movedDate(Date, () => offsetMs);
  afterEach(() => {
    offsetMs = 0;
  });

  for (const by of [HOUR_MS, -HOUR_MS])
    it(`given an offset of ${by} ms / then the present is moved, however it is asked for`, () => {
      offsetMs = by;
      for (const present of [Moved.now(), new Moved().getTime()])
        expect(present - Date.now() - by).to.be.within(-SLACK_MS, SLACK_MS);
    });

  it('leaves a moment that is given as it is', () => {
    offsetMs = HOUR_MS;
    expect(new Moved(0).toISOString()).to.equal('1970-01-01T00:00:00.000Z');
    expect(new Moved(2026, 0, 2, 3, 4, 5, 6).getTime()).to.equal(new Date(2026, 0, 2, 3, 4, 5, 6).getTime());
    expect(Moved.parse('2026-01-02T03:04:05.006Z')).to.equal(Date.UTC(2026, 0, 2, 3, 4, 5, 6));
  });

  it('makes dates like any others', () => {
    expect(new Moved()).to.be.instanceOf(Date);
    expect(new Date()).to.be.instanceOf(Moved);
  });

  it('follows the offset, also back to none', () => {
    offsetMs = HOUR_MS;
    expect(Moved.now() - Date.now()).to.be.greaterThan(HOUR_MS / 2);
    offsetMs = 0;
    expect(Math.abs(Moved.now() - Date.now())).to.be.lessThan(SLACK_MS);
  });
});
