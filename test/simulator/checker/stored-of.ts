import type { Evidence, Source } from '../../../simulator/checker/evidence.ts';
import { SHARDED } from '../../../simulator/checker/spill/routes.ts';
import type { RowOf, ShardedName } from '../../../simulator/checker/spill/routes.ts';
import { Spill } from '../../../simulator/checker/spill/spill.ts';
import { StoredEvidence } from '../../../simulator/checker/spill/stored-evidence.ts';

/** The evidence without the rows that come in shards. */
export const frameOf = (evidence: Evidence): Evidence =>
  SHARDED.reduce((frame, name) => ({ ...frame, [name]: { rows: [], missing: evidence[name].missing } }), evidence);

/** The same evidence on disk. */
export const storedOf = (
  evidence: Evidence,
  directory: string,
  options: { readonly buckets?: number; readonly rowsPerShard?: number },
): StoredEvidence => {
  const spill = new Spill(directory, options.buckets);
  const add = <Name extends ShardedName>(name: Name, { rows }: Source<RowOf<Name>>): void => {
    for (const row of rows) spill.add(name, row);
  };
  add('history', evidence.history);
  add('orders', evidence.orders);
  add('outbox', evidence.outbox);
  add('skipped', evidence.skipped);
  add('attempts', evidence.attempts);
  add('audit', evidence.audit);
  add('quarantines', evidence.quarantines);
  add('log', evidence.log);
  add('effects', evidence.effects);
  add('inbox', evidence.inbox);
  add('waiting', evidence.waiting);
  add('consumerOrders', evidence.consumerOrders);
  add('callbacks', evidence.callbacks);
  return new StoredEvidence(frameOf(evidence), [spill], directory, options.rowsPerShard);
};
