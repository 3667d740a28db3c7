import { readdir, readFile } from 'node:fs/promises';
import mysql from 'mysql2/promise';

/** Makes tables from migration files, without the code that does so in the system under test. */
export const migrateByHand = async (url: string, ...folders: readonly string[]): Promise<void> => {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true });
  try {
    for (const folder of folders)
      for (const file of (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort())
        await connection.query(await readFile(`${folder}/${file}`, 'utf8'));
  } finally {
    await connection.end();
  }
};

export const execute = async (
  url: string,
  sql: string,
  params: readonly (string | number | null)[] = [],
): Promise<void> => {
  const connection = await mysql.createConnection(url);
  try {
    await connection.execute(sql, [...params]);
  } finally {
    await connection.end();
  }
};
