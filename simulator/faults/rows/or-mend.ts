import type { Heal } from '../fault.ts';

/** The heal of a damage; when doing the damage fails half-way, what was done of it is mended at once. */
export const orMend = async (heal: Heal, damage: () => Promise<void>): Promise<Heal> => {
  try {
    await damage();
    return heal;
  } catch (cause) {
    await heal();
    throw cause;
  }
};
