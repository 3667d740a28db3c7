/** Connections are encrypted, and the server's certificate must be valid for the name it was reached by. */
export interface TlsTrust {
  /** Certificates of the authorities that may have signed it, in PEM; undefined: those that Node trusts. */
  readonly ca: string | undefined;
}

/** For Node's TLS, which then also verifies the name, or the address, that the server was reached by. */
export const tlsOptionsOf = ({ ca }: TlsTrust): { readonly ca?: string; readonly rejectUnauthorized: true } => ({
  ...(ca === undefined ? {} : { ca }),
  rejectUnauthorized: true,
});
