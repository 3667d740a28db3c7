import { attempts } from './attempts.ts';
import { clientAnswers } from './client-answers.ts';
import { completedInLog } from './completed-in-log.ts';
import { countsReconcile } from './counts-reconcile.ts';
import { delays } from './delays.ts';
import { duplicatesNearFaults } from './duplicates-near-faults.ts';
import { effectsInSequence } from './effects-in-sequence.ts';
import { evidenceComplete } from './evidence-complete.ts';
import { firstAppearances } from './first-appearances.ts';
import type { Invariant } from './invariant.ts';
import { leases } from './leases.ts';
import { noPhantoms } from './no-phantoms.ts';
import { nothingLost } from './nothing-lost.ts';
import { nothingStuck } from './nothing-stuck.ts';
import { oneEffect } from './one-effect.ts';
import { onePartition } from './one-partition.ts';
import { orderVersion } from './order-version.ts';
import { quarantineHolds } from './quarantine-holds.ts';
import { retention } from './retention.ts';

/** Those that one run is judged by, by ID. That every planted bug is caught (19) takes many runs: see `campaign.ts`. */
export const invariants: readonly Invariant[] = [
  orderVersion,
  clientAnswers,
  nothingLost,
  completedInLog,
  noPhantoms,
  onePartition,
  firstAppearances,
  quarantineHolds,
  attempts,
  oneEffect,
  effectsInSequence,
  duplicatesNearFaults,
  delays,
  nothingStuck,
  leases,
  countsReconcile,
  retention,
  evidenceComplete,
];
