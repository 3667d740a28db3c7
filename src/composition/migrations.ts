import { fileURLToPath } from 'node:url';

/** The folder of the schema's migrations. */
export const MIGRATIONS = fileURLToPath(new URL('../infrastructure/mysql/migrations', import.meta.url));
