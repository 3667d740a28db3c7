import type { House } from '../../run/house.ts';
import { waitUntil } from './wait-until.ts';

const READY_BOUND_MS = 60_000;
const ROLES = ['api', 'relay', 'payment', 'shipping'] as const;

/** Every role says that it is ready. @throws when one does not within a minute. */
export const rolesReady = (house: House): Promise<void> =>
  waitUntil('the readiness of every role', READY_BOUND_MS, async () => {
    const answers = await Promise.all(
      ROLES.map((role) => fetch(`${house.urlOf(role)}/readyz`, { signal: AbortSignal.timeout(2_000) })),
    );
    return answers.every(({ ok }) => ok);
  });
