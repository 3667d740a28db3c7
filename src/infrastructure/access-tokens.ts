import { createHash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { ACCESS_ROLES } from '../application/operations/access-role.ts';
import type { AccessToken } from '../application/operations/access-token.ts';
import { setting } from './settings.ts';

/** For the audit, all holders of the one token that has no name are one actor. */
const UNNAMED = 'operator token';
const TOKEN = /^[\x21-\x2b\x2d-\x7e]{16,512}$/;
const DIGEST = /^sha256:([0-9a-f]{64})$/;
const ENTRY = /^([a-z][a-z0-9-]{0,31}):([a-z]+):(.*)$/;

const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const entryOf = (text: string): AccessToken | undefined => {
  const [, name = '', roleName = '', secret = ''] = ENTRY.exec(text) ?? [];
  const role = ACCESS_ROLES.find((known) => known === roleName);
  const sha256 = DIGEST.exec(secret)?.[1] ?? (TOKEN.test(secret) ? digestOf(secret) : undefined);
  return role === undefined || sha256 === undefined ? undefined : { actor: `token:${name}`, role, sha256 };
};

const isEachOnce = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** `board:viewer:sha256:9f86d0…,anna:operator:a-long-secret-token`. A token in clear is forgotten for its digest. */
export const accessTokens = setting<readonly AccessToken[]>({
  expected:
    `NAME:ROLE:TOKEN, more of them separated by commas, each name and token once: ROLE one of ${ACCESS_ROLES.join(', ')}; ` +
    'TOKEN at least 16 visible ASCII characters without commas, or sha256: and the digest of one in hex',
  secret: true,
  parse: (text) => {
    const entries = text.split(',').map((entry) => entryOf(entry.trim()));
    const tokens = entries.filter((entry) => entry !== undefined);
    const acceptable =
      tokens.length === entries.length &&
      isEachOnce(tokens.map(({ actor }) => actor)) &&
      isEachOnce(tokens.map(({ sha256 }) => sha256));
    return acceptable ? tokens : undefined;
  },
});

/** The one token that has no name; its holders may do everything. */
export const unnamedOperator = (token: string): AccessToken => ({
  actor: UNNAMED,
  role: 'operator',
  sha256: digestOf(token),
});

/** True when the token without a name is also one of the others, which are as they were set. */
export const standsForTwo = (named: string | undefined, unnamed: string | undefined): boolean => {
  const decoded = accessTokens.decode(named);
  return (
    E.isRight(decoded) && unnamed !== undefined && decoded.right.some(({ sha256 }) => sha256 === digestOf(unnamed))
  );
};
