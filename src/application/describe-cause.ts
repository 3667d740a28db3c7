import { withoutSecrets } from './without-secrets.ts';

const MAX_CAUSES = 5;

/** JSON.parse quotes what it could not read. */
const messageOf = (error: Error): string =>
  withoutSecrets(error instanceof SyntaxError ? error.message.replace(/"[^]*"/, '"…"') : error.message);

/** A cause and the causes behind it, in one line: name, code, message. Never the values that went with them. */
export const describeCause = (cause: unknown): string => {
  const parts: string[] = [];
  let current: unknown = cause;
  while (current !== undefined && current !== null && parts.length < MAX_CAUSES) {
    if (!(current instanceof Error)) {
      parts.push(typeof current === 'string' ? withoutSecrets(current) : 'no error object');
      break;
    }
    const code = 'code' in current && typeof current.code === 'string' ? ` ${current.code}` : '';
    parts.push(`${current.name}${code}: ${messageOf(current)}`.slice(0, 300));
    current = current.cause;
  }
  return parts.join(' <- ');
};
