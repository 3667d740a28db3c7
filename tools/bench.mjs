import { runEntry } from './bootstrap.mjs';

await runEntry('bench/main.ts');
