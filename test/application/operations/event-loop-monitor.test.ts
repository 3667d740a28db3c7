import { expect } from 'chai';
import { stallEventLoop } from '../../../src/infrastructure/faults-on-signal.ts';
import { EventLoopMonitor } from '../../../src/infrastructure/telemetry/event-loop-monitor.ts';
import { eventually } from '../../support/eventually.ts';

/** A busy machine alone may keep the loop waiting for a while; this is far longer. */
const STALL_MS = 600;
const NEVER_MS = 600_000;

describe('the monitor of the event loop', () => {
  let monitor: EventLoopMonitor;
  const started = (options: { stallMs: number; rememberMs: number }): EventLoopMonitor => {
    monitor = new EventLoopMonitor(options);
    monitor.start();
    return monitor;
  };
  afterEach(() => monitor.stop());

  it('given a loop that runs / then there is no stall', () => {
    expect(started({ stallMs: NEVER_MS, rememberMs: NEVER_MS }).recentStallMs()).to.equal(undefined);
  });

  it('given a pause that is shorter than a stall / then there is no stall', () => {
    started({ stallMs: NEVER_MS, rememberMs: NEVER_MS });
    stallEventLoop(STALL_MS);
    expect(monitor.recentStallMs()).to.equal(undefined);
  });

  it('given a busy loop / then it says how long that was, whoever asks first afterwards', () => {
    started({ stallMs: STALL_MS / 2, rememberMs: NEVER_MS });
    stallEventLoop(STALL_MS);
    expect(monitor.recentStallMs()).to.be.at.least(STALL_MS / 2);
  });

  it('forgets a stall after a while', async () => {
    started({ stallMs: STALL_MS / 2, rememberMs: 100 });
    stallEventLoop(STALL_MS);
    expect(monitor.recentStallMs()).not.to.equal(undefined);
    await eventually(() => expect(monitor.recentStallMs()).to.equal(undefined));
  });
});
