import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type * as Package from '@platformatic/kafka';

/** The package, which need not be installed: nothing but its types may be imported in another way. */
export type PlatformaticKafka = typeof Package;

/** Left: why it cannot be loaded. */
export const loadPlatformaticKafka = async (
  load: () => Promise<PlatformaticKafka> = () => import('@platformatic/kafka'),
): Promise<Either<string, PlatformaticKafka>> => {
  try {
    return E.right(await load());
  } catch (error) {
    const isMissing = error instanceof Error && Reflect.get(error, 'code') === 'ERR_MODULE_NOT_FOUND';
    return E.left(isMissing ? 'is not installed' : `cannot be loaded (${String(error)})`);
  }
};
