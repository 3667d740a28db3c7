import type { HttpError } from './http-error.ts';

/** Carries an `HttpError` from a hook to the error handler. */
export class RequestRefused extends Error {
  constructor(readonly error: HttpError) {
    super(error._tag);
  }
}
