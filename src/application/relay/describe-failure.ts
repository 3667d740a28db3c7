import type { PublishFailure } from '../ports/publisher.ts';

const MAX_CHARACTERS = 1_000;

/** As operators read it in the attempt history: `event: MESSAGE_TOO_LARGE: …`, at most 1,000 characters. */
export const describeFailure = ({ kind, reason, cause }: PublishFailure): string => {
  const message =
    cause instanceof Error && cause.message !== '' && cause.message !== reason ? `: ${cause.message}` : '';
  return `${kind}: ${reason}${message}`.slice(0, MAX_CHARACTERS).toWellFormed();
};
