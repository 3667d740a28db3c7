import { runEntry } from './bootstrap.mjs';

await runEntry('tools/pack-kit.ts');
