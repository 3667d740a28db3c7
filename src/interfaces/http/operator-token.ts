import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** True when the `Authorization` header carries the operator's token. The time it takes tells nothing about the token. */
export const carriesOperatorToken = (authorization: string | undefined, token: string): boolean => {
  const offered = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(offered), digest(token));
};
