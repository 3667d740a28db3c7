import { resolve } from 'node:path';
import { buildImageRoot } from './image/build-image-root.ts';

/* `node tools/image.mjs DIR`: what the image of the service holds beside Node, as the Dockerfile wants it. */

const [directory, ...more] = process.argv.slice(2);
if (directory === undefined || more.length > 0) {
  process.stderr.write('expected one directory, which is not there yet\n');
  process.exitCode = 2;
} else {
  await buildImageRoot(resolve(directory));
}
