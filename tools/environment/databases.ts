import mysql from 'mysql2/promise';

/** The same server and user with another database. */
export const withDatabase = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
};

const execute = async (url: string, statements: readonly string[]): Promise<void> => {
  const server = new URL(url);
  server.pathname = '/';
  const connection = await mysql.createConnection({ uri: server.toString(), connectTimeout: 10_000 });
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
};

export const createDatabases = (url: string, names: readonly string[]): Promise<void> =>
  execute(
    url,
    names.map((name) => `CREATE DATABASE IF NOT EXISTS ${mysql.escapeId(name)} CHARACTER SET utf8mb4`),
  );

export const dropDatabases = (url: string, names: readonly string[]): Promise<void> =>
  execute(
    url,
    names.map((name) => `DROP DATABASE IF EXISTS ${mysql.escapeId(name)}`),
  );
