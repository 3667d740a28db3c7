import { runEntry } from './bootstrap.mjs';

await runEntry('tools/test-containers.ts');
