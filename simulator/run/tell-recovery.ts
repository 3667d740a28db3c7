import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CollectorOptions, DriverEvidence } from '../checker/collect-evidence.ts';
import type { Talk } from '../console/talk.ts';
import { brokerOutage } from '../faults/broker-outage.ts';
import type { PlannedOrder } from '../workload/plan.ts';
import { outageRecovery } from './outage-recovery.ts';
import { readEventTimes } from './read-event-times.ts';
import { recoveryText } from './recovery-text.ts';

export interface RecoverySources {
  readonly driven: Pick<DriverEvidence, 'startedAt' | 'faults'>;
  readonly plan: readonly PlannedOrder[];
  readonly tables: Pick<CollectorOptions, 'mysqlUrl' | 'consumers'>;
  /** Gets `recovery.json`. */
  readonly reportDir: string;
}

/** After a run with a long outage: how the service came back from it, told and written down. No part of the verdict. */
export const tellRecovery = async (sources: RecoverySources, talk: Talk): Promise<void> => {
  const { driven, plan, tables, reportDir } = sources;
  const outage = driven.faults.rows.find(({ kind }) => kind === brokerOutage.name);
  if (outage === undefined || outage.healedAt === null) return;
  const loadEndedAt = driven.startedAt + Math.max(0, ...plan.slice(-1).map(({ atMs }) => atMs));
  const { at, healedAt } = outage;
  try {
    const recovery = outageRecovery(await readEventTimes(tables), { at, healedAt }, loadEndedAt);
    await writeFile(join(reportDir, 'recovery.json'), `${JSON.stringify(recovery, null, 2)}\n`);
    talk.line(recoveryText(recovery));
  } catch (cause) {
    talk.line(
      `How the outage was overcome could not be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
};
