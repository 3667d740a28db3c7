import { runEntry } from './bootstrap.mjs';

await runEntry('tools/contracts.ts');
