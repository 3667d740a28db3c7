import { expect } from 'chai';
import { outageRecovery } from '../../../simulator/run/outage-recovery.ts';
import type { EventTimes } from '../../../simulator/run/outage-recovery.ts';
import { recoveryText } from '../../../simulator/run/recovery-text.ts';

const AT = 1_000_000;
const HEALED = AT + 60_000;
const outage = { at: AT, healedAt: HEALED };

/** Created, published and applied so many milliseconds after the heal. */
const event = (
  orderId: string,
  created: number,
  published: number | null,
  applied: number | null,
  more: Partial<EventTimes> = {},
): EventTimes => ({
  orderId,
  sequence: 1,
  createdAt: HEALED + created,
  publishedAt: published === null ? null : HEALED + published,
  appliedAt: applied === null ? null : HEALED + applied,
  quarantined: false,
  ...more,
});

describe('how an outage was overcome', () => {
  it('counts the backlog and when the last of it was published', () => {
    const events = [
      event('before', -70_000, -69_900, -69_000),
      event('early', -50_000, 1_500, 3_000),
      event('late', -10, 4_000, 9_000),
      event('after', 5_000, 5_020, 9_500),
    ];
    const told = outageRecovery(events, outage, HEALED + 60_000);
    expect(told).to.include({ outageSeconds: 60, quarantined: 0, backlog: 2, drainedAfterMs: 4_000 });
    expect(told.publishAfterMs).to.include({ count: 1, max: 20 });
  });

  it('says so when some of the backlog never was published', () => {
    const told = outageRecovery([event('one', -10, null, null, { quarantined: true })], outage, HEALED + 30_000);
    expect(told).to.include({ backlog: 1, drainedAfterMs: null, quarantined: 1 });
    expect(recoveryText(told)).to.include('never all published');
    expect(recoveryText(told)).to.match(/event p50 +p99 +order p50 +p99\n/);
  });

  it('measures events and whole lives of orders in each half minute, and when both are back under a second', () => {
    const slow = [event('a', 1_000, 1_010, 41_000), event('a', 20_000, 20_010, 50_000, { sequence: 2 })];
    const middling = [event('b', 31_000, 31_010, 31_500), event('b', 35_000, 35_010, 35_400, { sequence: 2 })];
    const quicker = [event('d', 32_000, 32_010, 32_100), event('e', 33_000, 33_010, 33_100)];
    const quick = [event('c', 61_000, 61_010, 61_500), event('c', 61_600, 61_610, 61_900, { sequence: 2 })];
    const told = outageRecovery([...slow, ...middling, ...quicker, ...quick], outage, HEALED + 90_000);
    expect(told.windows.map(({ from, events, orders }) => [from, events.max, orders.max])).to.deep.equal([
      [0, 40_000, 49_000],
      [30, 500, 4_400],
      [60, 500, 900],
    ]);
    expect(told).to.deep.include({ eventsBackAfter: 30, ordersBackAfter: { p50: 30, p99: 60 } });
  });

  it('is not back while something of a window is still on its way', () => {
    const told = outageRecovery(
      [event('a', 1_000, 1_010, 1_100), event('b', 2_000, 2_010, null)],
      outage,
      HEALED + 30_000,
    );
    expect(told).to.deep.include({ eventsBackAfter: null, ordersBackAfter: { p50: null, p99: null } });
    expect(recoveryText(told)).to.match(/2 not finished[\s\S]*not before the load ended/);
  });
});
