/** The server's certificate is not one that was asked for. */
const NOT_TRUSTED = 'certificate not trusted';

/** What a failed socket tells, by Node's code of the error. */
export const NETWORK_CODES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EPIPE', 'connection reset'],
  ['ETIMEDOUT', 'connection timed out'],
  ['EHOSTUNREACH', 'host unreachable'],
  ['ENETUNREACH', 'network unreachable'],
  ['ENOTFOUND', 'host name not found'],
  ['EAI_AGAIN', 'host name not found'],
  ['EPROTO', 'no TLS spoken there'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no TLS spoken there'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', NOT_TRUSTED],
  ['CERT_HAS_EXPIRED', NOT_TRUSTED],
  ['CERT_NOT_YET_VALID', NOT_TRUSTED],
  ['CERT_REVOKED', NOT_TRUSTED],
  ['CERT_UNTRUSTED', NOT_TRUSTED],
  ['CERT_SIGNATURE_FAILURE', NOT_TRUSTED],
  ['INVALID_CA', NOT_TRUSTED],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', NOT_TRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', NOT_TRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', NOT_TRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', NOT_TRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', NOT_TRUSTED],
]);
