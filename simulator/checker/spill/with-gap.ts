import type { Evidence } from '../evidence.ts';
import { SHARDED } from './routes.ts';

/** The same evidence, of which any source that is kept on disk may lack rows. `gap`: a plain sentence. */
export const withGap = (evidence: Evidence, gap: string): Evidence =>
  SHARDED.reduce<Evidence>(
    (before, name) => ({ ...before, [name]: { ...before[name], missing: [...before[name].missing, gap] } }),
    evidence,
  );
