import type { AccessRole } from './access-role.ts';

/** A token by its SHA-256: the token itself is not kept. */
export interface AccessToken {
  /** Who acts with it, as the audit has it. */
  readonly actor: string;
  readonly role: AccessRole;
  /** Of the token's characters, in hex. */
  readonly sha256: string;
}
