import type { LeaseSighting } from '../evidence.ts';
import { NOTHING } from './invariant.ts';
import type { Invariant, Violation } from './invariant.ts';

const checkLease = (name: string, sightings: readonly LeaseSighting[]): readonly Violation[] =>
  sightings.flatMap((now, index): readonly Violation[] => {
    const before = sightings[index - 1];
    if (before === undefined || before.epoch < now.epoch) return [];
    if (before.epoch === now.epoch && before.owner === now.owner) return [];
    return [
      {
        summary: `The lease ${name} changed hands without a new epoch, so that its old holder is not fenced.`,
        expected: `an epoch above ${before.epoch}`,
        seen: `epoch ${before.epoch} of ${before.owner}, then epoch ${now.epoch} of ${now.owner}`,
      },
    ];
  });

export const leases: Invariant = {
  id: 15,
  name: 'Lease epochs only rise, and each epoch has one owner',
  needs: ['leases'],
  whenNothingToCheck: 'unknown',
  check: () => NOTHING,
  whole: (_totals, { leases: { rows } }) => ({
    checked: rows.length,
    violations: [...new Set(rows.map(({ name }) => name))].flatMap((name) =>
      checkLease(
        name,
        rows.filter((row) => row.name === name).sort((a, b) => a.at - b.at),
      ),
    ),
  }),
};
