import { join } from 'node:path';
import { Spill } from '../../../../simulator/checker/spill/spill.ts';
import { StoredEvidence } from '../../../../simulator/checker/spill/stored-evidence.ts';
import { PARTITIONS } from '../evidence-builder.ts';
import { frameOf } from '../stored-of.ts';
import { anOrder, frameFor } from './synthetic-order.ts';

/** What happens to the run before it is judged. */
export interface Flaw {
  /** The order, from 0, whose second event is missing in the log. */
  readonly lostOf?: number;
}

/**
 * Evidence of a run of `orders` delivered orders, four events each, in which all went well but for the flaw. Written to
 * `directory` order by order, so that it takes no memory to speak of.
 */
export const syntheticRun = (directory: string, orders: number, { lostOf }: Flaw = {}): StoredEvidence => {
  const records = new Spill(join(directory, 'log'));
  const tables = new Spill(join(directory, 'tables'));
  const nextOffset = new Array<number>(PARTITIONS).fill(0);
  for (let number = 0; number < orders; number += 1) {
    const order = anOrder(number, nextOffset);
    tables.add('history', order.placed);
    tables.add('orders', order.row);
    for (const row of order.outbox) tables.add('outbox', row);
    for (const record of order.log)
      if (number !== lostOf || record.headers['ce_sequence'] !== '0000000002') records.add('log', record);
    for (const row of order.effects) tables.add('effects', row);
    for (const row of order.inbox) tables.add('inbox', row);
    for (const row of order.consumerOrders) tables.add('consumerOrders', row);
    for (const row of order.callbacks) tables.add('callbacks', row);
  }
  return new StoredEvidence(frameOf(frameFor(orders, nextOffset)), [records, tables], directory);
};
