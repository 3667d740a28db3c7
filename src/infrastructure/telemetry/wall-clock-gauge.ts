import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Clock } from '../../application/ports/clock.ts';

/** Shows a clock that runs wrong: compare it with the one of whoever reads the metrics. */
export const registerWallClockGauge = (registry: Registry, clock: Pick<Clock, 'now'>): void => {
  new Gauge({
    name: 'orderly_wall_clock_seconds',
    help: 'What this process takes for the present, seconds since 1970.',
    registers: [registry],
    collect() {
      this.set(clock.now() / 1_000);
    },
  });
};
