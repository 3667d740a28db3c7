import { idempotencyKeysSuite } from './idempotency-keys.suite.ts';
import { orderStoreSuite } from './order-store.suite.ts';
import { outboxAppendSuite } from './outbox-append.suite.ts';
import { outboxOperationsSuite } from './outbox-operations.suite.ts';
import { outboxRetentionSuite } from './outbox-retention.suite.ts';
import { relayLeasesSuite } from './relay-leases.suite.ts';
import { relayOutboxSuite } from './relay-outbox.suite.ts';
import type { OpenStorage } from './storage-under-test.ts';
import { unitOfWorkSuite } from './unit-of-work.suite.ts';

/** Everything that the storage ports promise, run against one set of adapters. */
export const storageSuites = (open: OpenStorage): void => {
  unitOfWorkSuite(open);
  orderStoreSuite(open);
  idempotencyKeysSuite(open);
  outboxAppendSuite(open);
  relayOutboxSuite(open);
  relayLeasesSuite(open);
  outboxOperationsSuite(open);
  outboxRetentionSuite(open);
};
