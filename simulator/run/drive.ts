import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverEvidence } from '../checker/collect-evidence.ts';
import type { InjectedRecord } from '../checker/evidence.ts';
import { deathCounts, narrate } from '../console/narrate.ts';
import { statusLine } from '../console/status-line.ts';
import type { Talk } from '../console/talk.ts';
import { faultNamed } from '../faults/catalog.ts';
import type { Aftermath, Sighting, Track } from '../faults/fault.ts';
import { runNemesis } from '../faults/nemesis.ts';
import { openHistoryFile } from '../history/history-file.ts';
import { History } from '../history/history.ts';
import { ApiClient } from '../workload/client.ts';
import type { PlannedOrder } from '../workload/plan.ts';
import { runWorkload } from '../workload/run-workload.ts';
import { seeded } from '../workload/seeded.ts';
import type { House } from './house.ts';
import { OperatorApi } from './operator-api.ts';
import { pauseAfterLook } from './pause-after-look.ts';
import type { Progress } from './progress.ts';
import { quiesce } from './quiesce.ts';

export interface DriveOptions {
  readonly seed: number;
  readonly plan: readonly PlannedOrder[];
  readonly tracks: readonly Track[];
  readonly house: House;
  readonly reportDir: string;
  readonly talk: Talk;
  readonly signal: AbortSignal;
  /** A bug is planted, so orders may never come to an end: do not wait long for them. */
  readonly bug: boolean;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** Longer than any outage a run makes. */
const PATIENCE_MS = 120_000;
const STATUS_EVERY_MS = 500;
const STATUS_AT_LEAST_EVERY_MS = 15_000;
/** Everything has a minute to arrive; what has not moved for longer is stuck. */
const STILL_MS = 62_000;
const STILL_WITH_BUG_MS = 15_000;
const REST_BOUND_MS = 150_000;

const unfinished = ({ orders, delivered, cancelled, quarantined, held }: Progress): string =>
  `nothing moves any more, but ${orders - delivered - cancelled} orders are neither delivered nor cancelled (${quarantined} events quarantined, ${held} held)`;

const longest = (tracks: readonly Track[]): number => Math.max(0, ...tracks.flat().map(({ lastsMs }) => lastsMs));
/** What the driver knows: for the checker, and for the judge of a matrix row. */
export interface Driven {
  readonly driver: DriverEvidence;
  readonly sightings: readonly Sighting[];
  readonly answers: Aftermath['answers'];
}

/** Runs load and faults, mends everything, waits until the system is at rest, and tells what the driver knows. */
export const drive = async (options: DriveOptions): Promise<Driven> => {
  const { house, talk, signal, seed, plan } = options;
  const startedAt = Date.now();
  const file = openHistoryFile(join(options.reportDir, 'history.jsonl'));
  const sightings: Sighting[] = [];
  const answers: { at: number; status: number }[] = [];
  const history = new History(
    () => Date.now(),
    (entry) => {
      file.append(entry);
      if (entry.event === 'answered') answers.push({ at: entry.at, status: entry.status });
    },
  );
  const client = new ApiClient({
    apiUrl: house.apiUrl,
    history,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    patienceMs: PATIENCE_MS,
    signal,
  });
  const injected: InjectedRecord[] = [];
  let accepted = 0;
  let progress: Progress | undefined;

  const workload = runWorkload(plan, client, signal, {
    placed: ({ outcome }) => (accepted += outcome === 'ok' ? 1 : 0),
  });
  const nemesis = runNemesis(
    options.tracks,
    faultNamed,
    {
      house,
      operator: new OperatorApi(house.apiUrl, house.operatorToken),
      poisoned: workload.poisoned,
      recordInjected: (record) => injected.push(record),
      random: seeded(seed, 'nemesis'),
      saw: (sighting) => sightings.push(sighting),
      say: (line) => talk.line(`  ${line}`),
      signal,
    },
    narrate(options.tracks, talk),
  );
  const show = (seen: Progress | undefined): void => {
    progress = seen;
    const elapsedSeconds = (Date.now() - startedAt) / 1_000;
    talk.status(statusLine({ elapsedSeconds, requested: plan.length, accepted, progress, faults: nemesis.active() }));
  };

  const busy = Promise.all([workload.finished, nemesis.finished]).then(() => true);
  let wait = STATUS_EVERY_MS;
  while (!(await Promise.race([busy, sleep(wait, false)]))) {
    const askedAt = performance.now();
    show(await house.progress());
    wait = pauseAfterLook(performance.now() - askedAt, STATUS_EVERY_MS, STATUS_AT_LEAST_EVERY_MS);
  }
  if (!signal.aborted) talk.line('Load done and every fault healed; waiting until all is delivered and nothing moves.');
  const rest = await quiesce({
    look: house.progress,
    seen: show,
    stillMs: options.bug ? STILL_WITH_BUG_MS : STILL_MS,
    ...(options.bug ? { forgottenMs: STILL_MS } : {}),
    // What came to a stop for long takes about as long to catch up.
    boundMs: REST_BOUND_MS + longest(options.tracks),
    everyMs: STATUS_EVERY_MS,
    sleep: (ms) => sleep(ms),
    now: () => performance.now(),
    signal,
  });
  talk.close();
  file.close();
  if (file.problem() !== undefined)
    talk.line('history.jsonl is incomplete: it could not be written; the verdict does not need it');
  for (const line of deathCounts(nemesis.windows())) talk.line(line);

  const missing: string[] = [];
  if (rest === 'aborted') missing.push('the run was ended early');
  if (rest === 'timeout') missing.push(`the system did not come to rest within ${REST_BOUND_MS / 1_000} s`);
  if (rest === 'still' && progress !== undefined) missing.push(unfinished(progress));
  return {
    sightings,
    answers,
    driver: {
      seed,
      startedAt,
      finishedAt: Date.now(),
      ordersRequested: plan.length,
      closedLoop: true,
      history: { rows: history.operations(), missing },
      faults: { rows: nemesis.windows(), missing: nemesis.problems() },
      injected: { rows: injected, missing: [] },
    },
  };
};
