import { join } from 'node:path';
import { ROOT } from './environment/checkout.ts';
import { packKit } from './kit/pack-kit.ts';

/* `npm run pack:kit`: the consumer kit as a package that another team installs, in dist/. */

process.stdout.write(`${await packKit(join(ROOT, 'dist'))}\n`);
