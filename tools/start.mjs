import { runEntry } from './bootstrap.mjs';

await runEntry('tools/start.ts');
