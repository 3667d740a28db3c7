import { join } from 'node:path';
import { checkStored } from '../checker/check-stored.ts';
import type { StoredCheck } from '../checker/check-stored.ts';
import { EvidenceCollector } from '../checker/collect-evidence.ts';
import type { StoredEvidence } from '../checker/spill/stored-evidence.ts';
import type { Talk } from '../console/talk.ts';
import type { Aftermath, Sighting, Track } from '../faults/fault.ts';
import { worthALook } from '../report/interesting-orders.ts';
import { writeReport } from '../report/write-report.ts';
import type { WrittenReport } from '../report/write-report.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';
import type { PlannedOrder } from '../workload/plan.ts';
import { drive } from './drive.ts';
import { EndedEarly } from './ended-early.ts';
import type { HouseNeeds } from './house.ts';
import { tellRecovery } from './tell-recovery.ts';
import { startHouse } from './start-house.ts';
import type { StartedHouse } from './start-house.ts';

export interface Simulation {
  readonly seed: number;
  readonly plan: readonly PlannedOrder[];
  readonly tracks: readonly Track[];
  readonly relays: number;
  /** Share of payments that are declined, 0–1. */
  readonly declineRatio: number;
  /** `max.message.bytes` of the topic; the environment's own choice when undefined. */
  readonly topicLimit: number | undefined;
  readonly needs?: HouseNeeds;
  readonly sabotage: Sabotage | undefined;
  /** Exists and can be written. */
  readonly reportDir: string;
  /** The command that does it again. */
  readonly reproduce: string;
}

/** The files, and what else is known of the run. */
export interface SimulationResult extends WrittenReport, Omit<Aftermath, 'report'> {
  /** What the faults saw while they were at work. */
  readonly sightings: readonly Sighting[];
}

const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const aborted = (): void => reject(new EndedEarly('ended before the service was up'));
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

type Seen = Omit<SimulationResult, keyof WrittenReport | 'evidence'>;
type Gathered = Seen & { readonly stored: StoredEvidence };

const gatherEvidence = async (
  { house, evidence: collectorOptions }: StartedHouse,
  simulation: Simulation,
  talk: Talk,
  signal: AbortSignal,
): Promise<Gathered> => {
  const collector = await EvidenceCollector.start(collectorOptions, simulation.reportDir);
  try {
    const { seed, plan, tracks, reportDir, sabotage } = simulation;
    const { driver, sightings, answers } = await drive({
      seed,
      plan,
      tracks,
      house,
      reportDir,
      talk,
      signal,
      bug: sabotage !== undefined,
    });
    talk.line('Reading the evidence: tables, raw log, effects.');
    const stored = await collector.finish(driver);
    await tellRecovery({ driven: driver, plan, tables: collectorOptions, reportDir }, talk);
    return { stored, sightings, answers };
  } catch (cause) {
    await collector.stop();
    throw cause;
  }
};

/** `keep` takes from the evidence what is still needed once it is gone from the disk. */
const runAnd = async <Kept>(
  simulation: Simulation,
  talk: Talk,
  signal: AbortSignal,
  keep: (stored: StoredEvidence) => Kept,
): Promise<Seen & WrittenReport & { readonly kept: Kept }> => {
  const startedAt = performance.now();
  const isShared = ['MYSQL_URL', 'KAFKA_BROKERS'].some((name) => (process.env[name] ?? '') !== '');
  const starting = startHouse({
    ...simulation,
    logDirectory: join(simulation.reportDir, 'logs'),
    suffix: isShared ? `sim${process.pid.toString(36)}${Date.now().toString(36)}` : undefined,
    progress: (line) => talk.line(talk.paint('dim', line)),
  });
  const started = await unlessAborted(starting, signal);
  talk.line(`MySQL, Kafka, API, relay, payment and shipping are up after ${seconds(performance.now() - startedAt)}.`);
  talk.line(
    `Service ${started.house.apiUrl} (documentation: ${started.house.apiUrl}/docs), topic ${started.house.topic}`,
  );
  let gathered: Gathered;
  try {
    gathered = await gatherEvidence(started, simulation, talk, signal);
  } finally {
    talk.close();
    await started.stop();
  }
  const { reportDir, reproduce, sabotage } = simulation;
  const planted = sabotage && {
    name: sabotage.name,
    describe: sabotage.describe,
    breaks: sabotage.expectedInvariant,
  };
  const { stored, ...seen } = gathered;
  const judged = async (): Promise<StoredCheck & { readonly kept: Kept }> => {
    try {
      return { ...(await checkStored(stored, worthALook())), kept: keep(stored) };
    } finally {
      stored.remove();
    }
  };
  const { result, measured, excerpt, kept } = await judged();
  const written = await writeReport(reportDir, { evidence: excerpt, measured, result, reproduce, planted });
  return { ...seen, ...written, kept };
};

/**
 * One whole run: real servers and processes up, load and faults, rest, evidence, verdict, report. Leaves no process
 * behind. The evidence lies on disk. What grows in memory with the run is the clients' side (plan, history, answers: about
 * 1 KB an order, 270 MB for the 250,000 orders of 1,000,000 events) and a few numbers for each event.
 * @throws EnvironmentError, EndedEarly
 */
export const runSimulation = async (simulation: Simulation, talk: Talk, signal: AbortSignal): Promise<WrittenReport> =>
  runAnd(simulation, talk, signal, () => undefined);

/** The same, and all evidence comes back in memory: for the small runs of the fault matrix, whose rows look at it. */
export const runWithEvidence = async (
  simulation: Simulation,
  talk: Talk,
  signal: AbortSignal,
): Promise<SimulationResult> => {
  const { kept, ...seen } = await runAnd(simulation, talk, signal, (stored) => stored.whole());
  return { ...seen, evidence: kept };
};
