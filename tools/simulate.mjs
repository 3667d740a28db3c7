import { runEntry } from './bootstrap.mjs';

await runEntry('simulator/main.ts');
