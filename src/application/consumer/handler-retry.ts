import type { RetryPolicy } from './retry-delay.ts';

/** How often a handler is tried, its first time included, and how long it waits in between, before its order is parked. */
export const HANDLER_RETRY: RetryPolicy & { readonly attempts: number } = { attempts: 5, baseMs: 100, capMs: 2_000 };
