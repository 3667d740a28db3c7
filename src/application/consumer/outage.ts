/** Thrown by a handler whose own dependency cannot be reached: the consumer pauses and tries again, never parks. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

const NETWORK_CODES = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);
const DEEPEST = 10;

/** True when the error, or one of the causes behind it, says that something could not be reached. */
export const isOutage = (error: unknown): boolean => {
  let current = error;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    if (current instanceof Unavailable) return true;
    if (typeof current !== 'object' || current === null) return false;
    if ('code' in current && typeof current.code === 'string' && NETWORK_CODES.has(current.code)) return true;
    current = 'cause' in current ? current.cause : undefined;
  }
  return false;
};
