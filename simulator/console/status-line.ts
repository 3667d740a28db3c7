import type { Progress } from '../run/progress.ts';

export interface StatusFacts {
  /** Seconds since the load began. */
  readonly elapsedSeconds: number;
  readonly requested: number;
  readonly accepted: number;
  /** Undefined while the databases do not answer. */
  readonly progress: Progress | undefined;
  /** Faults at work now. */
  readonly faults: readonly string[];
}

/** How things stand, in one line. */
export const statusLine = ({ elapsedSeconds, requested, accepted, progress, faults }: StatusFacts): string => {
  const time = `${String(Math.floor(elapsedSeconds)).padStart(3)} s`;
  const broken = faults.length === 0 ? '' : ` | broken: ${faults.join(', ')}`;
  if (progress === undefined)
    return `${time} | placed ${accepted}/${requested} | the databases do not answer in time${broken}`;
  const { published, committed, pending, held, quarantined, delivered, cancelled, consumed } = progress;
  const parts = [
    `placed ${accepted}/${requested}`,
    `published ${published}/${committed}`,
    `consumed ${Object.values(consumed).join('+')}`,
    `delivered ${delivered}, cancelled ${cancelled}`,
    `backlog ${pending}`,
  ];
  if (held > 0) parts.push(`held ${held}`);
  if (quarantined > 0) parts.push(`quarantined ${quarantined}`);
  return `${time} | ${parts.join(' | ')}${broken}`;
};
