import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { ReadinessReport } from '../../application/operations/readiness.ts';

/** What `GET /readyz` says, as gauges: one for the process, one for each check, of which there are a handful. */
export const registerReadinessGauges = (registry: Registry, report: () => ReadinessReport): void => {
  new Gauge({
    name: 'orderly_ready',
    help: '1 while every check passes and the process does its work.',
    registers: [registry],
    collect() {
      this.set(report().ready ? 1 : 0);
    },
  });
  new Gauge({
    name: 'orderly_check_passed',
    help: '1 while this check passes; what is wrong otherwise is in GET /readyz and in the log.',
    labelNames: ['check'],
    registers: [registry],
    collect() {
      for (const { name, state } of report().checks) this.set({ check: name }, state._tag === 'Passed' ? 1 : 0);
    },
  });
};
