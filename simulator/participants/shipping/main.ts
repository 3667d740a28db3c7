import { settings, startConsumer } from '../../../src/consumer-kit.ts';
import type { ConsumerOverrides } from '../../../src/consumer-kit.ts';
import { CONSUMER_GROUP } from '../consumer-group.ts';
import { startedDirectly } from '../started-directly.ts';
import { shippingConsumer } from './shipping.ts';

/** The shipping service. `overrides` replaces adapters of the kit; a planted bug uses it. */
export const start = (overrides?: ConsumerOverrides): Promise<void> =>
  startConsumer({
    own: { CONSUMER_GROUP, HANDLING_DELAY_MS: settings.withDefault(settings.milliseconds(0, 600_000), 0) },
    define: ({ CONSUMER_GROUP: group, HANDLING_DELAY_MS }) =>
      shippingConsumer({ group, handlingDelayMs: HANDLING_DELAY_MS }),
    overrides,
  });

if (startedDirectly(import.meta.url)) await start();
