import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of this checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where environments of this checkout keep their data and describe themselves. */
export const ORDER_DIRECTORY = join(ROOT, '.order');
