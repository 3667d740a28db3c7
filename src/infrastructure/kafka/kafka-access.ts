import type { TlsTrust } from '../tls-trust.ts';

export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export interface SaslLogin {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

/** How a client comes in at a broker's door. */
export interface KafkaAccess {
  /** Without it, bytes travel in clear. */
  readonly tls?: TlsTrust | undefined;
  /** Without it, the client does not say who it is. */
  readonly sasl?: SaslLogin | undefined;
}
