import { runEntry } from './bootstrap.mjs';

await runEntry('tools/fuzz.ts');
