import type { PlantBug } from '../../../simulator/deterministic/world.ts';

/** A known mistake in a relay, made by ports that do a little else than they should. */
export interface PlantedBug {
  readonly name: string;
  /** What is wrong, in plain words. */
  readonly mistake: string;
  /** The invariant that must fail. */
  readonly invariant: number;
  readonly plant: PlantBug;
}
