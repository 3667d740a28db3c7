import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { Examination, Observation } from '../../application/ports/examination.ts';
import { accountText, revokesOf, rightsByPlace, rightsOf } from './grants.ts';
import type { Account, DatabaseRole, GrantedRight, TableRight } from './grants.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { decodeFirst, decodeRows, UnreadableRow } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';
import { unreachableStorage } from './unreachable-storage.ts';

const ACCOUNT = `
SELECT CURRENT_USER() AS account, DATABASE() AS db, CURRENT_ROLE() <> 'NONE' AS by_role`;

/**
 * `tbl` is `*` for what is granted on the whole database, and `*.*` for what is granted on the whole server; `col` is
 * null for what is granted on all of a table. What is granted on a whole database names it by a pattern, and more than one
 * may fit: `db` is what each says. To hand rights on is a right too.
 */
const RIGHTS = `
SELECT '*.*' AS tbl, '' AS db, NULL AS col, PRIVILEGE_TYPE AS kind FROM information_schema.USER_PRIVILEGES
WHERE GRANTEE = ?
UNION ALL
SELECT '*', TABLE_SCHEMA, NULL, kind FROM (
    SELECT GRANTEE, TABLE_SCHEMA, PRIVILEGE_TYPE AS kind FROM information_schema.SCHEMA_PRIVILEGES
    UNION SELECT GRANTEE, TABLE_SCHEMA, 'GRANT OPTION' FROM information_schema.SCHEMA_PRIVILEGES WHERE IS_GRANTABLE = 'YES'
  ) AS of_database WHERE GRANTEE = ? AND DATABASE() LIKE TABLE_SCHEMA
UNION ALL
SELECT TABLE_NAME, TABLE_SCHEMA, NULL, kind FROM (
    SELECT GRANTEE, TABLE_SCHEMA, TABLE_NAME, PRIVILEGE_TYPE AS kind FROM information_schema.TABLE_PRIVILEGES
    UNION SELECT GRANTEE, TABLE_SCHEMA, TABLE_NAME, 'GRANT OPTION' FROM information_schema.TABLE_PRIVILEGES
      WHERE IS_GRANTABLE = 'YES'
  ) AS of_table WHERE GRANTEE = ? AND TABLE_SCHEMA = DATABASE()
UNION ALL
SELECT TABLE_NAME, TABLE_SCHEMA, COLUMN_NAME, PRIVILEGE_TYPE FROM information_schema.COLUMN_PRIVILEGES
WHERE GRANTEE = ? AND TABLE_SCHEMA = DATABASE()
ORDER BY tbl, db, col, kind`;

const AccountRow = t.strict({ account: t.string, db: t.string, by_role: t.union([t.literal(0), t.literal(1)]) });
const RightRow = t.strict({ tbl: t.string, db: t.string, col: t.union([t.string, t.null]), kind: t.string });

export interface RightsSeen {
  /** As the server matched it. */
  readonly account: Account;
  readonly database: string;
  /** True: some rights come by a role of MySQL, and are not among `granted`. */
  readonly byRole: boolean;
  readonly granted: readonly GrantedRight[];
}

/** Of `user@host`. */
const accountOf = (text: string): Account => {
  const at = text.lastIndexOf('@');
  return { user: text.slice(0, at), host: text.slice(at + 1) };
};

/** Whether the one right is the other, or wider. */
const isAtLeast = (one: TableRight, other: TableRight): boolean =>
  one.right === other.right &&
  (one.table === '*.*' || one.table === '*' || one.table === other.table) &&
  (one.column === undefined || one.column === other.column);

const listed = (rights: readonly GrantedRight[]): string =>
  rightsByPlace(rights)
    .map(({ database, table, clause }) => `${clause} on ${database}.${table}`)
    .join('; ');

/** What an account has too little of for its role, and what it has beyond it: each is a way for a mistake or a thief. */
export const judgeRights = (role: DatabaseRole, { account, database, byRole, granted }: RightsSeen): Observation[] => {
  const name = `${account.user}@${account.host}`;
  const needed = rightsOf(role);
  const missing = needed.filter((need) => !granted.some((has) => isAtLeast(has, need)));
  const mend = `let an administrator run what \`order grants ${role}\` prints`;
  if (missing.length > 0 && byRole)
    return [{ state: 'warn', says: `rights of ${name} come by a role of MySQL: they cannot be looked into from here` }];
  const onServer = granted.filter(({ table, right }) => table === '*.*' && right !== 'USAGE').length;
  const tooMuch = granted.filter(
    (has) => has.table !== '*.*' && has.right !== 'USAGE' && !needed.some((need) => isAtLeast(need, has)),
  );
  return [
    missing.length === 0
      ? { state: 'ok', says: `${name} may do what the role ${role} needs` }
      : {
          state: 'fail',
          says: `${name} lacks, for the role ${role}: ${listed(missing.map((right) => ({ ...right, database })))}`,
          mend,
        },
    ...(onServer === 0
      ? []
      : [
          {
            state: 'warn' as const,
            says: `${name} has ${onServer} rights on the whole server: a mistake or a leak could do anything`,
            mend: `give each role a user of its own: \`order grants ${role}\``,
          },
        ]),
    ...(tooMuch.length === 0
      ? []
      : [
          {
            state: 'warn' as const,
            says: `${name} has more than the role ${role} needs: ${listed(tooMuch)}`,
            mend: `let an administrator run: ${revokesOf(account, tooMuch).join(' ')} and then what \`order grants ${role}\` prints`,
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
        const account = accountOf(row.account);
        const grantee = accountText(account);
        const rights = decodeRows(RightRow, await connection.rows(RIGHTS, [grantee, grantee, grantee, grantee]));
        return {
          ...{ account, database: row.db, byRole: row.by_role === 1 },
          granted: rights.map(({ tbl, db, col, kind }) => ({
            ...{ database: db, table: tbl, right: kind, column: col ?? undefined },
          })),
        };
      }),
    ),
    TE.mapLeft(unreachableStorage),
    TE.map((seen) => judgeRights(role, seen)),
  ),
});
