import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccessToken } from '../../application/operations/access-token.ts';

/** Whoever is logged in. */
export interface ConsoleSession extends Pick<AccessToken, 'actor' | 'role'> {
  /** What the page sends with every request that changes something: other sites do not know it. */
  readonly csrfToken: string;
  /** RFC 3339 UTC. */
  readonly expiresAt: string;
}

const COOKIE = 'orderly_console';
const LIFETIME_SECONDS = 12 * 3_600;

/** The actor, the second it ends, chance, and the signature of all that. */
const VALUE = /^([\w-]+)\.(\d{1,12})\.([\w-]+)\.([\w-]+)$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

const isSame = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** Over plain HTTP only the loopback keeps it: elsewhere whoever listens could take it. */
const attributes = (host = ''): string => `Path=/; HttpOnly; SameSite=Strict${LOOPBACK.test(host) ? '' : '; Secure'}`;

/**
 * Sessions of the console's page: a token is shown once, and then a signed cookie stands for it that no script can read
 * and that other sites do not make the browser send. Nothing is stored: a session ends after 12 hours, when its token
 * is no longer configured, or when the key is another one. Logging out makes the browser forget it.
 */
export class ConsoleSessions {
  readonly #tokens: ReadonlyMap<string, AccessToken>;
  readonly #key: Buffer;
  readonly #now: () => number;

  /** `key`: the same in every process that is to know these sessions. `now`: milliseconds since 1970. */
  constructor(tokens: readonly AccessToken[], key: Buffer, now: () => number) {
    this.#tokens = new Map(tokens.map((token) => [token.actor, token]));
    this.#key = key;
    this.#now = now;
  }

  /** A session of this actor, and the header that makes the browser keep it. */
  begin(actor: string, host: string | undefined): { readonly session: ConsoleSession; readonly cookie: string } {
    const expires = Math.floor(this.#now() / 1_000) + LIFETIME_SECONDS;
    const unsigned = `${Buffer.from(actor).toString('base64url')}.${expires}.${randomBytes(12).toString('base64url')}`;
    const value = `${unsigned}.${this.#sign('session', actor, unsigned)}`;
    const session = this.#read(value);
    if (session === undefined) throw new TypeError(`no token belongs to ${actor}`);
    return { session, cookie: `${COOKIE}=${value}; Max-Age=${LIFETIME_SECONDS}; ${attributes(host)}` };
  }

  /** The header that makes the browser forget its session. */
  end(host: string | undefined): string {
    return `${COOKIE}=; Max-Age=0; ${attributes(host)}`;
  }

  /** The session that a `Cookie` header names; undefined when there is none, or none any more. */
  of(cookies: string | undefined): ConsoleSession | undefined {
    const named = (cookies ?? '').split(';').map((cookie) => cookie.trim());
    const value = named.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
    return value === undefined ? undefined : this.#read(value);
  }

  #read(value: string): ConsoleSession | undefined {
    const [, name = '', expires = '', , signature = ''] = VALUE.exec(value) ?? [];
    const actor = Buffer.from(name, 'base64url').toString();
    const token = this.#tokens.get(actor);
    const unsigned = value.slice(0, -(signature.length + 1));
    if (token === undefined || !isSame(signature, this.#sign('session', actor, unsigned))) return undefined;
    const endsAt = Number(expires) * 1_000;
    if (endsAt <= this.#now()) return undefined;
    const csrfToken = this.#sign('csrf', actor, value);
    return { actor, role: token.role, csrfToken, expiresAt: new Date(endsAt).toISOString() };
  }

  /** Another token of the same name, or another role of it, is another signature. */
  #sign(purpose: 'session' | 'csrf', actor: string, text: string): string {
    const { sha256 = '', role = '' } = this.#tokens.get(actor) ?? {};
    return createHmac('sha256', this.#key).update([purpose, role, sha256, text].join('\n')).digest('base64url');
  }
}
