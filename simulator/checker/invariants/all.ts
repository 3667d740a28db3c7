import type { Invariant } from './invariant.ts';

/** By ID. */
export const invariants: readonly Invariant[] = [];
