/** What the holder of a token may do with the outbox: look, or look and act. Each role may also what those before it may. */
export const ACCESS_ROLES = ['viewer', 'operator'] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

export const mayAct = (role: AccessRole, needed: AccessRole): boolean =>
  ACCESS_ROLES.indexOf(role) >= ACCESS_ROLES.indexOf(needed);
