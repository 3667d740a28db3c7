import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('../contract/goldens/', import.meta.url);

/** Where goldens stand, for messages. */
export const GOLDENS = 'test/contract/goldens';

export const goldenNames = (): readonly string[] => readdirSync(folder).sort();

export const readGolden = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
