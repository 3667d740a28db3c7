import { runEntry } from './bootstrap.mjs';

await runEntry('simulator/demo.ts');
