const MAX_DEPTH = 16;

/** The last error in the chain of causes. Kafka clients wrap what happened, even with no retries. */
export const innermostCause = (error: unknown): unknown => {
  let current = error;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    if (!(current instanceof Error) || current.cause === undefined || current.cause === null) return current;
    current = current.cause;
  }
  return current;
};
