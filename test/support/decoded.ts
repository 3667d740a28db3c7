import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';

/** The value as the codec sees it; a test that gives it a bad one fails at once. */
export const decoded = <A>(codec: t.Type<A, unknown>, value: unknown): A => {
  const result = codec.decode(value);
  if (E.isLeft(result)) throw new TypeError(`not a ${codec.name}: ${JSON.stringify(value)}`);
  return result.right;
};

/** The Right of `result`; fails the test with the Left otherwise. */
export const rightOf = <E, A>(result: E.Either<E, A>): A => {
  if (E.isLeft(result)) throw new Error(`expected success, got ${JSON.stringify(result.left)}`);
  return result.right;
};

/** The Left of `result`; fails the test with the Right otherwise. */
export const leftOf = <E, A>(result: E.Either<E, A>): E => {
  if (E.isRight(result)) throw new Error(`expected a failure, got ${JSON.stringify(result.right)}`);
  return result.left;
};
