import mysql from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';

interface LogFile extends RowDataPacket {
  readonly File_size: number;
}

/** Bytes in all files of MySQL's binary log: what a replica would have to be sent. */
export const binaryLogBytes = async (mysqlUrl: string): Promise<number> => {
  const connection = await mysql.createConnection({ uri: mysqlUrl });
  try {
    const [files] = await connection.query<LogFile[]>('SHOW BINARY LOGS');
    return files.reduce((sum, { File_size }) => sum + File_size, 0);
  } finally {
    await connection.end();
  }
};
