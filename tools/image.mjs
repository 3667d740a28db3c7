import { runEntry } from './bootstrap.mjs';

await runEntry('tools/image.ts');
