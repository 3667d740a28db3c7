import type { Task } from 'fp-ts/lib/Task.js';
import type { OrderProgress } from './consumer-progress.ts';

/** What one consumer says about one order, or why that is not known. */
export type ConsumerView =
  | { readonly _tag: 'Known'; readonly consumer: string; readonly progress: OrderProgress }
  | { readonly _tag: 'Unknown'; readonly consumer: string; readonly reason: string };

/** Asks every consumer that is configured. Never fails: one that does not answer is `Unknown`. */
export interface ConsumerViews {
  ofOrder(orderId: string): Task<readonly ConsumerView[]>;
}
