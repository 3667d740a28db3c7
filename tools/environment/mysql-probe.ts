import mysql from 'mysql2/promise';

/** Connects to `url` and asks one query; fails when it does not answer within `timeoutMs`. */
export const probeMySql = async (url: string, timeoutMs = 2_000): Promise<void> => {
  const connection = await mysql.createConnection({ uri: url, connectTimeout: timeoutMs });
  try {
    await connection.query({ sql: 'SELECT 1', timeout: timeoutMs });
  } finally {
    connection.destroy();
  }
};
