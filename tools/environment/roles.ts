/** The roles of an environment. More relays are named `relay-2`, `relay-3` … */
export const ROLE_KINDS = ['api', 'relay', 'payment', 'shipping'] as const;
export type RoleKind = (typeof ROLE_KINDS)[number];

/** An entry file below the root of the checkout, and its arguments. */
export type RoleEntry = readonly [string, ...string[]];

export const ROLE_ENTRIES: Readonly<Record<RoleKind, RoleEntry>> = {
  api: ['src/main.ts', '--role', 'api'],
  relay: ['src/main.ts', '--role', 'relay'],
  payment: ['simulator/participants/payment/main.ts'],
  shipping: ['simulator/participants/shipping/main.ts'],
};

/** `relay-2` is a relay. Throws on a name that is of no kind. */
export const kindOf = (name: string): RoleKind => {
  const kind = ROLE_KINDS.find((known) => name === known || new RegExp(`^${known}-[1-9][0-9]*$`).test(name));
  if (kind === undefined) throw new Error(`${name} is no role: expected ${ROLE_KINDS.join(', ')} or one with -2, -3 …`);
  return kind;
};
