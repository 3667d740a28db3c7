import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { Examination, Observation } from '../../application/ports/examination.ts';
import { rightsOf } from './grants.ts';
import type { DatabaseRole } from './grants.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { decodeFirst, decodeRows, UnreadableRow } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';
import { unreachableStorage } from './unreachable-storage.ts';

const ACCOUNT = `
SELECT CURRENT_USER() AS account, DATABASE() AS db, CURRENT_ROLE() <> 'NONE' AS by_role`;

/** `tbl` is `*` for what is granted on the whole database, and `*.*` for what is granted on the whole server. */
const RIGHTS = `
SELECT '*.*' AS tbl, PRIVILEGE_TYPE AS kind FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = ?
UNION ALL
SELECT '*', PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = ? AND DATABASE() LIKE TABLE_SCHEMA
UNION ALL
SELECT TABLE_NAME, PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES
WHERE GRANTEE = ? AND TABLE_SCHEMA = DATABASE()`;

const AccountRow = t.strict({ account: t.string, db: t.string, by_role: t.union([t.literal(0), t.literal(1)]) });
const RightRow = t.strict({ tbl: t.string, kind: t.string });

export interface RightsSeen {
  /** `user@host` as the server matched it. */
  readonly account: string;
  readonly database: string;
  /** True: some rights come by a role of MySQL, and are not among `granted`. */
  readonly byRole: boolean;
  readonly granted: readonly t.TypeOf<typeof RightRow>[];
}

/** `'user'@'host'`, as the catalogue writes it. */
const granteeOf = (account: string): string => {
  const at = account.lastIndexOf('@');
  return `'${account.slice(0, at)}'@'${account.slice(at + 1)}'`;
};

const DANGEROUS = ['DELETE', 'DROP', 'ALTER', 'CREATE'];

/** What an account has too little of for its role, and what it has beyond it that could destroy something. */
export const judgeRights = (role: DatabaseRole, { account, database, byRole, granted }: RightsSeen): Observation[] => {
  const needed = rightsOf(role);
  const has = (table: string, right: string): boolean =>
    granted.some(({ tbl, kind }) => kind === right && (tbl === '*.*' || tbl === '*' || tbl === table));
  const missing = needed.filter(({ table, right }) => !has(table, right));
  const mend = `let an administrator run what \`order grants ${role}\` prints`;
  if (missing.length > 0 && byRole)
    return [
      { state: 'warn', says: `rights of ${account} come by a role of MySQL: they cannot be looked into from here` },
    ];
  const listed = missing.map(({ table, right }) => `${right} on ${database}.${table}`).join(', ');
  const onServer = granted.filter(({ tbl, kind }) => tbl === '*.*' && kind !== 'USAGE').length;
  const tooMuch = granted
    .filter(({ tbl, kind }) => tbl !== '*.*' && DANGEROUS.includes(kind))
    .filter(({ tbl, kind }) => !needed.some(({ table, right }) => right === kind && (table === tbl || table === '*')))
    .map(({ tbl, kind }) => `${kind} on ${database}.${tbl}`);
  return [
    missing.length === 0
      ? { state: 'ok', says: `${account} may do what the role ${role} needs` }
      : { state: 'fail', says: `${account} lacks, for the role ${role}: ${listed}`, mend },
    ...(onServer === 0
      ? []
      : [
          {
            state: 'warn' as const,
            says: `${account} has ${onServer} rights on the whole server: a mistake or a leak could do anything`,
            mend: `give each role a user of its own: \`order grants ${role}\``,
          },
        ]),
    ...(tooMuch.length === 0
      ? []
      : [
          {
            state: 'warn' as const,
            says: `${account} has more than the role ${role} needs: ${tooMuch.join(', ')}`,
            mend: `REVOKE it; \`order grants ${role}\` prints all that is needed`,
          },
        ]),
  ];
};

/** The rights of the account that MYSQL_URL names, compared with those of `role`. */
export const examineRights = (pool: MySqlPool, role: DatabaseRole): Examination => ({
  name: 'MySQL rights',
  run: pipe(
    storageAttempt('read rights', () =>
      pool.use(async (connection) => {
        const row = decodeFirst(AccountRow, await connection.rows(ACCOUNT));
        if (row === undefined) throw new UnreadableRow('MySQL names no account');
        const { account, db: database } = row;
        const grantee = granteeOf(account);
        const granted = decodeRows(RightRow, await connection.rows(RIGHTS, [grantee, grantee, grantee]));
        return { account, database, byRole: row.by_role === 1, granted };
      }),
    ),
    TE.mapLeft(unreachableStorage),
    TE.map((seen) => judgeRights(role, seen)),
  ),
});
