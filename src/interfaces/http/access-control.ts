import { createHash, timingSafeEqual } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { mayAct } from '../../application/operations/access-role.ts';
import type { AccessRole } from '../../application/operations/access-role.ts';
import type { AccessToken } from '../../application/operations/access-token.ts';
import type { HttpError } from './http-error.ts';

/** Whoever a token stands for. */
export type Caller = Pick<AccessToken, 'actor' | 'role'>;

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Tells callers by their tokens, of which it knows the digests only. */
export class AccessControl {
  readonly #known: readonly { readonly caller: Caller; readonly digest: Buffer }[];

  constructor(tokens: readonly AccessToken[]) {
    this.#known = tokens.map(({ actor, role, sha256 }) => ({
      caller: { actor, role },
      digest: Buffer.from(sha256, 'hex'),
    }));
  }

  /** False: nobody may do anything. */
  get isConfigured(): boolean {
    return this.#known.length > 0;
  }

  /** Undefined when nobody has this token. Compares with every known one, in a time that tells nothing about any. */
  holderOf(token: string): Caller | undefined {
    const offered = digestOf(token);
    let holder: Caller | undefined;
    for (const { caller, digest } of this.#known) if (timingSafeEqual(digest, offered)) holder = caller;
    return holder;
  }

  /** Who sent this `Authorization` header, if that one may act as `needed`; else why not. */
  admit(authorization: string | undefined, needed: AccessRole): Either<HttpError, Caller> {
    if (!this.isConfigured) return E.left({ _tag: 'OperatorTokenNotConfigured' });
    const token = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
    const caller = token === undefined ? undefined : this.holderOf(token);
    if (caller === undefined) return E.left({ _tag: 'Unauthorized' });
    return mayAct(caller.role, needed) ? E.right(caller) : E.left({ _tag: 'Forbidden', needed });
  }
}
