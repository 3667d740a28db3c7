import { runEntry } from './bootstrap.mjs';

await runEntry('tools/audit.ts');
