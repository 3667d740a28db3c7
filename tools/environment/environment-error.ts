/** What stops an environment from coming up, in words for the person at the terminal. Entries print it and exit 2. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly exitCode = 2;
}

/** The last lines of a log, indented, to be shown inside an error message. */
export const tailOf = (text: string, lines = 20): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join('\n');

export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
