import { randomBytes } from 'node:crypto';

const USER = 'orderly';

/** Settings of MySQL however it is started. A commit is on disk, and in the binary log, before it is answered. */
export const MYSQL_SETTINGS: readonly string[] = [
  'innodb_flush_log_at_trx_commit=1',
  'sync_binlog=1',
  'log_bin=binlog',
  'binlog_expire_logs_seconds=3600',
  'character_set_server=utf8mb4',
  'collation_server=utf8mb4_0900_ai_ci',
  'skip_name_resolve=ON',
  'mysqlx=OFF',
  'secure_file_priv=NULL',
  'max_connections=300',
  'max_allowed_packet=64M',
  'performance_schema=OFF',
  'innodb_buffer_pool_size=512M',
  'innodb_buffer_pool_dump_at_shutdown=OFF',
  'innodb_buffer_pool_load_at_startup=OFF',
];

export const newPassword = (): string => randomBytes(12).toString('hex');

/**
 * SQL that makes the one user of an environment, who may do everything; run at every start of the server. Kept out of the
 * binary log, as each server does it for itself: in the log of a replica it would be a transaction its source never had.
 */
export const grantsFor = (password: string): string =>
  [
    'SET SESSION sql_log_bin = OFF;',
    `CREATE USER IF NOT EXISTS '${USER}'@'%' IDENTIFIED BY '${password}';`,
    // Data that was there before knows the user by another password.
    `ALTER USER '${USER}'@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO '${USER}'@'%' WITH GRANT OPTION;`,
    '',
  ].join('\n');

export const mysqlUrlAt = (address: string, password: string): string => `mysql://${USER}:${password}@${address}`;
