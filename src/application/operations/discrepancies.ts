import type { Health, Observation } from '../ports/examination.ts';

/** Of what may not be, or is worth knowing, one kind. */
export interface DiscrepancyKind {
  readonly state: Exclude<Health, 'ok'>;
  /** Goes on after how many there are. */
  readonly says: string;
  readonly mend: string;
}

const EXAMPLES = 5;

/** Counts what does not fit, and keeps a few examples of each kind, however many there are. */
export class Discrepancies<Kind extends string> {
  private readonly found = new Map<Kind, { count: number; readonly examples: string[] }>();

  /** They are told in the order in which they are found. */
  constructor(private readonly kinds: Readonly<Record<Kind, DiscrepancyKind>>) {}

  note(kind: Kind, example: string): void {
    const entry = this.found.get(kind) ?? { count: 0, examples: [] };
    entry.count += 1;
    if (entry.examples.length < EXAMPLES) entry.examples.push(example);
    this.found.set(kind, entry);
  }

  observations(): readonly Observation[] {
    return [...this.found].map(([kind, { count, examples }]) => {
      const { state, says, mend } = this.kinds[kind];
      const more = count > examples.length ? ', …' : '';
      return { state, says: `${count} × ${says}: ${examples.join('; ')}${more}`, mend };
    });
  }
}
