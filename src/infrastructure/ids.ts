import { v7 } from 'uuid';
import type { Ids } from '../application/ports/ids.ts';

export const uuidV7Ids: Ids = { next: () => v7() };
