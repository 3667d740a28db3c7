import { runEntry } from './bootstrap.mjs';

await runEntry('tools/diagrams/main.ts');
