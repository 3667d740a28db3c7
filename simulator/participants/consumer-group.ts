import { settings } from '../../src/consumer-kit.ts';

/** Another group than the usual one, so that several environments can share one broker. */
export const CONSUMER_GROUP = settings.optional(
  settings.setting({
    expected: 'a group name (1–249 of letters, digits, ".", "_" and "-")',
    parse: (text) => (/^[A-Za-z0-9._-]{1,249}$/.test(text) ? text : undefined),
  }),
);
