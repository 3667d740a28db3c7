import { settings, startConsumer } from '../../../src/consumer-kit.ts';
import type { ConsumerOverrides } from '../../../src/consumer-kit.ts';
import { CONSUMER_GROUP } from '../consumer-group.ts';
import { startedDirectly } from '../started-directly.ts';
import { paymentConsumer } from './payment.ts';

const ratio = settings.setting({
  expected: 'a number from 0 to 1',
  parse: (text) => (/^(0(\.\d+)?|1(\.0+)?)$/.test(text) ? Number(text) : undefined),
});

/** The payment service. `overrides` replaces adapters of the kit; a planted bug uses it. */
export const start = (overrides?: ConsumerOverrides): Promise<void> =>
  startConsumer({
    own: {
      CONSUMER_GROUP,
      DECLINE_RATIO: settings.withDefault(ratio, 0),
      HANDLING_DELAY_MS: settings.withDefault(settings.milliseconds(0, 600_000), 0),
      EFFECT_DELAY_MS: settings.withDefault(settings.milliseconds(0, 10_000), 0),
    },
    define: ({ CONSUMER_GROUP: group, DECLINE_RATIO, HANDLING_DELAY_MS, EFFECT_DELAY_MS }) =>
      paymentConsumer({
        group,
        declineRatio: DECLINE_RATIO,
        handlingDelayMs: HANDLING_DELAY_MS,
        effectDelayMs: EFFECT_DELAY_MS,
      }),
    overrides,
  });

if (startedDirectly(import.meta.url)) await start();
