import type { AccessRole } from '../../application/operations/access-role.ts';
import type { ValidationProblem } from '../contract/validation-errors.ts';

/** What can be wrong with a request before any use case sees it, or with the server that got it. */
export type HttpError =
  /** The bytes are not one JSON value in which every key says one thing. */
  | { readonly _tag: 'RefusedJson'; readonly problem: ValidationProblem }
  | { readonly _tag: 'InvalidBody'; readonly problems: readonly ValidationProblem[] }
  | { readonly _tag: 'InvalidQuery'; readonly problems: readonly ValidationProblem[] }
  | { readonly _tag: 'InvalidHeader'; readonly header: string; readonly expected: string }
  | { readonly _tag: 'IdempotencyKeyRequired' }
  | { readonly _tag: 'BodyTooLarge'; readonly maxBytes: number }
  | { readonly _tag: 'UnsupportedMediaType' }
  | { readonly _tag: 'UnsupportedContentEncoding' }
  | { readonly _tag: 'MalformedRequest'; readonly reason: string }
  | { readonly _tag: 'HeadersTooLarge' }
  | { readonly _tag: 'RequestTimeout' }
  | { readonly _tag: 'RateLimited'; readonly retryAfterSeconds: number }
  | { readonly _tag: 'RouteNotFound' }
  /** The ID in the path has another shape than any of ours. */
  | { readonly _tag: 'UnknownId'; readonly of: 'order' | 'event' | 'consumer' }
  | { readonly _tag: 'MethodNotAllowed'; readonly allowed: readonly string[] }
  | { readonly _tag: 'Unauthorized' }
  /** The token is known, but not for this. */
  | { readonly _tag: 'Forbidden'; readonly needed: AccessRole }
  /** It carries a session of the console, and nothing that shows the console has sent it. */
  | { readonly _tag: 'CrossSiteRequest' }
  | { readonly _tag: 'OperatorTokenNotConfigured' }
  | { readonly _tag: 'NotReady' }
  | { readonly _tag: 'ShuttingDown' }
  | { readonly _tag: 'InternalError' };
